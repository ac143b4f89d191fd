// The map: basemap, suitability, zones. Follows the store (weights, colouring, opacity, hidden layers, selected point and
// zone, view, language) and writes the view into it.

import { Map as MapLibre, NavigationControl, ScaleControl, type GeoJSONSource } from "maplibre-gl";

import { basemapStyle, colorOf, FIRST_ABOVE, orderAbove, orderBelow, POINT_SOURCE, selectedZoneLayers, styleLayersOf, SUITABILITY, type BaseLayer, type BaseRole } from "./basemap";
import type { ReadValues } from "./cog";
import type { FaultLog } from "./faults";
import { SuitabilityLayer } from "./gpu";
import { Labels } from "./labels";
import { mercatorX, mercatorY, pixelSize } from "./mercator";
import { TILE, type Raster } from "./raster";
import type { State, Store, View } from "./state";
import type { Box, Language, LonLat, Study, Text } from "./study";
import { TileStore } from "./tiles";

// What is at a place of the map.
export interface Reading {
    readonly lon: number;
    readonly lat: number;
    readonly bytes: Uint8Array; // pixel of memberships.tif, for score.ts explainBytes(); where nothing is, its "outside" bit is set
    readonly values: readonly (number | null)[] | null; // one a criterion (code of a category); null: none here (file://), or not to be read
}

export interface MapLayer {
    readonly id: string;
    readonly title: string; // from the study; "" for the suitability, which the user interface names itself
    readonly role: "suitability" | BaseRole;
    readonly color: string | null; // null: of its own legend
}

// CSS pixels from the upper left of the container.
export interface Pixel {
    readonly x: number;
    readonly y: number;
}

export interface PortalMap {
    readonly layers: readonly MapLayer[]; // top first
    onClick(listener: (lon: number, lat: number) => void): void; // a click or tap on the map; the user interface sets store.point
    onFault(listener: (text: Text) => void): void; // tiles could not be read: once for each text, also what happened before
    read(lon: number, lat: number): Promise<Reading>; // rejects with Fault when the raster cannot be read
    center(): { lon: number; lat: number };
    project(lon: number, lat: number): Pixel;
    metresPerPixel(): number; // on the ground, of a CSS pixel at the centre: for the scale bar of the picture
    showWhole(): void; // the whole study, at once
    flyTo(box: Box): void;
    moveTo(lon: number, lat: number, zoom?: number): void;
    moveInto(lon: number, lat: number, at: Pixel): void; // the place comes to lie there; a step nearer at most, where bounds would stop it
    setPadding(padding: { top?: number; right?: number; bottom?: number; left?: number }): void; // CSS pixels covered by panels
    setLayerVisible(id: string, on: boolean): void; // the same as store.hidden
    picture(): Promise<Blob>; // PNG of the map as shown, without panels
    resize(): void;
    isIdle(): boolean; // everything in view is drawn
}

export interface MapSources {
    readonly base: readonly BaseLayer[];
    readonly raster: Raster;
    readonly readValues: ReadValues | null;
}

const MAX_TILE_BYTES = 200_000_000;
const MAX_ZOOM = 17;

// ---- controls ----

const CONTROL_TEXTS: Readonly<Record<Language, { zoomIn: string; zoomOut: string; map: string }>> = {
    en: { zoomIn: "Zoom in", zoomOut: "Zoom out", map: "Map" },
    id: { zoomIn: "Perbesar", zoomOut: "Perkecil", map: "Peta" },
};

function nameControls(container: HTMLElement, language: Language): void {
    const { zoomIn, zoomOut, map } = CONTROL_TEXTS[language];
    for (const [selector, text] of [
        [".maplibregl-ctrl-zoom-in", zoomIn],
        [".maplibregl-ctrl-zoom-out", zoomOut],
    ] as const) {
        const button = container.querySelector<HTMLElement>(selector);
        if (button) button.title = text;
        button?.setAttribute("aria-label", text);
    }
    container.querySelector("canvas")?.setAttribute("aria-label", map);
}

