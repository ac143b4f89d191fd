// Which tiles of a raster a view needs, and a store of those that were read, bounded in bytes.

import { TILE, type Raster } from "./raster";

export interface TileKey {
    readonly level: number;
    readonly x: number;
    readonly y: number;
}

// Level-0 pixels, top left to bottom right.
export interface PixelBox {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
}

export function nameOf({ level, x, y }: TileKey): string {
    return `${level}/${x}/${y}`;
}

// The level whose pixels are nearest in size to those of the screen.
export function levelFor(raster: Raster, screenPixel_m: number): number {
    const level = Math.round(Math.log2(screenPixel_m / raster.pixel_m));
    return Math.min(Math.max(level, 0), raster.levels.length - 1);
}

// What a tile covers of the raster; the last column and row of an overview may reach beyond it.
export function boxOf(raster: Raster, { level, x, y }: TileKey): PixelBox {
    const size = TILE * 2 ** level;
    const { width, height } = raster.levels[0]!;
    return {
        left: x * size,
        top: y * size,
        right: Math.min((x + 1) * size, width),
        bottom: Math.min((y + 1) * size, height),
    };
}

// The tiles of a level in a view, the middle of it first.
export function tilesIn(raster: Raster, view: PixelBox, level: number): TileKey[] {
    const size = TILE * 2 ** level;
    const { width, height } = raster.levels[0]!;
    const lastX = Math.ceil(Math.min(view.right, width) / size);
    const lastY = Math.ceil(Math.min(view.bottom, height) / size);
    const keys: TileKey[] = [];
    for (let y = Math.floor(Math.max(view.top, 0) / size); y < lastY; y++) {
        for (let x = Math.floor(Math.max(view.left, 0) / size); x < lastX; x++) keys.push({ level, x, y });
    }
    const [middleX, middleY] = [(view.left + view.right) / 2 / size, (view.top + view.bottom) / 2 / size];
    const distance = (key: TileKey) => Math.hypot(key.x + 0.5 - middleX, key.y + 0.5 - middleY);
    return keys.sort((a, b) => distance(a) - distance(b));
}

// The tiles of a view at a level, or at the finest coarser one that has no more of them than `most`.
export function tilesWithin(raster: Raster, view: PixelBox, level: number, most: number): TileKey[] {
    const keys = tilesIn(raster, view, level);
    return keys.length <= most || level + 1 >= raster.levels.length ? keys : tilesWithin(raster, view, level + 1, most);
}

const MAX_AT_ONCE = 6;
const RETRY_MS = 10_000; // after a failure

export class TileStore {
    private readonly kept = new Map<string, Uint8Array>(); // least recently used first
    private readonly coming = new Map<string, Promise<Uint8Array>>();
    private readonly failedAt = new Map<string, number>();
    private bytes = 0;

    // changed: a tile arrived or failed, so that the view should be drawn again.
    constructor(
        private readonly raster: Raster,
        private readonly maxBytes: number,
        private readonly changed: () => void,
        private readonly failed: (error: unknown) => void,
    ) {}

    // How many tiles a view may have, so that none of them is dropped for another: beside it stand the coarsest level, and
    // what was under way when the view moved.
    get mostInView(): number {
        const { width, height } = this.raster.levels.at(-1)!;
        const coarsest = Math.ceil(width / TILE) * Math.ceil(height / TILE);
        return Math.floor(this.maxBytes / (TILE * TILE * this.raster.bands)) - coarsest - MAX_AT_ONCE;
    }

    get(key: TileKey): Uint8Array | null {
        const name = nameOf(key);
        const tile = this.kept.get(name);
        if (!tile) return null;
        this.kept.delete(name);
        this.kept.set(name, tile);
        return tile;
    }

    // The tile itself, or the nearest coarser one that is there.
    nearest(key: TileKey): TileKey | null {
        for (let up = 0; key.level + up < this.raster.levels.length; up++) {
            const coarser = { level: key.level + up, x: key.x >> up, y: key.y >> up };
            if (this.get(coarser)) return coarser;
        }
        return null;
    }

    // Starts reading the first of the tiles that are not there; asked again at every drawing, so that what has left the view
    // is not read.
    want(keys: readonly TileKey[]): void {
        for (const key of keys) {
            const name = nameOf(key);
            if (this.coming.size >= MAX_AT_ONCE) return;
            if (this.kept.has(name) || this.coming.has(name) || this.rests(name)) continue;
            this.load(key).catch(this.failed);
        }
    }

    // Whether any of the tiles is still to come; what has just failed is not.
    awaits(keys: readonly TileKey[]): boolean {
        return keys.some((key) => !this.kept.has(nameOf(key)) && !this.rests(nameOf(key)));
    }

    load(key: TileKey): Promise<Uint8Array> {
        const name = nameOf(key);
        const here = this.get(key);
        if (here) return Promise.resolve(here);
        const under_way = this.coming.get(name);
        if (under_way) return under_way;
        const reading = this.read(key, name);
        this.coming.set(name, reading);
        return reading;
    }

    private rests(name: string): boolean {
        return performance.now() - (this.failedAt.get(name) ?? -Infinity) < RETRY_MS;
    }

    private async read(key: TileKey, name: string): Promise<Uint8Array> {
        try {
            const tile = await this.raster.load(key.level, key.x, key.y);
            this.failedAt.delete(name);
            this.keep(name, tile);
            return tile;
        } catch (error) {
            this.failedAt.set(name, performance.now());
            throw error;
        } finally {
            this.coming.delete(name);
            this.changed();
        }
    }

    private keep(name: string, tile: Uint8Array): void {
        this.kept.set(name, tile);
        this.bytes += tile.byteLength;
        for (const [oldest, { byteLength }] of this.kept) {
            if (this.bytes <= this.maxBytes || oldest === name) return;
            this.kept.delete(oldest);
            this.bytes -= byteLength;
        }
    }
}
