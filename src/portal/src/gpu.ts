// The suitability map: a MapLibre layer whose pixels are weighed and coloured on the graphics processor. While a weight
// changes only uniforms do.

import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from "maplibre-gl";

import { SUITABILITY } from "./basemap";
import { Fault, faults } from "./faults";
import { mercatorX, mercatorY, pixelSize, WORLD_M } from "./mercator";
import { TILE, type Raster } from "./raster";
import { normalise } from "./score";
import { fragmentShader, layersOf, VERTEX } from "./shader";
import type { State, Store } from "./state";
import type { ClassId, Study } from "./study";
import { boxOf, levelFor, nameOf, tilesIn, TileStore, tilesWithin, type PixelBox, type TileKey } from "./tiles";

const MAX_TEXTURE_BYTES = 160_000_000;

// ---- colours and weights, as uniforms ----

function rgb(color: string): number[] {
    return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
}

type Uniforms = (name: string) => WebGLUniformLocation | null;

function setLegend(gl: WebGL2RenderingContext, at: Uniforms, study: Study): void {
    const find = (id: ClassId) => study.classes.find((one) => one.id === id);
    const colorOf = (id: ClassId) => rgb(find(id)?.color ?? "#000000");
    gl.uniform3fv(at("u_bounds"), [find("S1")?.from ?? 2, find("S2")?.from ?? 2, find("S3")?.from ?? 2]);
    gl.uniform3fv(at("u_class_color"), (["S1", "S2", "S3", "N"] as const).flatMap(colorOf));
    gl.uniform3fv(at("u_excluded_color"), colorOf("excluded"));
    gl.uniform3fv(at("u_unknown_color"), colorOf("unknown"));
    gl.uniform3fv(at("u_zero_color"), rgb(study.zero_color));
    gl.uniform1fv(at("u_stop"), study.ramp.map(([score]) => score));
    gl.uniform3fv(at("u_stop_color"), study.ramp.flatMap(([, color]) => rgb(color)));
}

function setState(gl: WebGL2RenderingContext, at: Uniforms, state: State): void {
    gl.uniform1fv(at("u_weight"), normalise(state.weights));
    gl.uniform1i(at("u_weighted"), state.weights.some((weight) => weight > 0) ? 1 : 0);
    gl.uniform1i(at("u_classes"), state.coloring === "class" ? 1 : 0);
    gl.uniform1f(at("u_opacity"), state.opacity);
}

// ---- what lives on the graphics processor ----

// Throws Fault.
function compile(gl: WebGL2RenderingContext, fragment: string, bands: number): WebGLProgram {
    const program = gl.createProgram();
    for (const [type, source] of [
        [gl.VERTEX_SHADER, VERTEX],
        [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
        const shader = gl.createShader(type)!;
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
        gl.deleteShader(shader);
    }
    gl.bindAttribLocation(program, 0, "a_corner");
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
        console.warn(`shader: ${gl.getProgramInfoLog(program)}`);
        throw faults.tooManyBands(bands); // a weight of each criterion is a uniform, of which there may be few
    }
    return program;
}

function makeSquare(gl: WebGL2RenderingContext): WebGLVertexArrayObject {
    const square = gl.createVertexArray();
    gl.bindVertexArray(square);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindVertexArray(null);
    return square;
}

// Layers of four bands each.
function layered(tile: Uint8Array, bands: number): Uint8Array {
    const out = new Uint8Array(TILE * TILE * 4 * layersOf(bands));
    for (let band = 0; band < bands; band++) {
        let at = TILE * TILE * 4 * (band >> 2) + (band & 3);
        for (let from = band; from < tile.length; from += bands, at += 4) out[at] = tile[from]!;
    }
    return out;
}

class Textures {
    private readonly kept = new Map<string, WebGLTexture>(); // least recently used first
    readonly max: number;

    constructor(
        private readonly gl: WebGL2RenderingContext,
        private readonly bands: number,
    ) {
        this.max = Math.floor(MAX_TEXTURE_BYTES / (TILE * TILE * 4 * layersOf(bands)));
    }

    bind(key: TileKey, tile: Uint8Array): void {
        const { gl } = this;
        const name = nameOf(key);
        const texture = this.kept.get(name) ?? this.upload(tile);
        this.kept.delete(name);
        this.kept.set(name, texture);
        gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    }

    // Call after drawing: what a frame needs is never dropped before it is drawn.
    trim(): void {
        for (const [name, texture] of this.kept) {
            if (this.kept.size <= this.max) return;
            this.gl.deleteTexture(texture);
            this.kept.delete(name);
        }
    }

    private upload(tile: Uint8Array): WebGLTexture {
        const { gl, bands } = this;
        const texture = gl.createTexture();
        gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
        gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
        gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
        const texels = layered(tile, bands);
        gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.RGBA8UI, TILE, TILE, layersOf(bands), 0, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE, texels);
        gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
        gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
        return texture;
    }
}

interface Pipeline {
    readonly gl: WebGL2RenderingContext;
    readonly program: WebGLProgram;
    readonly square: WebGLVertexArrayObject;
    readonly textures: Textures;
    readonly at: Uniforms;
}