function reducedMotion(): boolean {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function grown([west, south, east, north]: Box, share: number): [number, number, number, number] {
    const [x, y] = [(east - west) * share, (north - south) * share];
    return [west - x, Math.max(south - y, -85), east + x, Math.min(north + y, 85)];
}

function createMapLibre(container: HTMLElement, study: Study, base: readonly BaseLayer[], view: View): MapLibre {
    const map = new MapLibre({
        container,
        style: basemapStyle(base),
        center: [view.lon, view.lat],
        zoom: view.zoom,
        maxZoom: MAX_ZOOM,
        maxBounds: grown(study.bbox, 2),
        renderWorldCopies: false,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
    return map;
}

// ---- following the store ----

function isLayerVisible(state: State, id: string): boolean {
    return !state.hidden.includes(id);
}

function showLayers(map: MapLibre, base: readonly BaseLayer[], state: State): void {
    for (const { id } of base) {
        const visibility = isLayerVisible(state, id) ? "visible" : "none";
        for (const part of styleLayersOf(base, id)) map.setLayoutProperty(part, "visibility", visibility);
    }
    if (map.getLayer(SUITABILITY)) {
        map.setLayoutProperty(SUITABILITY, "visibility", isLayerVisible(state, SUITABILITY) ? "visible" : "none");
    }
}

function showSelection(map: MapLibre, base: readonly BaseLayer[], state: State): void {
    for (const layer of selectedZoneLayers(base)) map.setFilter(layer, ["==", ["to-string", ["get", "id"]], state.zone ?? ""]);
    const { point } = state;
    map.getSource<GeoJSONSource>(POINT_SOURCE)?.setData({
        type: "FeatureCollection",
        features: point ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [point.lon, point.lat] } }] : [],
    });
}

function viewOf(map: MapLibre): View {
    const { lng, lat } = map.getCenter();
    return { lon: lng, lat, zoom: map.getZoom() };
}

// How much larger the map must be drawn so that its bounds reach the edges of the container with the place at these pixels.
function roomFor(map: MapLibre, place: LonLat, { x, y }: Pixel): number {
    const bounds = map.getMaxBounds();
    if (!bounds) return 1;
    const [at, first, last] = [map.project([...place]), map.project(bounds.getNorthWest()), map.project(bounds.getSouthEast())];
    const { clientWidth, clientHeight } = map.getContainer();
    return Math.max(1, x / (at.x - first.x), (clientWidth - x) / (last.x - at.x), y / (at.y - first.y), (clientHeight - y) / (last.y - at.y));
}

function moveInto(map: MapLibre, place: LonLat, at: Pixel): void {
    const middle = map.project(map.getCenter()); // between what covers the map
    const zoom = map.getZoom() + Math.min(Math.log2(roomFor(map, place, at)), 1);
    map.easeTo({ center: [...place], zoom, offset: [at.x - middle.x, at.y - middle.y], animate: !reducedMotion() });
}

function sameView(a: View, b: View): boolean {
    return Math.abs(a.lon - b.lon) < 1e-7 && Math.abs(a.lat - b.lat) < 1e-7 && Math.abs(a.zoom - b.zoom) < 1e-4;
}

// ---- reading a place ----

function outsidePixel(study: Study, bands: number): Uint8Array {
    const pixel = new Uint8Array(bands).fill(255, 0, study.memberships.n_criteria);
    pixel[study.memberships.n_criteria] = 1;
    return pixel;
}

async function readPixel(study: Study, raster: Raster, tiles: TileStore, lon: number, lat: number): Promise<Uint8Array> {
    const column = Math.floor((mercatorX(lon) - raster.origin[0]) / raster.pixel_m);
    const row = Math.floor((raster.origin[1] - mercatorY(lat)) / raster.pixel_m);
    const { width, height } = raster.levels[0]!;
    if (column < 0 || row < 0 || column >= width || row >= height) return outsidePixel(study, raster.bands);
    const tile = await tiles.load({ level: 0, x: Math.floor(column / TILE), y: Math.floor(row / TILE) });
    const at = ((row % TILE) * TILE + (column % TILE)) * raster.bands;
    return tile.slice(at, at + raster.bands);
}

// ---- picture ----

// The drawing buffer can be read only while a frame is drawn.
function takePicture(map: MapLibre, labels: Labels): Promise<Blob> {
    return new Promise((resolve, reject) => {
        map.once("render", () => {
            const source = map.getCanvas();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [source.width, source.height];
            const context = canvas.getContext("2d");
            context?.drawImage(source, 0, 0);
            if (context) labels.paint(context, source.width / source.clientWidth);
            canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be made"))), "image/png");
        });
        map.triggerRepaint();
    });
}

