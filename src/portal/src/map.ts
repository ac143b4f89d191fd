// The map: basemap, suitability, zones. Follows the store (weights, colouring, opacity, hidden layers, selected point and
// zone) and writes the view into it.

import type { Store } from "./state";
import type { Box, Study } from "./study";

// What is at a place of the map. Throws MapFault (message in both languages) when the raster cannot be read.
export interface Reading {
    readonly lon: number;
    readonly lat: number;
    readonly bytes: Uint8Array; // pixel of memberships.tif, for score.ts explainBytes(); where nothing is, its "outside" bit is set
    readonly values: readonly (number | null)[] | null; // one a criterion (code of a category); null: no values here (file://)
}

export interface MapLayer {
    readonly id: string;
    readonly title: string; // from the study; "" for "suitability", "zones" and others that the user interface names itself
    readonly role: "suitability" | "area" | "zones" | "line" | "point" | "polygon" | "coast";
}

export interface PortalMap {
    readonly layers: readonly MapLayer[]; // top first
    onClick(listener: (lon: number, lat: number) => void): void; // a click or tap on the map; the user interface sets store.point
    onFault(listener: (text: Readonly<Record<"id" | "en", string>>) => void): void; // tiles could not be read: once for each text
    read(lon: number, lat: number): Promise<Reading>;
    center(): { lon: number; lat: number };
    metresPerPixel(): number; // CSS pixel, at the centre: for the scale bar of the picture
    flyTo(box: Box): void;
    moveTo(lon: number, lat: number, zoom?: number): void;
    setPadding(padding: { top?: number; right?: number; bottom?: number; left?: number }): void; // covered by panels
    setLayerVisible(id: string, on: boolean): void; // the same as store.hidden
    picture(): Promise<Blob>; // PNG of the map as shown, without panels
    resize(): void;
}

export function createMap(_container: HTMLElement, study: Study, store: Store): PortalMap {
    return {
        layers: [],
        onClick() {},
        onFault() {},
        read: async (lon, lat) => ({ lon, lat, bytes: new Uint8Array(study.memberships.n_criteria + study.memberships.n_reason_bands + 1), values: null }),
        center: () => store.get().view,
        metresPerPixel: () => 1,
        flyTo() {},
        moveTo() {},
        setPadding() {},
        setLayerVisible() {},
        picture: async () => new Blob(),
        resize() {},
    };
}
