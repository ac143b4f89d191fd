// Names of zones and places as text over the map, and the same text on its picture. Where two would meet the lesser is left out.

import type { Map as MapLibre } from "maplibre-gl";
import type { Feature, Position } from "geojson";

import type { BaseLayer } from "./basemap";
import type { LonLat, Study } from "./study";

interface Label {
    readonly lines: readonly string[];
    readonly below: LonLat; // the text stands below this place,
    readonly above: LonLat; // or above this one
    readonly layer: string; // id of the layer it belongs to
    readonly kind: "zone" | "place";
    readonly element: HTMLElement;
}

// Of every kind: CSS font weight, size, ink, and the distance of text from its place, in CSS pixels.
const LOOK = {
    zone: { weight: 600, size: 12.5, ink: "#16222b", away: 4 },
    place: { weight: 400, size: 11.5, ink: "#33414b", away: 6 },
} as const;
const LINE_HEIGHT = 1.15;
const LINE_LETTERS = 18; // a longer name goes on in the next line
const FAMILY = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
const HALO = "rgba(255, 255, 255, 0.92)";
const GAP = 3; // between labels, CSS pixels
const REPEAT = 60; // a name is not told again so near, as where two layers hold the same town

// base.js holds a name as "name", whatever field of the layer it came from.
export function nameIn({ properties }: Feature): string {
    const name: unknown = properties?.["name"];
    return typeof name === "string" ? name : "";
}

function pointOf(feature: Feature): LonLat | null {
    const { geometry } = feature;
    const at: Position | undefined = geometry.type === "Point" ? geometry.coordinates : geometry.type === "MultiPoint" ? geometry.coordinates[0] : undefined;
    return at ? [at[0]!, at[1]!] : null;
}

function inLines(text: string): string[] {
    const lines: string[] = [];
    for (const word of text.split(/\s+/)) {
        const last = lines.at(-1);
        if (last !== undefined && last.length + word.length < LINE_LETTERS) lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
    }
    return lines;
}

function fontOf(kind: Label["kind"]): string {
    const { weight, size } = LOOK[kind];
    return `${weight} ${size}px/${LINE_HEIGHT} ${FAMILY}`;
}

function makeElement(lines: readonly string[], kind: Label["kind"]): HTMLElement {
    const element = document.createElement("div");
    element.textContent = lines.join("\n");
    const shadow = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => `${x}px ${y}px 1.5px ${HALO}`)).join(",");
    element.style.cssText = `position:absolute;left:0;top:0;white-space:pre;text-align:center;visibility:hidden;color:${LOOK[kind].ink};text-shadow:${shadow}`;
    element.style.font = fontOf(kind);
    return element;
}

function makeLabel(text: string, kind: Label["kind"], layer: string, below: LonLat, above: LonLat): Label {
    const lines = inLines(text);
    return { lines, below, above, layer, kind, element: makeElement(lines, kind) };
}

function makeLabels(study: Study, base: readonly BaseLayer[]): Label[] {
    const zoneLayer = base.find((layer) => layer.role === "zones")?.id ?? "zones";
    const zones = study.zones.map(({ name, point: [lon], bbox: [, south, , north] }) =>
        makeLabel(name, "zone", zoneLayer, [lon, south], [lon, north]),
    );
    const places = base
        .filter((layer) => layer.role === "point")
        .flatMap((layer) => layer.geojson.features.map((feature) => ({ layer: layer.id, text: nameIn(feature), at: pointOf(feature) })))
        .flatMap(({ layer, text, at }) => (text && at ? [makeLabel(text, "place", layer, at, at)] : []));
    return [...zones, ...places];
}

interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
}

interface Placed {
    readonly label: Label;
    readonly box: Box; // CSS pixels
}

function meet(a: Box, b: Box): boolean {
    return a.left < b.right + GAP && a.right + GAP > b.left && a.top < b.bottom + GAP && a.bottom + GAP > b.top;
}

// Does the other label lie in the way, or tell the same?
function spoils(text: string, box: Box, other: Placed): boolean {
    const same = text === other.label.element.textContent;
    return meet(box, other.box) || (same && Math.abs(box.left - other.box.left) < REPEAT && Math.abs(box.top - other.box.top) < REPEAT);
}

export class Labels {
    private readonly labels: readonly Label[];
    private readonly sizes: readonly { readonly width: number; readonly height: number }[];
    private placed: readonly Placed[] = [];

    constructor(
        private readonly map: MapLibre,
        study: Study,
        base: readonly BaseLayer[],
        private readonly isHidden: (layer: string) => boolean,
    ) {
        this.labels = makeLabels(study, base);
        const holder = document.createElement("div");
        holder.setAttribute("aria-hidden", "true"); // the tables name the zones
        holder.className = "map-labels";
        holder.style.cssText = "position:absolute;inset:0;overflow:hidden;pointer-events:none";
        holder.append(...this.labels.map((label) => label.element));
        map.getCanvasContainer().append(holder);
        this.sizes = this.labels.map(({ element }) => ({ width: element.offsetWidth, height: element.offsetHeight }));
        map.on("move", () => this.place());
        map.on("resize", () => this.place());
        this.place();
    }

    place(): void {
        const placed: Placed[] = [];
        this.labels.forEach((label, i) => {
            const box = this.isHidden(label.layer) ? undefined : this.candidates(label, i).find((own) => !placed.some((other) => spoils(label.element.textContent ?? "", own, other)));
            label.element.style.visibility = box ? "visible" : "hidden";
            if (!box) return;
            label.element.style.transform = `translate(${box.left}px, ${box.top}px)`;
            placed.push({ label, box });
        });
        this.placed = placed;
    }

    private candidates(label: Label, i: number): Box[] {
        const { width, height } = this.sizes[i]!;
        const { away } = LOOK[label.kind];
        const [below, above] = [this.map.project([...label.below]), this.map.project([...label.above])];
        const box = (x: number, top: number): Box => ({ left: x - width / 2, right: x + width / 2, top, bottom: top + height });
        return [box(below.x, below.y + away), box(above.x, above.y - away - height)];
    }

    // scale: device pixels in a CSS pixel.
    paint(context: CanvasRenderingContext2D, scale: number): void {
        context.save();
        context.scale(scale, scale);
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.lineJoin = "round";
        context.lineWidth = 3.5;
        context.strokeStyle = HALO;
        for (const { label, box } of this.placed) {
            const step = LOOK[label.kind].size * LINE_HEIGHT;
            context.font = fontOf(label.kind);
            context.fillStyle = LOOK[label.kind].ink;
            label.lines.forEach((line, i) => {
                const [x, y] = [(box.left + box.right) / 2, box.top + (i + 0.5) * step];
                context.strokeText(line, x, y);
                context.fillText(line, x, y);
            });
        }
        context.restore();
    }
}
