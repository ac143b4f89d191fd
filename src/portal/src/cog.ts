// Cloud-optimised GeoTIFFs read by range requests: the memberships as tiles, the values one pixel at a time.

import { addDecoder, BaseClient, BaseDecoder, BaseResponse, fromCustomClient, type GeoTIFF, type GeoTIFFImage, type RemoteSourceOptions } from "geotiff";

import { Fault, faults } from "./faults";
import { mercatorX, mercatorY } from "./mercator";
import { TILE, type Raster } from "./raster";
import type { Study } from "./study";

const DEFLATE = [8, 32946]; // TIFF compression codes

// The browser's own decompression, beside the main thread.
class NativeDeflate extends BaseDecoder {
    override async decodeBlock(buffer: ArrayBuffer): Promise<ArrayBuffer> {
        const plain = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("deflate"));
        return new Response(plain).arrayBuffer();
    }
}

addDecoder(DEFLATE, async () => NativeDeflate);

// ---- fetching ----

const MAX_WHOLE_BYTES = 100_000_000; // of a file that a server without range requests sends at once

class Part extends BaseResponse {
    constructor(
        private readonly bytes: ArrayBuffer,
        private readonly range: string,
    ) {
        super();
    }
    override get status(): number {
        return 206;
    }
    override getHeader(name: string): string {
        return name.toLowerCase() === "content-range" ? this.range : "";
    }
    override async getData(): Promise<ArrayBuffer> {
        return this.bytes;
    }
}

// All of a file; stops fetching where it is larger than `most`, whatever its length was said to be.
async function readWhole(response: Response, file: string, most: number): Promise<ArrayBuffer> {
    const stated = Number(response.headers.get("Content-Length") ?? 0);
    const reader = response.body!.getReader();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (;;) {
        if (Math.max(stated, bytes) > most) {
            void reader.cancel();
            throw faults.noRanges(file);
        }
        const { done, value } = await reader.read();
        if (done) return new Blob(parts).arrayBuffer();
        parts.push(value);
        bytes += value.byteLength;
    }
}

// Answers with parts also where the server only sends the whole file. `fault` keeps what went wrong last, because the
// reader above it forgets reasons.
export class RangeClient extends BaseClient {
    fault: Fault | null = null;
    private whole: Promise<ArrayBuffer> | null = null;

    constructor(
        url: string,
        private readonly file: string,
        private readonly mostWhole = MAX_WHOLE_BYTES,
    ) {
        super(url);
    }

    override async request(options: { headers?: HeadersInit; signal?: AbortSignal } = {}): Promise<BaseResponse> {
        try {
            return await this.fetchPart(new Headers(options.headers).get("Range") ?? "bytes=0-");
        } catch (error) {
            this.fault = error instanceof Fault ? error : faults.network(this.file);
            throw this.fault;
        }
    }

    private async fetchPart(range: string): Promise<BaseResponse> {
        if (this.whole) return this.cut(await this.whole, range);
        // Not through the browser's cache: Chromium lets requests for one file wait for each other there, at times for good.
        const response = await fetch(this.url, { headers: { Range: range }, cache: "no-store" });
        if (response.status === 206) return new Part(await response.arrayBuffer(), response.headers.get("Content-Range") ?? "");
        if (!response.ok) throw faults.http(this.file, response.status);
        if (this.whole) void response.body?.cancel();
        else this.keepWhole(readWhole(response, this.file, this.mostWhole));
        return this.cut(await this.whole!, range);
    }

    // What failed is fetched again by the next request.
    private keepWhole(whole: Promise<ArrayBuffer>): void {
        this.whole = whole;
        whole.catch(() => (this.whole = null));
    }

    private cut(whole: ArrayBuffer, range: string): BaseResponse {
        const [first = 0, last = Infinity] = range.replace("bytes=", "").split("-").map(Number);
        const end = Math.min(last + 1, whole.byteLength);
        return new Part(whole.slice(first, end), `bytes ${first}-${end - 1}/${whole.byteLength}`);
    }
}

// The library passes both on, but its types do not name them.
const BLOCKS = { blockSize: 65536, cacheSize: 64 } as RemoteSourceOptions;

interface Opened {
    readonly tiff: GeoTIFF;
    readonly client: RangeClient;
}

async function reading<T>(client: RangeClient, file: string, work: () => Promise<T>): Promise<T> {
    client.fault = null;
    try {
        return await work();
    } catch (error) {
        if (error instanceof Fault) throw error;
        throw client.fault ?? faults.damaged(file, error instanceof Error ? error.message : String(error));
    }
}

