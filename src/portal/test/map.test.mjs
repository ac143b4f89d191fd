// The map in a browser: pixels against colours worked out here, over http and from files; what happens when things go wrong.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, makeSite, removeSite, serve } from "./site.mjs";

const PATIENCE_MS = 180_000; // software rendering on a busy computer
const SIZE = { width: 900, height: 640 };

let site, server, browser, study;

before(async () => {
    site = makeSite();
    study = JSON.parse(readFileSync(join(site, "study.json"), "utf8"));
    server = await serve(site);
    browser = await launch();
});

after(async () => {
    await browser?.close();
    server?.close();
    if (site) removeSite(site);
});

// ---- pages ----

// A page and everything it complained of or asked from elsewhere.
async function open(url, { prepare, ready = true } = {}) {
    const page = await browser.newPage({ viewport: SIZE });
    page.setDefaultTimeout(PATIENCE_MS);
    const trouble = [];
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        const own = protocol === "data:" || protocol === "blob:" || protocol === new URL(url).protocol;
        if (!own || (protocol === "http:" && origin !== new URL(url).origin)) trouble.push(`outside: ${request.url()}`);
    });
    await prepare?.(page);
    await page.goto(url);
    if (ready) await settle(page);
    return { page, trouble };
}

async function settle(page) {
    await page.waitForFunction(() => globalThis.tapak?.map.isIdle());
}

// Full colour, so that pixels can be predicted.
async function look(page, change) {
    await page.evaluate((own) => tapak.store.set({ opacity: 1, hidden: tapak.map.layers.map(({ id }) => id).filter((id) => id !== "-suitability"), ...own }), change);
    await settle(page);
}

// Colours of the map's picture at places.
async function colorsAt(page, places) {
    return page.evaluate(async (all) => {
        const image = await createImageBitmap(await tapak.map.picture());
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        return all.map(([lon, lat]) => {
            const { x, y } = tapak.map.project(lon, lat);
            return [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data.slice(0, 3)];
        });
    }, places);
}

// ---- the prediction: nothing shared with src/ ----

const R = 6378137;
const pixelOf = async (page, place) => page.evaluate(async ([lon, lat]) => [...(await tapak.map.read(lon, lat)).bytes], place);
const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
const colorOfClass = (id) => rgb(study.classes.find((one) => one.id === id).color);

// The middle of a cell of memberships.tif.
function placeOf(column, row) {
    const { origin, pixel_m } = study.memberships;
    const [x, y] = [origin[0] + (column + 0.5) * pixel_m, origin[1] - (row + 0.5) * pixel_m];
    return [(x / R) * (180 / Math.PI), (2 * Math.atan(Math.exp(y / R)) - Math.PI / 2) * (180 / Math.PI)];
}

function scoreOf(bytes, weights) {
    const n = study.criteria.length;
    if (bytes[n] & 1) return "outside";
    if (bytes[n] >> 1 || bytes[n + 1]) return "excluded";
    if (bytes[n + 2]) return "unknown";
    const total = weights.reduce((a, b) => a + b);
    let sum = 0;
    let counted = 0;
    for (let k = 0; k < n; k++) {
        const policy = study.criteria[k].unknown;
        if (bytes[k] === 255 && policy === "exclude") return "unknown";
        if (bytes[k] === 255 && policy === "share") continue;
        sum += (weights[k] / total) * (bytes[k] === 255 ? (policy === "worst" ? 0 : policy) : bytes[k] / 240);
        counted += weights[k] / total;
    }
    return counted === 0 ? "unknown" : sum / counted;
}

function scoreColor(score) {
    if (score === "excluded" || score === 0) return rgb(study.zero_color);
    if (score === "unknown") return colorOfClass("unknown");
    const at = study.ramp.findIndex(([stop]) => score <= stop);
    if (at <= 0) return rgb(study.ramp[0][1]);
    const [[low, from], [high, to]] = [study.ramp[at - 1], study.ramp[at]];
    return rgb(from).map((value, i) => value + ((score - low) / (high - low)) * (rgb(to)[i] - value));
}

