// The shaders that weigh and colour the memberships: score.ts explain(), for every pixel of the screen.

import type { Study } from "./study";

export const SHARED = -2; // u_instead: an unknown membership leaves its weight to the others
export const MAKES_UNKNOWN = -1; // u_instead: an unknown membership makes the score unknown

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

// Four bands make a texel; the texels of a pixel stand beside each other.
export function texelsOf(bands: number): number {
    return Math.ceil(bands / 4);
}

export function fragmentShader(study: Study, bands: number): string {
    const { n_criteria, n_reason_bands } = study.memberships;
    const shares = study.criteria.some((criterion) => criterion.unknown === "share");
    return `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
const int CRITERIA = ${n_criteria};
const int REASONS_END = ${n_criteria + n_reason_bands};
const int BANDS = ${bands};
const int TEXELS = ${texelsOf(bands)};
const int STOPS = ${study.ramp.length};
uniform usampler2D u_tile;
uniform vec4 u_texels;
uniform float u_weight[CRITERIA];
uniform float u_instead[CRITERIA]; // the membership that stands for an unknown one, or SHARED, MAKES_UNKNOWN
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
    return u_class_color[score >= u_bounds.x ? 0 : score >= u_bounds.y ? 1 : score >= u_bounds.z ? 2 : 3];
}

void main() {
    // At the edges rounding must not reach what lies beside the tile's part of the raster.
    ivec2 pixel = clamp(ivec2(floor(v_texel)), ivec2(u_texels.xy), ivec2(ceil(u_texels.xy + u_texels.zw)) - 1);
    float sum = 0.0;
    float counted = 0.0;
    bool unknown = !u_weighted;
    bool excluded = false;
    for (int t = 0; t < TEXELS; t++) {
        uvec4 four = texelFetch(u_tile, ivec2(pixel.x * TEXELS + t, pixel.y), 0);
        for (int i = 0; i < 4; i++) {
            int band = 4 * t + i;
            uint own = four[i];
            if (band < CRITERIA) {
                float membership = own == 255u ? u_instead[band] : float(own) / 254.0;
                if (membership == ${SHARED}.0) continue;
                if (membership == ${MAKES_UNKNOWN}.0) unknown = true;
                sum += u_weight[band] * membership;
                counted += u_weight[band];
            } else if (band < REASONS_END) {
                if (band == CRITERIA && (own & 1u) == 1u) discard;
                excluded = excluded || (band == CRITERIA ? own >> 1 : own) != 0u;
            } else if (band < BANDS) {
                unknown = unknown || own == 1u;
            }
        }
    }
    ${shares ? "unknown = unknown || counted == 0.0;\n    float score = counted > 0.0 ? clamp(sum / counted, 0.0, 1.0) : 0.0;" : "float score = clamp(sum, 0.0, 1.0);"}
    vec3 own_color = excluded ? (u_classes ? u_excluded_color : u_zero_color)
        : unknown ? u_unknown_color
        : u_classes ? class_color(score) : ramp(score);
    color = vec4(own_color * u_opacity, u_opacity);
}`;
}
