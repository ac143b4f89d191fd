// A raster of bytes in Web Mercator, cut into tiles, with overviews by powers of two.

export const TILE = 256; // pixels

export interface Raster {
    readonly origin: readonly [x: number, y: number]; // upper left, metres of EPSG:3857
    readonly pixel_m: number; // of level 0
    readonly bands: number;
    readonly levels: readonly { readonly width: number; readonly height: number }[]; // a pixel of level n is 2^n wide
    // TILE x TILE pixels, all bands of a pixel together; what lies beyond the raster is anything. Throws Fault.
    load(level: number, x: number, y: number): Promise<Uint8Array>;
}