function classColor(score) {
    if (typeof score === "string") return colorOfClass(score);
    const atLeast = (bound) => Math.fround(score) >= Math.fround(bound); // as a run compares: in single precision
    return colorOfClass(atLeast(0.8) ? "S1" : atLeast(0.6) ? "S2" : atLeast(0.4) ? "S3" : "N");
}

function near(actual, expected, what) {
    assert.ok(actual.every((value, i) => Math.abs(value - expected[i]) <= 1.01), `${what}: [${actual}] is not [${expected}]`);
}

// Cells of every outcome near each other, found through the page's own reader of pixels.
async function cellsAround(page, column, row, step, n) {
    const cells = [];
    for (let i = -n; i <= n; i++) {
        for (let j = -n; j <= n; j++) {
            const place = placeOf(column + i * step, row + j * step);
            cells.push({ place, bytes: await pixelOf(page, place) });
        }
    }
    return cells;
}

async function comparePixels(page, cells, weights, colorOf) {
    const colors = await colorsAt(page, cells.map(({ place }) => place));
    let n = 0;
    cells.forEach(({ bytes, place }, i) => {
        const score = scoreOf(bytes, weights);
        if (score === "outside") return;
        near(colors[i], colorOf(score), `${place} score ${score}`);
        n++;
    });
    return n;
}

// ---- tests ----

test("over http: no error, nothing from elsewhere, pixels of every outcome follow the weights", { timeout: 2 * PATIENCE_MS }, async () => {
    const { page, trouble } = await open(server.url);
    const middle = placeOf(440, 380);
    await page.evaluate(([lon, lat]) => tapak.store.set({ view: { lon, lat, zoom: 11.6 } }), middle);
    await look(page, {});
    const cells = await cellsAround(page, 440, 380, 11, 9);
    const outcomes = new Set(cells.map(({ bytes }) => scoreOf(bytes, [1, 1, 1, 1, 1, 1, 1])).map((score) => (typeof score === "string" ? score : "scored")));
    assert.deepEqual([...outcomes].sort(), ["excluded", "scored", "unknown"]);
    const project = study.criteria.map(({ weight }) => weight);
    assert.ok((await comparePixels(page, cells, project, scoreColor)) > 300);
    for (const weights of [[1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 5, 0, 0, 0], [0, 0, 0, 2, 1, 0, 0], [3, 1, 4, 1, 5, 9, 2]]) {
        await look(page, { weights, coloring: "score" });
        await comparePixels(page, cells, weights, scoreColor);
        await look(page, { weights, coloring: "class" });
        await comparePixels(page, cells, weights, classColor);
    }
    await look(page, { weights: [0, 0, 0, 0, 0, 0, 0], coloring: "score" });
    await comparePixels(page, cells, [1, 1, 1, 1, 1, 1, 1], (score) => (score === "excluded" ? scoreColor(score) : colorOfClass("unknown")));
    assert.deepEqual(trouble, []);
    await page.close();
});

test("zoomed out, the cells of the overview are drawn", { timeout: PATIENCE_MS }, async () => {
    const { page } = await open(server.url);
    const [lon, lat] = placeOf(700, 550);
    await page.evaluate((view) => tapak.store.set({ view }), { lon, lat, zoom: 8.8 }); // the second overview's cells are 1.4 pixels wide
    await look(page, {});
    const blocks = Array.from({ length: 120 }, (_, i) => [280 + 40 * (i % 20), 200 + 120 * Math.floor(i / 20)]);
    const read = execFileSync("gdallocationinfo", ["-valonly", "-overview", "2", join(site, "memberships.tif")], { input: blocks.map((one) => one.join(" ")).join("\n") });
    const bands = study.criteria.length + 3;
    const numbers = String(read).trim().split(/\s+/).map(Number);
    const cells = blocks.map(([column, row], i) => ({ place: placeOf(column + 1.5, row + 1.5), bytes: numbers.slice(i * bands, (i + 1) * bands) }));
    assert.ok((await comparePixels(page, cells, study.criteria.map(({ weight }) => weight), scoreColor)) > 60);
    await page.close();
});

