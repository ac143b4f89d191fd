// The shaders that weigh and colour the memberships: score.ts explain(), for every pixel of the screen.

import { FULL, insteadOfUnknown, UNKNOWN } from "./score";
import type { Study, UnknownPolicy } from "./study";

// Below a bound by no more than this is at the bound: far less than a step of membership, far more than what sums lose in single
// precision. Without it a score of 0.5 may come out as 0.49999997.
export const BOUND_SLACK = 1e-6;

export const VERTEX = `#version 300 es
precision highp float;
uniform mat4 u_matrix; // unit square of the tile to the screen
uniform vec4 u_texels; // first texel, and how many
in vec2 a_corner;
out vec2 v_texel;
void main() {
    v_texel = u_texels.xy + a_corner * u_texels.zw;
    gl_Position = u_matrix * vec4(a_corner, 0.0, 1.0);
}`;

// Four bands make a texel; the texels of a pixel stand behind each other, in layers.
export function layersOf(bands: number): number {
    return Math.ceil(bands / 4);
}

// A term of the sum, which is of weight x byte. What an unknown byte does is known when the shader is written.
function addCriterion(k: number, policy: UnknownPolicy, own: string, shares: boolean): string {
    const instead = insteadOfUnknown(policy);
    const counted = shares ? ` counted += u_weight[${k}];` : "";
    const add = (byte: string) => `sum += u_weight[${k}] * ${byte};${counted}`;
    if (instead === null) return `if (${own} != ${UNKNOWN}u) { ${add(`float(${own})`)} }`;
    if (Number.isNaN(instead)) return `unknown = unknown || ${own} == ${UNKNOWN}u; ${add(`float(${own})`)}`;
    return add(`(${own} == ${UNKNOWN}u ? ${(instead * FULL).toFixed(6)} : float(${own}))`);
}

function addBand(study: Study, band: number, bands: number, own: string, shares: boolean): string {
    const { n_criteria } = study.memberships;
    const criterion = study.criteria[band];
    if (criterion) return addCriterion(band, criterion.unknown, own, shares);
    if (band === n_criteria) return `if ((${own} & 1u) == 1u) discard; excluded = excluded || (${own} >> 1) != 0u;`;
    return band === bands - 1 ? `unknown = unknown || ${own} == 1u;` : `excluded = excluded || ${own} != 0u;`;
}

function addTexel(study: Study, layer: number, bands: number, shares: boolean): string {
    const present = [..."xyzw"].filter((_, i) => 4 * layer + i < bands);
    const lines = present.map((channel, i) => `    ${addBand(study, 4 * layer + i, bands, `four.${channel}`, shares)}`);
    return [`    four = texelFetch(u_tile, ivec3(pixel, ${layer}), 0);`, ...lines].join("\n");
}

export function fragmentShader(study: Study, bands: number): string {
    const shares = study.criteria.some((criterion) => criterion.unknown === "share");
    const layers = layersOf(bands);
    return `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2DArray;
const int STOPS = ${study.ramp.length};
uniform usampler2DArray u_tile;
uniform vec4 u_texels;
uniform float u_weight[${study.memberships.n_criteria}];
uniform bool u_weighted; // any weight is above 0
uniform bool u_classes; // colours of classes, not of scores
uniform vec3 u_bounds; // lowest score of S1, S2, S3
uniform vec3 u_class_color[4];
uniform vec3 u_excluded_color;
uniform vec3 u_unknown_color;
uniform vec3 u_zero_color;
uniform float u_stop[STOPS];
uniform vec3 u_stop_color[STOPS];
uniform float u_opacity;
in vec2 v_texel;
out vec4 color;

vec3 ramp(float score) {
    if (score <= 0.0) return u_zero_color;
    if (score <= u_stop[0]) return u_stop_color[0];
    for (int i = 1; i < STOPS; i++) {
        if (score > u_stop[i]) continue;
        return mix(u_stop_color[i - 1], u_stop_color[i], (score - u_stop[i - 1]) / (u_stop[i] - u_stop[i - 1]));
    }
    return u_stop_color[STOPS - 1];
}

vec3 class_color(float score) {
    float reached = score + ${BOUND_SLACK.toFixed(6)};
    return u_class_color[reached >= u_bounds.x ? 0 : reached >= u_bounds.y ? 1 : reached >= u_bounds.z ? 2 : 3];
}

void main() {
    // At the edges rounding must not reach what lies beside the tile's part of the raster.
    ivec2 pixel = clamp(ivec2(floor(v_texel)), ivec2(u_texels.xy), ivec2(ceil(u_texels.xy + u_texels.zw)) - 1);
    float sum = 0.0;
    float counted = ${shares ? "0.0" : "1.0"};
    bool unknown = !u_weighted;
    bool excluded = false;
    uvec4 four;
${Array.from({ length: layers }, (_, layer) => addTexel(study, layer, bands, shares)).join("\n")}
    unknown = unknown || counted == 0.0;
    float score = counted > 0.0 ? clamp(sum / (counted * ${FULL}.0), 0.0, 1.0) : 0.0;
    vec3 own_color = excluded ? (u_classes ? u_excluded_color : u_zero_color)
        : unknown ? u_unknown_color
        : u_classes ? class_color(score) : ramp(score);
    color = vec4(own_color * u_opacity, u_opacity);
}`;
}
