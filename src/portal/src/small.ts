// The raster of small.js, which needs no server: for pages opened from a file.

import { faults } from "./faults";
import { TILE, type Raster } from "./raster";

interface Small {
    readonly width: number;
    readonly height: number;
    readonly origin: readonly [number, number];
    readonly pixel_m: number;
    readonly bands: number;
    readonly data: string;
}

function cutTile(small: Small, pixels: string, tileX: number, tileY: number): Uint8Array {
    const tile = new Uint8Array(TILE * TILE * small.bands);
    const [left, top] = [tileX * TILE, tileY * TILE];
    const n = Math.min(TILE, small.width - left) * small.bands;
    for (let y = 0; y < Math.min(TILE, small.height - top); y++) {
        const from = ((top + y) * small.width + left) * small.bands;
        for (let i = 0; i < n; i++) tile[y * TILE * small.bands + i] = pixels.charCodeAt(from + i);
    }
    return tile;
}

// found: what small.js left. Throws Fault.
export function openSmall(found: unknown, bands: number): Raster {
    if (typeof found !== "object" || found === null) throw faults.missing("small.js");
    const small = found as Small;
    const pixels = atob(small.data);
    if (small.bands !== bands || pixels.length !== small.width * small.height * bands) {
        throw faults.damaged("small.js", `${pixels.length} bytes`);
    }
    return {
        origin: small.origin,
        pixel_m: small.pixel_m,
        bands,
        levels: [{ width: small.width, height: small.height }],
        load: async (_level, x, y) => cutTile(small, pixels, x, y),
    };
}
