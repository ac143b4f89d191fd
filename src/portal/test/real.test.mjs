// The page on what tapak run writes for the sample study, at a coarse cell: what it shows under other weights is what runs,
// explanations and the server of the program say. TAPAK names the program.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { frames, openPage, seriousFaultsAnywhere, shownZones, valueWords, whyShown } from "./page.mjs";
import { launch, serve } from "./site.mjs";

const root = new URL("../../..", import.meta.url).pathname;
const TAPAK = process.env.TAPAK ?? join(root, "build/tapak");
const CELL_M = "1000";
// Memberships are rounded to 1/240, so no score is off by more than half of it.
const HALF_STEP = 0.5 / 240;
const CALM = 1e-6; // scores and hectares are kept in single precision
// The hectares of the map's cells are of the ellipsoid; pixels of a run are counted here as if they were equal, while the scale of
// UTM goes from 0.9996 to 1.0007 within the province: squared, 0.0022.
const SCALE = 0.0022;

let folder, site, browser, study, server, live;

before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tapak-real-"));
    cpSync(join(root, "gis-data"), join(folder, "data"), { recursive: true });
    run("kalsel.yaml", "out");
    study = JSON.parse(readFileSync(join(folder, "out/portal/study.json"), "utf8"));
    [site, browser] = [await serve(join(folder, "out")), await launch()];
    server = spawn(TAPAK, ["serve", join(folder, "out"), "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: server.stdout })) {
        live = /http:\S+/.exec(line)?.[0];
        if (live) break;
    }
    assert.ok(live, "tapak serve does not serve");
});

after(async () => {
    server?.kill();
    await browser?.close();
    site?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
});

function run(project, out, ...options) {
    const words = ["run", join(folder, "data", project), "-o", join(folder, out), "--cell", CELL_M, "--no-check", "--quiet"];
    execFileSync(TAPAK, [...words, ...options], { stdio: ["ignore", "ignore", "inherit"] });
}

const page = (options, use) => openPage(browser, { url: `${site.url}portal/`, ...options }, use);
const idle = (page) => page.waitForFunction(() => globalThis.tapak?.map.isIdle());
const sharesOf = (page) => page.evaluate(() => globalThis.tapak.store.get().weights).then(shareOf);
const shareOf = (list) => list.map((weight) => weight / list.reduce((a, b) => a + b, 0));
const inWords = (shares) => study.criteria.map(({ id }, k) => `${id}:${shares[k].toFixed(12)}`).join(",");

// ---- other weights ----

// Zones, and the share of each class among the map's pixels, as a run with these weights has them, class bounds moved by `by`.
function runWith(shares, by) {
    const lines = study.criteria.map(({ id }, k) => `    ${id}: ${shares[k].toFixed(12)}\n`).join("");
    const bounds = study.classes.flatMap(({ id, from }) => (from === undefined ? [] : [`${id}: ${from + by}`]));
    const project = readFileSync(join(folder, "data/kalsel.yaml"), "utf8")
        .replace(/^ {2}weights:\n( {4}.*\n)+/m, `  weights:\n${lines}`)
        .replace(/classes: \{.*\}/, `classes: {${bounds}}`);
    writeFileSync(join(folder, "data/moved.yaml"), project);
    run("moved.yaml", "moved", "--no-portal");
    return { zones: zonesOf("moved"), shares: classShares() };
}

const zonesOf = (out) => JSON.parse(readFileSync(join(folder, out, "zones.geojson"), "utf8")).features.map(({ properties }) => properties);

const ranked = (zones) => [...zones].sort((a, b) => a.rank - b.rank).map(({ name }) => name);

function classShares() {
    const script = `
import sys, json, numpy
from osgeo import gdal
gdal.UseExceptions()
print(json.dumps(numpy.bincount(gdal.Open(sys.argv[1]).ReadAsArray().ravel(), minlength=7).tolist()))`;
    const counts = JSON.parse(execFileSync("/usr/bin/python3", ["-c", script, join(folder, "moved/classes.tif")], { encoding: "utf8" }));
    const inside = counts.slice(1).reduce((sum, n) => sum + n, 0); // 0 is outside
    return Object.fromEntries(["S1", "S2", "S3", "N", "excluded", "unknown"].map((id, i) => [id, counts[i + 1] / inside]));
}