test("a place has the bytes of its cell and the values of values.tif", { timeout: PATIENCE_MS }, async () => {
    const { page } = await open(server.url);
    const [lon, lat] = placeOf(700, 500);
    const { bytes, values } = await page.evaluate(([x, y]) => tapak.map.read(x, y).then((one) => ({ bytes: [...one.bytes], values: one.values })), [lon, lat]);
    // sample.py: pixel = round(membership * 240), value = round((1 - wave) * 12000); categories keep their code.
    assert.equal(values.length, study.criteria.length);
    assert.ok(Number.isInteger(values[6]) && values[6] >= 0 && values[6] < 4);
    assert.equal(bytes[6], Math.round([0, 0.6, 0.2, 1][values[6]] * 240));
    const outside = await page.evaluate(() => tapak.map.read(0, 0).then((one) => ({ bytes: [...one.bytes], values: one.values })));
    assert.equal(outside.bytes[study.criteria.length], 1);
    assert.ok(outside.values.every((value) => value === null));
    await page.close();
});

test("from a file: no error, no request but for the files beside it, pixels of the small raster", { timeout: PATIENCE_MS }, async () => {
    const { page, trouble } = await open(`file://${site}/index.html`);
    await look(page, { weights: [3, 1, 4, 1, 5, 9, 2], view: { lon: placeOf(440, 380)[0], lat: placeOf(440, 380)[1], zoom: 11.6 } });
    const cells = await cellsAround(page, 442, 382, 16, 6); // in the middle of the small raster's cells, which are 4 wide
    assert.ok((await comparePixels(page, cells, [3, 1, 4, 1, 5, 9, 2], scoreColor)) > 100);
    assert.deepEqual(trouble, []);
    await page.close();
});

test("a lost graphics context comes back with the same picture", { timeout: PATIENCE_MS }, async () => {
    const { page } = await open(server.url);
    await look(page, {});
    const places = [placeOf(440, 380), placeOf(700, 500), placeOf(840, 700)];
    const before = await colorsAt(page, places);
    await page.evaluate(async () => {
        const canvas = document.querySelector("#map canvas");
        const lose = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
        const event = (name) => new Promise((resolve) => canvas.addEventListener(name, resolve, { once: true }));
        const lost = event("webglcontextlost");
        lose.loseContext();
        await lost;
        const restored = event("webglcontextrestored");
        setTimeout(() => lose.restoreContext(), 50);
        await restored;
    });
    await settle(page);
    assert.deepEqual(await colorsAt(page, places), before);
    await page.close();
});

test("a server without range requests is enough for a file of this size", { timeout: PATIENCE_MS }, async () => {
    const plain = await serve(site, (request) => {
        delete request.headers.range;
        return false;
    });
    const { page, trouble } = await open(plain.url);
    assert.equal((await pixelOf(page, placeOf(700, 500))).length, study.criteria.length + 3);
    assert.deepEqual(trouble, []);
    await page.close();
    plain.close();
});

// What the page says in place of a map.
async function messageOf(folder, file, prepare) {
    const here = await serve(folder);
    const { page } = await open(`${here.url}${file}`, { ready: false, prepare });
    const words = await page.locator('[role="alert"]').innerText();
    await page.close();
    here.close();
    return words;
}

test("what is missing, or of another format, is told in both languages", { timeout: 2 * PATIENCE_MS }, async () => {
    const broken = mkdtempSync(join(tmpdir(), "tapak-broken-"));
    const spoil = async (change) => {
        cpSync(site, broken, { recursive: true });
        change();
        return messageOf(broken, "index.html");
    };
    for (const name of ["study.js", "cells.js", "base.js"]) {
        const words = await spoil(() => rmSync(join(broken, name)));
        assert.equal(words.split(name).length, 3, `${name}: ${words}`);
    }
    const old = await spoil(() => writeFileSync(join(broken, "study.js"), 'window.TAPAK_STUDY = {"format": 9};'));
    assert.match(old, /format 9.*berformat 9/s);
    rmSync(broken, { recursive: true });
});