// ---- the map ----

export function createMap(container: HTMLElement, study: Study, store: Store, { base, raster, readValues }: MapSources, told: FaultLog): PortalMap {
    const map = createMapLibre(container, study, base, store.get().view);
    const tiles = new TileStore(raster, MAX_TILE_BYTES, () => map.triggerRepaint(), told.add);
    const labels = new Labels(map, study, base, (layer) => !isLayerVisible(store.get(), layer));

    const layer = new SuitabilityLayer(study, store, raster, tiles, told.add);
    let styled = false; // the style's layers are there; not while a lost graphics context is away
    const addSuitability = () => {
        styled = true;
        if (!map.getLayer(layer.id)) map.addLayer(layer, FIRST_ABOVE);
        showLayers(map, base, store.get());
        showSelection(map, base, store.get());
    };
    map.on("style.load", addSuitability); // also after the graphics context was lost and restored
    map.on("webglcontextlost", () => (styled = false));
    map.on("moveend", () => {
        if (!sameView(viewOf(map), store.get().view)) store.set({ view: viewOf(map) });
    });
    nameControls(container, store.get().language);

    store.subscribe((now, before) => {
        if (now.language !== before.language) nameControls(container, now.language);
        if (now.view !== before.view && !sameView(now.view, viewOf(map))) {
            map.jumpTo({ center: [now.view.lon, now.view.lat], zoom: now.view.zoom });
        }
        if (now.hidden !== before.hidden) labels.place();
        if (now.hidden !== before.hidden && styled) showLayers(map, base, now);
        if ((now.zone !== before.zone || now.point !== before.point) && styled) showSelection(map, base, now);
        map.triggerRepaint();
    });

    const valuesAt = async (lon: number, lat: number): Promise<Reading["values"]> => {
        try {
            return (await readValues?.(lon, lat)) ?? null;
        } catch (error) {
            told.add(error); // what the place scores is known without
            return null;
        }
    };
    const layersOf = (layers: readonly BaseLayer[]): MapLayer[] => layers.map((layer) => ({ id: layer.id, title: layer.title, role: layer.role, color: colorOf(base, layer) })).reverse();
    return {
        layers: [...layersOf(orderAbove(base)), { id: SUITABILITY, title: "", role: "suitability", color: null }, ...layersOf(orderBelow(base))],
        onClick: (listener) => void map.on("click", ({ lngLat }) => listener(lngLat.lng, lngLat.lat)),
        onFault: (listener) => told.listen(listener),
        async read(lon, lat) {
            const [bytes, values] = await Promise.all([readPixel(study, raster, tiles, lon, lat), valuesAt(lon, lat)]);
            return { lon, lat, bytes, values };
        },
        center: () => ({ lon: map.getCenter().lng, lat: map.getCenter().lat }),
        project: (lon, lat) => map.project([lon, lat]),
        metresPerPixel: () => pixelSize(map.getZoom()) * Math.cos((map.getCenter().lat * Math.PI) / 180),
        showWhole: () => void map.fitBounds([...study.bbox], { animate: false, padding: 12 }),
        flyTo: (box) => void map.fitBounds(grown(box, 0.15), { animate: !reducedMotion(), maxZoom: 15, padding: 24 }),
        moveTo: (lon, lat, zoom) => void map.easeTo({ center: [lon, lat], zoom: zoom ?? map.getZoom(), animate: !reducedMotion() }),
        moveInto: (lon, lat, at) => moveInto(map, [lon, lat], at),
        setPadding: (padding) => map.setPadding({ top: 0, right: 0, bottom: 0, left: 0, ...padding }),
        setLayerVisible(id, on) {
            const others = store.get().hidden.filter((hidden) => hidden !== id);
            if (on !== isLayerVisible(store.get(), id)) store.set({ hidden: on ? others : [...others, id] });
        },
        picture: () => takePicture(map, labels),
        resize: () => void map.resize(),
        isIdle: () => styled && map.loaded() && !map.isMoving() && (layer.complete || !isLayerVisible(store.get(), layer.id)),
    };
}