// Hectares at or above S1, S2 and S3. Scores of the page may lie on the other side of a bound by half a step: what it shows lies
// between what the run has for bounds half a step higher and lower.
function between(shown, strict, lenient, name, spare = CALM) {
    const sums = (ha) => [ha("S1"), ha("S1") + ha("S2"), ha("S1") + ha("S2") + ha("S3")];
    const [low, own, high] = [sums(strict), sums((id) => shown[id]), sums(lenient)];
    own.forEach((ha, i) => {
        const room = spare * ha + 0.01;
        assert.ok(low[i] - room <= ha && ha <= high[i] + room, `${name}: ${ha} ha is not within ${low[i]} and ${high[i]}`);
    });
}

function excludedLike(shown, ha, name, spare = CALM) {
    assert.ok(Math.abs(shown.excluded - ha) <= spare * ha + 0.01, `${name}: excluded ${shown.excluded}, ${ha} ha`);
}

test("a moved slider: scores, ranking and hectares are those of a run with these weights; the address restores all", async () => {
    await page({ hash: "#l=en&map=9.5/-3.4/115.5" }, async (page, context) => {
        await idle(page);
        const names = (rows) => rows.map((row) => row[1]);
        const before = await shownZones(page);
        await page.click("#tab-weights");
        const k = study.criteria.findIndex(({ id }) => id === "akses_bandara");
        await page.focus(`#weight-${k}`);
        await page.keyboard.press("End");
        for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowLeft");
        const shares = await sharesOf(page);
        const shown = await shownZones(page);
        assert.notDeepEqual(names(shown), names(before), "the weight changes the order");
        const summary = await page.evaluate(() => globalThis.tapak.summarise(globalThis.tapak.store.get().weights));
        const [strict, lenient] = [runWith(shares, HALF_STEP), runWith(shares, -HALF_STEP)];
        assert.deepEqual(
            names(shown),
            ranked(strict.zones),
        );
        strict.zones.forEach((zone, i) => {
            const own = summary.zones[i];
            assert.deepEqual([own.id, own.rank], [zone.id, zone.rank]);
            assert.ok(Math.abs(own.score - zone.score_mean) <= HALF_STEP + CALM, `${zone.id}: ${own.score}, ${zone.score_mean}`);
            const ha = (run) => (id) => run.zones[i][`class_${id}_ha`];
            between(own.class_ha, ha(strict), ha(lenient), zone.id);
            excludedLike(own.class_ha, zone.excluded_ha, zone.id);
        });
        const { class_ha, area_ha } = summary.map;
        const share = (run) => (id) => run.shares[id] * area_ha;
        between(class_ha, share(strict), share(lenient), "map", SCALE);
        excludedLike(class_ha, share(strict)("excluded"), "map", SCALE);

        await page.waitForTimeout(600); // the address is written a moment later
        const again = await context.newPage();
        await again.goto(page.url());
        await idle(again);
        assert.deepEqual(await shownZones(again), shown);
        (await sharesOf(again)).forEach((share, i) => assert.ok(Math.abs(share - shares[i]) < 1e-5, `${share} of ${shares[i]}`));
        const view = (page) => page.evaluate(() => Object.values(globalThis.tapak.store.get().view).map((number) => number.toFixed(3)));
        assert.deepEqual(await view(again), await view(page));
    });
});

// ---- pixels ----

const MERCATOR_M = 20037508.342789244;