// What a page without the full map tells, and whether its tables work.
async function tablesWithout(folder, prepare) {
    const here = await serve(folder);
    const { page } = await open(`${here.url}index.html`, { ready: false, prepare });
    await page.waitForSelector(".weight");
    await page.click("#tab-zones");
    assert.equal(await page.locator(".zone-line").count(), study.zones.length);
    const words = await page.innerText("#notice");
    await page.close();
    here.close();
    return words;
}

test("without the full raster a small map is shown, without any map the tables are", { timeout: 2 * PATIENCE_MS }, async () => {
    const broken = mkdtempSync(join(tmpdir(), "tapak-broken-"));
    cpSync(site, broken, { recursive: true });
    const tif = join(broken, "memberships.tif");
    writeFileSync(tif, readFileSync(tif).subarray(0, 100));
    assert.match(await tablesWithout(broken), /memberships\.tif.*salinan kecil/s);
    rmSync(tif);
    assert.match(await tablesWithout(broken), /memberships\.tif.*salinan kecil/s);
    rmSync(join(broken, "small.js"));
    assert.match(await tablesWithout(broken), /memberships\.tif.*small\.js.*Peta tidak dapat ditampilkan/s);
    rmSync(broken, { recursive: true });
    const blind = await tablesWithout(site, (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null)));
    assert.match(blind, /WebGL 2/);
});

test("where no worker is to be had the page works out the sums itself", { timeout: PATIENCE_MS }, async () => {
    const refusals = [
        () => (globalThis.Worker = undefined),
        () => {
            globalThis.Worker = class {
                constructor() {
                    setTimeout(() => this.onerror(new ErrorEvent("error", { cancelable: true })));
                }
                postMessage() {}
                terminate() {}
            };
        },
    ];
    for (const refuse of refusals) {
        const { page } = await open(`${server.url}index.html`, {
            ready: false,
            prepare: async (page) => {
                await page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null)); // the map needs workers too
                await page.addInitScript(refuse);
            },
        });
        await page.waitForSelector(".strip-score");
        const scores = await page.$$eval(".strip-score", (cells) => cells.map(({ textContent }) => textContent));
        const expected = study.zones.map((zone) => zone.score_mean).sort((a, b) => b - a);
        assert.deepEqual(scores, expected.slice(0, 5).map((score) => score.toFixed(3).replace(".", ",")));
        await page.close();
    }
});

// What is done to a worker once the page is up: how the browser may lose it.
const losses = {
    fails: () => workers.forEach((worker) => worker.dispatchEvent(new ErrorEvent("error", { cancelable: true }))),
    "is ended without a word": () => workers.forEach((worker) => worker.terminate()),
};

function keepWorkers() {
    globalThis.workers = [];
    globalThis.Worker = class extends Worker {
        constructor(url) {
            super(url);
            workers.push(this);
        }
    };
    globalThis.losePatience = () => {
        const wait = setTimeout;
        globalThis.setTimeout = (act, ms) => wait(act, Math.min(ms, 500));
    };
}

