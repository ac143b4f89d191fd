// A quiet basemap from the study's own layers: no glyphs, no sprites, nothing from elsewhere. Names are placed by labels.ts.

import type { FeatureCollection } from "geojson";
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

export type BaseRole = "area" | "zones" | "line" | "point" | "polygon" | "coast";

export interface BaseLayer {
    readonly id: string;
    readonly title: string;
    readonly role: BaseRole;
    readonly geojson: FeatureCollection;
}

const SEA = "#dce6ec";
const LAND = "#f3f1ec";
const INK = "#22303a";
const WATER = "#4f86ad";
const ROAD = "#5b5149";
const LINES = ["#6d5a86", "#7a6a3f", "#3f6f68"]; // further lines
const FILLS = ["#8a9a5b", "#9a7d5b", "#6d7f94", "#94707f"];
const POINTS = ["#ffffff", "#f0e442", "#cc79a7", "#009e73", "#c4e58f", "#8f6fe0", "#7ad0ff", "#3a3a3a"]; // each in a ring of ink
const EDGE = "#8fa3b0";

// found: what base.js left; a study without it is shown without a basemap.
export function readBase(found: unknown): readonly BaseLayer[] {
    const layers = (found as { layers?: unknown } | null | undefined)?.layers;
    return Array.isArray(layers) ? (layers as BaseLayer[]) : [];
}

// Only the look depends on the name: a layer that tells nothing is drawn like any other.
function lineColor(layer: BaseLayer, index: number): string {
    const name = `${layer.id} ${layer.title}`.toLowerCase();
    if (/sungai|air|river|water|kanal|canal/.test(name)) return WATER;
    if (/jalan|road|tol\b|highway/.test(name)) return ROAD;
    return LINES[index % LINES.length]!;
}

const byZoom = (near: number, far: number): ["interpolate", ["linear"], ["zoom"], number, number, number, number] => [
    "interpolate",
    ["linear"],
    ["zoom"],
    7,
    far,
    13,
    near,
];

// The id of its source and of what draws it, in the style: apart from the page's own, whatever a project calls its layers.
function styled(layer: BaseLayer): string {
    return `base/${layer.id}`;
}

// What the list of layers shows of each, too.
export function colorOf(base: readonly BaseLayer[], layer: BaseLayer): string {
    const index = base.indexOf(layer);
    switch (layer.role) {
        case "coast":
        case "area":
            return EDGE;
        case "polygon":
            return FILLS[index % FILLS.length]!;
        case "line":
            return lineColor(layer, index);
        case "zones":
            return INK;
        case "point":
            return POINTS[base.filter(({ role }) => role === "point").indexOf(layer) % POINTS.length]!;
    }
}

function drawLine(layer: BaseLayer, color: string): LayerSpecification[] {
    const source = styled(layer);
    const layout = { "line-cap": "round", "line-join": "round" } as const;
    const casing: LayerSpecification = {
        id: `${styled(layer)}-casing`,
        type: "line",
        source,
        layout,
        paint: { "line-color": "#ffffff", "line-width": byZoom(5, 2), "line-opacity": 0.75 },
    };
    const line: LayerSpecification = {
        id: styled(layer),
        type: "line",
        source,
        layout,
        paint: { "line-color": color, "line-width": byZoom(2.4, 0.9) },
    };
    return color === ROAD ? [casing, line] : [line];
}