// Centres of pixels of memberships.tif around a place, in steps of `step` pixels.
function pixelCentres({ lon, lat }, step) {
    const { origin, pixel_m } = study.memberships;
    const column = Math.floor(((lon / 180) * MERCATOR_M - origin[0]) / pixel_m);
    const row = Math.floor((origin[1] - (Math.log(Math.tan(((90 + lat) * Math.PI) / 360)) / Math.PI) * MERCATOR_M) / pixel_m);
    const steps = [-3, -2, -1, 0, 1, 2, 3].map((i) => i * step);
    return steps.flatMap((x) =>
        steps.map((y) => ({
            lon: ((origin[0] + (column + x + 0.5) * pixel_m) / MERCATOR_M) * 180,
            lat: (Math.atan(Math.exp(((origin[1] - (row + y + 0.5) * pixel_m) / MERCATOR_M) * Math.PI)) * 360) / Math.PI - 90,
        })),
    );
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function rampColor(score) {
    const { ramp } = study;
    const at = Math.max(ramp.findIndex(([bound]) => bound >= score), 1);
    const [[low, from], [high, to]] = [ramp[at - 1], ramp[at]];
    const share = Math.min(Math.max((score - low) / (high - low), 0), 1);
    return rgb(from).map((channel, i) => channel + share * (rgb(to)[i] - channel));
}

// Is it the colour of a score that is at most half a step off? Channels are rounded, once more where they are blended.
function isColorOf(color, score) {
    const steps = Array.from({ length: 21 }, (_, i) => rampColor(Math.min(1, score + (i / 10 - 1) * HALF_STEP)));
    return [0, 1, 2].every((i) => {
        const channel = steps.map((step) => step[i]);
        return color[i] >= Math.min(...channel) - 1 && color[i] <= Math.max(...channel) + 1;
    });
}

const colorsAt = (page, places) =>
    page.evaluate(async (places) => {
        const image = await createImageBitmap(await globalThis.tapak.map.picture());
        const pen = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
        pen.drawImage(image, 0, 0);
        return places.map(({ lon, lat }) => {
            const { x, y } = globalThis.tapak.map.project(lon, lat);
            return [...pen.getImageData(Math.floor(x), Math.floor(y), 1, 1).data.subarray(0, 3)];
        });
    }, places);

test("a moved slider: the map's pixels have the colours of the scores that the program computes with these weights", async () => {
    const middle = { lon: 115.7, lat: -3.6 };
    const places = pixelCentres(middle, 6);
    await page({ hash: `#map=10/${middle.lat}/${middle.lon}` }, async (page) => {
        await page.evaluate(() => {
            const hidden = globalThis.tapak.map.layers.map(({ id }) => id).filter((id) => id !== "-suitability");
            globalThis.tapak.store.set({ hidden, opacity: 1 });
        });
        await idle(page);
        const before = await colorsAt(page, places);
        await page.focus("#weight-0");
        await page.keyboard.press("End");
        for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowLeft");
        await frames(page);
        const shares = await sharesOf(page);
        const colors = await colorsAt(page, places);
        let [scored, excluded] = [0, 0];
        for (const [i, { lon, lat }] of places.entries()) {
            const told = await (await fetch(`${live}explain?lon=${lon}&lat=${lat}&w=${inWords(shares)}`)).json();
            if (told.class === "excluded") {
                excluded++;
                assert.deepEqual(colors[i], rgb(study.zero_color));
            } else if (told.score !== null) {
                scored++;
                assert.ok(isColorOf(colors[i], told.score), `${lon}, ${lat}: ${colors[i]} for ${told.score}: ${rampColor(told.score)}`);
            }
        }
        assert.ok(scored > 20 && excluded > 0, `${scored} scored, ${excluded} excluded`);
        assert.ok(colors.filter((color, i) => String(color) !== String(before[i])).length > 20, "pixels changed");
    });
});

// ---- why here ----

const PLACES = {
    scored: { lon: 114.95, lat: -3.98 },
    excluded: { lon: 115.05, lat: -3.5 },
    outside: { lon: 110, lat: -3 },
};

function explained({ lon, lat }, shares) {
    const words = ["explain", join(folder, "out"), String(lon), String(lat), "--weights", inWords(shares), "--format", "json", "--quiet"];
    return JSON.parse(execFileSync(TAPAK, words, { encoding: "utf8" }));
}

const points = (number) => (number === null ? "–" : number.toFixed(1));
const minus = (words) => (/[1-9]/.test(words) ? `−${words}` : words);

function panelOf(told) {
    if (told.class === "outside") return { score: null, class: null, words: "This point is outside the study area.", rows: [] };
    const rows = study.criteria.map((criterion, k) => {
        const { value, category, membership, weight_counted, gained, lost } = told.criteria[k];
        const words = membership === null ? null : valueWords(criterion, category ?? value);
        return [
            criterion.title,
            words,
            membership === null ? "–" : membership.toFixed(3),
            `${(100 * weight_counted).toFixed(1)}%`,
            points(gained),
            minus(points(lost)),
        ];
    });
    const limits = told.criteria.find(({ id }) => id === told.limiting);
    return {
        score: told.class === "excluded" ? "0" : told.score.toFixed(3),
        class: study.classes.find(({ id }) => id === told.class).label.en,
        words: limits ? `Limits most: ${limits.title} (−${points(limits.lost)} points)` : "This place is excluded by:",
        rows,
    };
}

test("with tapak serve the panel is what tapak explain says, under the study's weights and others", async () => {
    const weights = study.criteria.map((_, k) => 1 + (k % 4));
    await openPage(browser, { url: live, hash: "#l=en" }, async (page) => {
        for (const own of [null, weights]) {
            if (own) await page.evaluate((weights) => globalThis.tapak.store.set({ weights }), own);
            for (const [name, point] of Object.entries(PLACES)) {
                await page.evaluate((point) => globalThis.tapak.store.set({ point }), point);
                await frames(page); // what was said of the last place is gone
                await page.waitForSelector(name === "outside" ? ".why .verdict-words" : 'text="Computed directly from the source data."');
                const told = explained(point, await sharesOf(page));
                assert.equal(told.class, name === "scored" ? "S2" : name);
                assert.deepEqual(await whyShown(page), panelOf(told), name);
                const laws = told.constraints.filter(({ excludes }) => excludes).map(({ title, source }) => `${title}Legal source: ${source}`);
                assert.deepEqual(await page.$$eval(".excluded-by li", (items) => items.map((item) => item.textContent)), laws);
            }
        }
    });
});

test("without a server a click's panel is what tapak explain says, but for the rounding of memberships", async () => {
    await page({ hash: `#l=en&map=11/${PLACES.scored.lat}/${PLACES.scored.lon}` }, async (page) => {
        await idle(page);
        const [place] = pixelCentres(PLACES.scored, 1);
        const { x, y } = await page.evaluate(({ lon, lat }) => globalThis.tapak.map.project(lon, lat), place);
        const map = await page.locator("#map").boundingBox();
        await page.mouse.click(map.x + x, map.y + y);
        const shown = await whyShown(page);
        const told = explained(place, await sharesOf(page));
        assert.ok(Math.abs(Number(shown.score) - told.score) <= HALF_STEP + 0.0005, `${shown.score}, ${told.score}`); // shown with 3 digits
        shown.rows.forEach(([title, , membership, weight], k) => {
            assert.equal(title, told.criteria[k].title);
            assert.ok(Math.abs(Number(membership) - told.criteria[k].membership) <= HALF_STEP + 0.0005, title);
            assert.equal(weight, `${(100 * told.criteria[k].weight_counted).toFixed(1)}%`);
        });
        assert.match(shown.words, new RegExp(`^Limits most: ${study.criteria.find(({ id }) => id === told.limiting).title.replace(/[()]/g, "\\$&")} `));
    });
});

// ---- files, everybody ----

test("every file is there to be downloaded, whole, from any server", async () => {
    for (const base of [`${site.url}portal/`, live]) {
        for (const { path, bytes } of study.files) {
            const answer = await fetch(new URL(path, base));
            assert.equal(answer.status, 200, `${base} ${path}`);
            const got = (await answer.arrayBuffer()).byteLength;
            assert.equal(got, bytes ?? statSync(join(folder, "out/portal", path)).size, path);
        }
    }
});

test("axe finds nothing serious on the real study", async () => {
    await page({}, async (page) => assert.deepEqual(await seriousFaultsAnywhere(page, PLACES.scored), []));
});

test("from a file the page shows the same ranking, and explains from the small map", async () => {
    const url = pathToFileURL(join(folder, "out/portal/index.html")).href;
    await openPage(browser, { url, hash: `#l=en&p=${PLACES.excluded.lon},${PLACES.excluded.lat}` }, async (page) => {
        await idle(page);
        assert.deepEqual((await whyShown(page)).class, "Excluded");
        assert.deepEqual(
            (await shownZones(page)).map((row) => row[1]),
            ranked(zonesOf("out")),
        );
        await page.click("#tab-weights");
        await page.focus("#weight-0");
        await page.keyboard.press("Home");
        await frames(page);
        assert.equal((await sharesOf(page))[0], 0);
    });
});