test("where the worker is lost later the page goes on with the sums itself", { timeout: 2 * PATIENCE_MS }, async () => {
    const scores = (page) => page.$$eval(".strip-score", (cells) => cells.map(({ textContent }) => textContent));
    for (const lose of Object.values(losses)) {
        const { page, trouble } = await open(`${server.url}index.html`, {
            ready: false,
            prepare: async (page) => {
                await page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null)); // no worker but that of the sums
                await page.addInitScript(keepWorkers);
            },
        });
        await page.waitForFunction(() => globalThis.tapak?.isCurrent());
        const [before, weights] = [await scores(page), study.criteria.map((_, k) => (k === 0 ? 1 : 0))];
        const expected = await page.evaluate((own) => tapak.summarise(own), weights);
        await page.evaluate(lose);
        await page.evaluate(() => losePatience());

        await page.evaluate((own) => {
            globalThis.kept = atob;
            globalThis.atob = () => {
                throw new RangeError("out of memory");
            };
            tapak.store.set({ weights: own });
        }, weights);
        await page.waitForSelector("#notice .message-fault:has-text('bobot sebelumnya')");
        assert.deepEqual(await scores(page), before, "what is shown stays");

        await page.evaluate((own) => {
            globalThis.atob = globalThis.kept;
            tapak.store.set({ weights: own });
        }, weights);
        await page.waitForFunction(() => tapak.isCurrent());
        assert.equal(await page.locator("#notice .message-fault:has-text('bobot sebelumnya')").count(), 0, "they are no longer old");
        const best = expected.zones.map(({ score }) => score).sort((a, b) => b - a).slice(0, 5);
        assert.deepEqual(await scores(page), best.map((score) => score.toFixed(3).replace(".", ",")));
        assert.deepEqual(trouble, []);
        await page.close();
    }
});

test("without values.tif a place is still explained, and what is missing is told", { timeout: PATIENCE_MS }, async () => {
    const lacking = await serve(site, (request, response) => {
        if (!request.url.endsWith("values.tif")) return false;
        response.writeHead(404).end();
        return true;
    });
    const readings = [];
    for (const { url } of [server, lacking]) {
        const { page } = await open(url);
        readings.push(
            await page.evaluate(async ([lon, lat]) => {
                const { bytes, values } = await tapak.map.read(lon, lat).catch(() => ({ bytes: [], values: [] }));
                return { bytes: [...bytes], values, told: [...document.querySelectorAll("#notice .message-fault")].map(({ textContent }) => textContent) };
            }, placeOf(300, 300)),
        );
        await page.close();
    }
    lacking.close();
    const [whole, rest] = readings;
    assert.equal(whole.values.length, study.criteria.length);
    assert.deepEqual([rest.bytes, rest.values], [whole.bytes, null]);
    assert.equal(rest.told.length, 1);
    assert.match(rest.told[0], /values\.tif/);
});

test("a small study is shown as a whole at the start", { timeout: PATIENCE_MS }, async () => {
    const [lon, lat] = study.center;
    const bbox = [lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02];
    const narrow = await serve(site, (request, response) => {
        if (request.url !== "/study.js") return false;
        response.end(`window.TAPAK_STUDY = ${JSON.stringify({ ...study, bbox })};`);
        return true;
    });
    const { page } = await open(narrow.url);
    const [width, height] = await page.evaluate(([west, south, east, north]) => {
        const [first, last] = [tapak.map.project(west, north), tapak.map.project(east, south)];
        const { clientWidth, clientHeight } = document.getElementById("map");
        return [(last.x - first.x) / clientWidth, (last.y - first.y) / clientHeight];
    }, bbox);
    await page.close();
    narrow.close();
    assert.ok(Math.max(width, height) > 0.9 && Math.max(width, height) <= 1, `${width} x ${height} of the map`);
});

test("tiles that cannot be read are told once, and the page works on", { timeout: PATIENCE_MS }, async () => {
    let broken = false;
    const failing = await serve(site, (request, response) => {
        if (!broken || !request.url.endsWith("memberships.tif")) return false;
        response.writeHead(503).end();
        return true;
    });
    const { page } = await open(failing.url);
    broken = true;
    const words = await page.evaluate(async ([lon, lat]) => {
        const told = [];
        tapak.map.onFault((text) => told.push(text.en));
        tapak.map.moveTo(lon, lat, 13.5);
        await new Promise((resolve) => setTimeout(resolve, 100));
        while (told.length === 0 || !tapak.map.isIdle()) await new Promise((resolve) => setTimeout(resolve, 50));
        return told;
    }, placeOf(300, 300));
    assert.equal(words.length, 1);
    assert.match(words[0], /503.*memberships\.tif/);
    assert.ok(await page.evaluate(() => tapak.summarise([1, 1, 1, 1, 1, 1, 1]).then(({ zones }) => zones.length === 6)));
    await page.close();
    failing.close();
});
