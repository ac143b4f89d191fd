// Web Mercator (EPSG:3857), metres.

export const WORLD_M = 2 * Math.PI * 6378137; // width of the world

export function mercatorX(lon: number): number {
    return (lon / 360) * WORLD_M;
}

export function mercatorY(lat: number): number {
    return (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * WORLD_M;
}

// Metres of the projection in one CSS pixel; MapLibre's world is 512 pixels wide at zoom 0.
export function pixelSize(zoom: number): number {
    return WORLD_M / (512 * 2 ** zoom);
}