function drawFill(layer: BaseLayer, color: string, opacity: number): LayerSpecification[] {
    return [
        { id: styled(layer), type: "fill", source: styled(layer), filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": color, "fill-opacity": opacity } },
        { id: `${styled(layer)}-edge`, type: "line", source: styled(layer), paint: { "line-color": color, "line-width": 1, "line-opacity": Math.min(1, opacity + 0.3) } },
    ];
}

function drawLand(layer: BaseLayer): LayerSpecification[] {
    return [
        { id: styled(layer), type: "fill", source: styled(layer), filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": LAND } },
        { id: `${styled(layer)}-edge`, type: "line", source: styled(layer), paint: { "line-color": EDGE, "line-width": 1 } },
    ];
}

// White below the ink, so that the outline is seen on every colour of the map.
function drawZones(layer: BaseLayer): LayerSpecification[] {
    return [
        { id: `${styled(layer)}-casing`, type: "line", source: styled(layer), layout: { "line-join": "round" }, paint: { "line-color": "#ffffff", "line-width": byZoom(6, 3.2) } },
        { id: styled(layer), type: "line", source: styled(layer), layout: { "line-join": "round" }, paint: { "line-color": INK, "line-width": byZoom(2.6, 1.4) } },
        {
            id: `${styled(layer)}-selected`,
            type: "line",
            source: styled(layer),
            filter: ["==", ["to-string", ["get", "id"]], ""],
            layout: { "line-join": "round" },
            paint: { "line-color": "#d9138a", "line-width": byZoom(5, 3.4) },
        },
    ];
}

function drawPoints(layer: BaseLayer, color: string): LayerSpecification[] {
    return [
        {
            id: styled(layer),
            type: "circle",
            source: styled(layer),
            paint: { "circle-radius": byZoom(5.5, 2.6), "circle-color": color, "circle-stroke-color": INK, "circle-stroke-width": byZoom(2, 1) },
        },
    ];
}

function draw(base: readonly BaseLayer[], layer: BaseLayer): LayerSpecification[] {
    const color = colorOf(base, layer);
    switch (layer.role) {
        case "coast":
        case "area":
            return drawLand(layer);
        case "polygon":
            return drawFill(layer, color, 0.35);
        case "line":
            return drawLine(layer, color);
        case "zones":
            return drawZones(layer);
        case "point":
            return drawPoints(layer, color);
    }
}

// From the bottom up; the suitability map stands between the two.
const BELOW: readonly BaseRole[] = ["coast", "area", "polygon"];
const ABOVE: readonly BaseRole[] = ["line", "zones", "point"];

export function inOrder(base: readonly BaseLayer[], roles: readonly BaseRole[]): BaseLayer[] {
    return roles.flatMap((role) => base.filter((layer) => layer.role === role));
}

export const orderBelow = (base: readonly BaseLayer[]) => inOrder(base, BELOW);
export const orderAbove = (base: readonly BaseLayer[]) => inOrder(base, ABOVE);

// Ids of the style's layers that draw a layer of the base.
export function styleLayersOf(base: readonly BaseLayer[], id: string): string[] {
    const own = base.find((layer) => layer.id === id);
    return own ? draw(base, own).map((layer) => layer.id) : [];
}

export function selectedZoneLayers(base: readonly BaseLayer[]): string[] {
    return base.filter((layer) => layer.role === "zones").map((layer) => `${styled(layer)}-selected`);
}

export const SUITABILITY = "-suitability"; // no project can have a layer of this id
export const FIRST_ABOVE = "above-suitability"; // the suitability map is put below it
export const POINT_SOURCE = "asked-point";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

export function basemapStyle(base: readonly BaseLayer[]): StyleSpecification {
    const drawn = (layers: readonly BaseLayer[]) => layers.flatMap((layer) => draw(base, layer));
    const ring = (id: string, color: string, width: number): LayerSpecification => ({
        id,
        type: "circle",
        source: POINT_SOURCE,
        paint: { "circle-radius": 9, "circle-opacity": 0, "circle-stroke-color": color, "circle-stroke-width": width },
    });
    return {
        version: 8,
        sources: {
            ...Object.fromEntries(base.map((layer) => [styled(layer), { type: "geojson" as const, data: layer.geojson, tolerance: 0.2 }])),
            [POINT_SOURCE]: { type: "geojson", data: EMPTY },
        },
        layers: [
            { id: "sea", type: "background", paint: { "background-color": SEA } },
            ...drawn(orderBelow(base)),
            { id: FIRST_ABOVE, type: "background", paint: { "background-opacity": 0 } },
            ...drawn(orderAbove(base)),
            ring("asked-point-casing", "#ffffff", 6),
            ring("asked-point", "#d9138a", 3),
        ],
    };
}