function buildPipeline(gl: WebGL2RenderingContext, study: Study, bands: number): Pipeline {
    if (layersOf(bands) > gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS)) throw faults.tooManyBands(bands);
    const program = compile(gl, fragmentShader(study, bands), bands);
    const places = new Map<string, WebGLUniformLocation | null>();
    const at: Uniforms = (name) => {
        if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
        return places.get(name) ?? null;
    };
    gl.useProgram(program);
    setLegend(gl, at, study);
    return { gl, program, square: makeSquare(gl), textures: new Textures(gl, bands), at };
}

// ---- placing ----

// A box of the raster in MapLibre's world, which is 1 wide, onto the screen. Multiplied in double precision, so that pixels
// stay in place at every zoom.
function matrixOf(raster: Raster, world: ArrayLike<number>, box: PixelBox): Float32Array {
    const pixel = raster.pixel_m / WORLD_M;
    const x = raster.origin[0] / WORLD_M + 0.5 + box.left * pixel;
    const y = 0.5 - raster.origin[1] / WORLD_M + box.top * pixel;
    const [width, height] = [(box.right - box.left) * pixel, (box.bottom - box.top) * pixel];
    const out = new Float32Array(16);
    for (let row = 0; row < 4; row++) {
        const [first, second, third, last] = [0, 4, 8, 12].map((column) => world[column + row]!) as [number, number, number, number];
        out[row] = first * width;
        out[4 + row] = second * height;
        out[8 + row] = third;
        out[12 + row] = first * x + second * y + last;
    }
    return out;
}

function viewOf(map: MapLibre, raster: Raster): PixelBox {
    const bounds = map.getBounds();
    const column = (lon: number) => (mercatorX(lon) - raster.origin[0]) / raster.pixel_m;
    const row = (lat: number) => (raster.origin[1] - mercatorY(lat)) / raster.pixel_m;
    return {
        left: column(bounds.getWest()),
        right: column(bounds.getEast()),
        top: row(bounds.getNorth()),
        bottom: row(bounds.getSouth()),
    };
}

// ---- the layer ----

export class SuitabilityLayer implements CustomLayerInterface {
    readonly id = SUITABILITY;
    readonly type = "custom";
    readonly renderingMode = "2d";
    complete = false; // the last frame had every tile of its view
    private map: MapLibre | null = null;
    private pipeline: Pipeline | null = null;

    constructor(
        private readonly study: Study,
        private readonly store: Store,
        private readonly raster: Raster,
        private readonly tiles: TileStore,
        private readonly failed: (error: unknown) => void,
    ) {}

    onAdd(map: MapLibre, gl: WebGLRenderingContext | WebGL2RenderingContext): void {
        this.map = map;
        this.complete = false;
        try {
            this.pipeline = buildPipeline(gl as WebGL2RenderingContext, this.study, this.raster.bands);
        } catch (error) {
            this.failed(error instanceof Fault ? error : faults.noWebgl());
        }
    }

    onRemove(): void {
        this.pipeline = null;
        this.map = null;
    }

    render(_gl: WebGLRenderingContext | WebGL2RenderingContext, { defaultProjectionData }: CustomRenderMethodInput): void {
        if (!this.map || !this.pipeline) return;
        const { gl, program, square, textures, at } = this.pipeline;
        const level = levelFor(this.raster, pixelSize(this.map.getZoom()) / this.map.getPixelRatio());
        const most = Math.min(this.tiles.mostInView, textures.max);
        const keys = tilesWithin(this.raster, viewOf(this.map, this.raster), level, most);
        this.complete = !this.tiles.awaits(keys);
        this.tiles.want([...this.coarsest(), ...keys]);
        gl.useProgram(program);
        gl.bindVertexArray(square);
        gl.activeTexture(gl.TEXTURE0);
        gl.uniform1i(at("u_tile"), 0);
        setState(gl, at, this.store.get());
        for (const key of keys) this.drawTile(this.pipeline, key, defaultProjectionData.mainMatrix);
        gl.bindVertexArray(null);
        textures.trim();
    }

    // Read before anything else, and always kept in use: a first picture of the whole.
    private coarsest(): TileKey[] {
        const level = this.raster.levels.length - 1;
        const { width, height } = this.raster.levels[0]!;
        return tilesIn(this.raster, { left: 0, top: 0, right: width, bottom: height }, level).filter((key) => !this.tiles.get(key));
    }

    // A tile that is not there yet is drawn with its part of a coarser one.
    private drawTile({ gl, textures, at }: Pipeline, key: TileKey, world: ArrayLike<number>): void {
        const source = this.tiles.nearest(key);
        const tile = source && this.tiles.get(source);
        if (!source || !tile) return;
        const box = boxOf(this.raster, key);
        const size = 2 ** source.level;
        const texels = [box.left / size - source.x * TILE, box.top / size - source.y * TILE, (box.right - box.left) / size, (box.bottom - box.top) / size];
        textures.bind(source, tile);
        gl.uniformMatrix4fv(at("u_matrix"), false, matrixOf(this.raster, world, box));
        gl.uniform4fv(at("u_texels"), texels);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
}