async function open(file: string): Promise<Opened> {
    const client = new RangeClient(new URL(file, document.baseURI).href, file);
    const tiff = await reading(client, file, () => fromCustomClient(client, BLOCKS));
    return { tiff, client };
}

// ---- memberships ----

async function allImages(tiff: GeoTIFF): Promise<GeoTIFFImage[]> {
    const images: GeoTIFFImage[] = [];
    for (let i = 0; i < (await tiff.getImageCount()); i++) images.push(await tiff.getImage(i));
    return images;
}

function checkImages(images: readonly GeoTIFFImage[], bands: number, width: number, file: string): void {
    images.forEach((image, level) => {
        const halved = Math.abs(image.getWidth() - width / 2 ** level) < 1;
        const tiled = image.getTileWidth() === TILE && image.getTileHeight() === TILE;
        if (image.getSamplesPerPixel() !== bands) throw faults.damaged(file, `${image.getSamplesPerPixel()} ≠ ${bands}`);
        if (!halved || !tiled || image.getBytesPerPixel() !== bands) throw faults.damaged(file, `overview ${level}`);
    });
}

async function decoderOf(image: GeoTIFFImage): Promise<BaseDecoder> {
    const { fileDirectory } = image;
    const compression = await fileDirectory.loadValue("Compression");
    if (!DEFLATE.includes(Number(compression))) throw new Error(`compression ${compression}`);
    return new NativeDeflate({
        tileWidth: TILE,
        tileHeight: TILE,
        planarConfiguration: 1,
        bitsPerSample: Array.from({ length: image.getSamplesPerPixel() }, () => 8),
        predictor: Number((await fileDirectory.loadValue("Predictor")) ?? 1),
    });
}

// Throws Fault.
export async function openMemberships(study: Study, bands: number): Promise<Raster> {
    const { file, width, origin, pixel_m } = study.memberships;
    const { tiff, client } = await open(file);
    const images = await reading(client, file, () => allImages(tiff));
    checkImages(images, bands, width, file);
    const decoders = await reading(client, file, () => Promise.all(images.map(decoderOf)));
    return {
        origin,
        pixel_m,
        bands,
        levels: images.map((image) => ({ width: image.getWidth(), height: image.getHeight() })),
        load: (level, x, y) =>
            reading(client, file, async () => {
                const { data } = await images[level]!.getTileOrStrip(x, y, 0, decoders[level]!);
                return new Uint8Array(data as ArrayBuffer);
            }),
    };
}

// ---- values ----

const NO_VALUE = 65535;

// One value a criterion; null where it is unknown, or outside.
export type ReadValues = (lon: number, lat: number) => Promise<readonly (number | null)[]>;

function pixelAt(image: GeoTIFFImage, lon: number, lat: number): readonly [x: number, y: number] | null {
    const [originX = 0, originY = 0] = image.getOrigin();
    const [sizeX = 1, sizeY = -1] = image.getResolution();
    const x = Math.floor((mercatorX(lon) - originX) / sizeX);
    const y = Math.floor((mercatorY(lat) - originY) / sizeY);
    const inside = x >= 0 && y >= 0 && x < image.getWidth() && y < image.getHeight();
    return inside ? [x, y] : null;
}

async function readPixels(study: Study, image: GeoTIFFImage, lon: number, lat: number): Promise<readonly (number | null)[]> {
    const at = pixelAt(image, lon, lat);
    if (!at) return study.criteria.map(() => null);
    const [x, y] = at;
    const pixels = (await image.readRasters({ window: [x, y, x + 1, y + 1], interleave: true })) as unknown as Uint16Array;
    return study.criteria.map(({ value_offset, value_scale }, k) => {
        const pixel = pixels[k] ?? NO_VALUE;
        return pixel === NO_VALUE ? null : value_offset + value_scale * pixel;
    });
}

// The file is opened when the first value is asked for. The function throws Fault.
export function valueReader(study: Study): ReadValues {
    const { file } = study.values;
    let opened: Promise<Opened> | null = null;
    return async (lon, lat) => {
        opened ??= open(file).catch((error: unknown) => {
            opened = null;
            throw error;
        });
        const { tiff, client } = await opened;
        return reading(client, file, async () => readPixels(study, await tiff.getImage(0), lon, lat));
    };
}
