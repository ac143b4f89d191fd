// Names of zones and places as text over the map, and the same text on its picture. Where two would meet the lesser is left out.

import type { Map as MapLibre } from "maplibre-gl";
import type { Feature, Position } from "geojson";

import type { BaseLayer } from "./basemap";
import type { LonLat, Study } from "./study";

interface Label {
    readonly text: string;
    readonly at: LonLat;
    readonly layer: string; // id of the layer it belongs to
    readonly kind: "zone" | "place";
    readonly element: HTMLElement;
}

// Of every kind: CSS font, ink, and how far below its place the text stands, in CSS pixels.
const LOOK = {
    zone: { font: "600 12.5px", ink: "#16222b", below: 0 },
    place: { font: "400 11.5px", ink: "#33414b", below: 13 },
} as const;
const FAMILY = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
const HALO = "rgba(255, 255, 255, 0.92)";
const GAP = 3; // between labels, CSS pixels

// Fields that names usually stand in, as in src/api/zone_table.c.
const NAMING_FIELDS = ["nama", "name", "namobj"];

function nameIn(feature: Feature): string {
    const fields = Object.entries(feature.properties ?? {});
    const naming = NAMING_FIELDS.flatMap((wanted) => fields.filter(([field]) => field.toLowerCase() === wanted));
    return typeof naming[0]?.[1] === "string" ? naming[0][1] : "";
}

function pointOf(feature: Feature): LonLat | null {
    const { geometry } = feature;
    const at: Position | undefined = geometry.type === "Point" ? geometry.coordinates : geometry.type === "MultiPoint" ? geometry.coordinates[0] : undefined;
    return at ? [at[0]!, at[1]!] : null;
}

function makeElement(text: string, kind: Label["kind"]): HTMLElement {
    const element = document.createElement("div");
    element.textContent = text;
    const { font, ink } = LOOK[kind];
    const shadow = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => `${x}px ${y}px 1.5px ${HALO}`)).join(",");
    element.style.cssText = `position:absolute;left:0;top:0;white-space:nowrap;pointer-events:none;font:${font}/1.2 ${FAMILY};color:${ink};text-shadow:${shadow};visibility:hidden`;
    return element;
}

function makeLabels(study: Study, base: readonly BaseLayer[]): Label[] {
    const zoneLayer = base.find((layer) => layer.role === "zones")?.id ?? "zones";
    const zones = study.zones.map((zone): Label => ({ text: zone.name, at: zone.point, layer: zoneLayer, kind: "zone", element: makeElement(zone.name, "zone") }));
    const places = base
        .filter((layer) => layer.role === "point")
        .flatMap((layer) => layer.geojson.features.map((feature) => ({ layer: layer.id, text: nameIn(feature), at: pointOf(feature) })))
        .flatMap(({ layer, text, at }): Label[] => (text && at ? [{ text, at, layer, kind: "place", element: makeElement(text, "place") }] : []));
    return [...zones, ...places];
}

interface Placed {
    readonly label: Label;
    readonly x: number; // middle of the text, CSS pixels
    readonly y: number;
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
        const taken: { left: number; right: number; top: number; bottom: number }[] = [];
        const placed: Placed[] = [];
        this.labels.forEach((label, i) => {
            const { width, height } = this.sizes[i]!;
            const at = this.map.project([label.at[0], label.at[1]]);
            const [x, y] = [at.x, at.y + LOOK[label.kind].below];
            const box = { left: x - width / 2 - GAP, right: x + width / 2 + GAP, top: y - height / 2 - GAP, bottom: y + height / 2 + GAP };
            const meets = taken.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
            const shown = !meets && !this.isHidden(label.layer);
            label.element.style.visibility = shown ? "visible" : "hidden";
            if (!shown) return;
            label.element.style.transform = `translate(${x - width / 2}px, ${y - height / 2}px)`;
            taken.push(box);
            placed.push({ label, x, y });
        });
        this.placed = placed;
    }

    // scale: device pixels in a CSS pixel.
    paint(context: CanvasRenderingContext2D, scale: number): void {
        context.save();
        context.scale(scale, scale);
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.lineJoin = "round";
        for (const { label, x, y } of this.placed) {
            const { font, ink } = LOOK[label.kind];
            context.font = `${font} ${FAMILY}`;
            context.strokeStyle = HALO;
            context.lineWidth = 3.5;
            context.strokeText(label.text, x, y);
            context.fillStyle = ink;
            context.fillText(label.text, x, y);
        }
        context.restore();
    }
}
