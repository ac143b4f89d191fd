// Tiles of a view, their store, and the raster that needs no server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.mjs";

const { boxOf, levelFor, tilesIn, TileStore, tilesWithin } = await load("tiles.ts");
const { openSmall } = await load("small.ts");

// 1000 x 600 pixels of 30 m, two overviews; every tile is 100 bytes that hold its level, column and row.
function makeRaster(load = async (level, x, y) => new Uint8Array(100).fill(level * 100 + y * 10 + x)) {
    const levels = [0, 1, 2].map((level) => ({ width: Math.ceil(1000 / 2 ** level), height: Math.ceil(600 / 2 ** level) }));
    return { origin: [0, 0], pixel_m: 30, bands: 1, levels, load };
}

test("the level whose pixels are nearest to the screen's is taken, within what there is", () => {
    const sizes = [1, 30, 41, 44, 84, 86, 9999];
    assert.deepEqual(sizes.map((size) => levelFor(makeRaster(), size)), [0, 0, 0, 1, 1, 2, 2]);
});

test("tiles in view are found, the middle first, none beyond the raster", () => {
    const keys = tilesIn(makeRaster(), { left: -5000, right: 5000, top: -5000, bottom: 5000 }, 0);
    assert.equal(keys.length, 4 * 3);
    const part = tilesIn(makeRaster(), { left: 260, right: 700, top: 10, bottom: 250 }, 0);
    assert.deepEqual(part.map(({ x, y }) => [x, y]), [[1, 0], [2, 0]]);
    assert.deepEqual(tilesIn(makeRaster(), { left: 2000, right: 3000, top: 0, bottom: 10 }, 0), []);
});

test("a tile at the edge covers no more than the raster", () => {
    assert.deepEqual(boxOf(makeRaster(), { level: 1, x: 1, y: 1 }), { left: 512, top: 512, right: 1000, bottom: 600 });
});

test("a tile that is not there is replaced by the nearest coarser one", async () => {
    const store = new TileStore(makeRaster(), 1e6, () => {}, assert.fail);
    assert.equal(store.nearest({ level: 0, x: 3, y: 1 }), null);
    await store.load({ level: 2, x: 0, y: 0 });
    assert.deepEqual(store.nearest({ level: 0, x: 3, y: 1 }), { level: 2, x: 0, y: 0 });
    await store.load({ level: 1, x: 1, y: 0 });
    assert.deepEqual(store.nearest({ level: 0, x: 3, y: 1 }), { level: 1, x: 1, y: 0 });
});

test("a view that would not fit takes a coarser level, if there is one", () => {
    const view = { left: 0, right: 1000, top: 0, bottom: 600 };
    const levelOf = (most) => tilesWithin(makeRaster(), view, 0, most).map(({ level }) => level)[0];
    assert.deepEqual([12, 11, 4, 3, 0, -5].map(levelOf), [0, 1, 1, 2, 2, 2]);
});

test("the largest view the store can hold is read once, and then at rest", async () => {
    const levels = [0, 1, 2, 3, 4].map((level) => ({ width: 4096 / 2 ** level, height: 4096 / 2 ** level }));
    let reads = 0;
    const load = async () => (reads++, new Uint8Array(256 * 256));
    const raster = { ...makeRaster(load), levels };
    const view = { left: 0, right: 4096, top: 0, bottom: 4096 };
    let keys = [];
    const store = new TileStore(raster, 100 * 256 * 256, () => store.want([{ level: 4, x: 0, y: 0 }, ...keys]), assert.fail);
    keys = tilesWithin(raster, view, 0, store.mostInView);
    assert.equal(keys.length, 64, "256 tiles do not fit, 64 do");
    store.want(keys);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([reads, store.awaits(keys)], [65, false]);
});

test("the store stays within its bytes and drops what was used longest ago", async () => {
    const store = new TileStore(makeRaster(), 250, () => {}, assert.fail);
    const key = (x) => ({ level: 0, x, y: 0 });
    await store.load(key(0));
    await store.load(key(1));
    store.get(key(0));
    await store.load(key(2));
    assert.ok(store.get(key(0)) && store.get(key(2)) && !store.get(key(1)));
});

test("at most six tiles are read at once, each once, and every arrival is told", async () => {
    let reading = 0;
    let most = 0;
    let reads = 0;
    let told = 0;
    const raster = makeRaster(async () => {
        reads++;
        most = Math.max(most, ++reading);
        await new Promise((resolve) => setTimeout(resolve, 1));
        reading--;
        return new Uint8Array(100);
    });
    const keys = tilesIn(raster, { left: 0, right: 1000, top: 0, bottom: 600 }, 0);
    await new Promise((resolve) => {
        const store = new TileStore(raster, 1e6, () => {
            told++;
            store.want(keys);
            if (told === keys.length) resolve();
        }, assert.fail);
        store.want(keys);
    });
    assert.deepEqual([reads, most, told], [12, 6, 12]);
});

test("a view awaits what is neither there nor has just failed", async () => {
    const [good, bad] = [{ level: 0, x: 0, y: 0 }, { level: 0, x: 1, y: 0 }];
    const raster = makeRaster(async (_level, x) => {
        if (x === 1) throw new Error("gone");
        return new Uint8Array(100);
    });
    const store = new TileStore(raster, 1e6, () => {}, () => {});
    assert.equal(store.awaits([good]), true);
    await store.load(good);
    assert.equal(store.awaits([good]), false);
    assert.equal(store.awaits([good, bad]), true);
    await assert.rejects(store.load(bad));
    assert.equal(store.awaits([good, bad]), false);
});

test("a failure is told and not tried again at once", async () => {
    let reads = 0;
    const failures = [];
    const raster = makeRaster(async () => {
        reads++;
        throw new Error("gone");
    });
    const store = new TileStore(raster, 1e6, () => {}, (error) => failures.push(error.message));
    store.want([{ level: 0, x: 0, y: 0 }]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    store.want([{ level: 0, x: 0, y: 0 }]);
    assert.deepEqual([reads, failures], [1, ["gone"]]);
    await assert.rejects(store.load({ level: 0, x: 0, y: 0 }), /gone/);
});

test("the small raster is cut into tiles of whole pixels", async () => {
    const [width, height, bands] = [300, 2, 3];
    const data = Buffer.from(Array.from({ length: width * height * bands }, (_, i) => i % 251));
    const raster = openSmall({ width, height, origin: [5, 6], pixel_m: 90, bands, data: data.toString("base64") }, bands);
    assert.deepEqual(raster.levels, [{ width, height }]);
    const tile = await raster.load(0, 1, 0);
    assert.equal(tile.length, 256 * 256 * bands);
    for (const [x, y] of [[256, 0], [299, 1]]) {
        const at = ((y * 256) + x - 256) * bands;
        const from = (y * width + x) * bands;
        assert.deepEqual([...tile.subarray(at, at + bands)], [...data.subarray(from, from + bands)]);
    }
});

test("a small raster of another study is refused", () => {
    for (const wrong of [undefined, { width: 2, height: 2, bands: 3, data: "AAAA" }, { width: 1, height: 1, bands: 4, data: "AAAAAA==" }]) {
        assert.throws(() => openSmall(wrong, 3), ({ text }) => text.en.includes("small.js") && text.id.includes("small.js"));
    }
});
