// The page in a browser: what people move, read, print and pass on. What it shows is held against sums made here from the
// records of cells.js, and against pixels read by GDAL.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DESKTOP, frames, openPage, PHONE, roughWords, seriousFaultsAnywhere, shownZones, TABS, WAIT_MS, whyShown } from "./page.mjs";
import { launch, makeSite, removeSite, serve } from "./site.mjs";


let folder, site, browser, study, records, places;

before(async () => {
    folder = makeSite();
    [site, browser] = [await serve(folder), await launch()];
    study = JSON.parse(readFileSync(join(folder, "study.json"), "utf8"));
    const text = readFileSync(join(folder, "cells.js"), "utf8");
    records = Buffer.from(text.slice(text.indexOf('"') + 1, text.lastIndexOf('"')), "base64");
    places = gdalPlaces();
});

after(async () => {
    await browser?.close();
    site?.close();
    if (folder) removeSite(folder);
});

// ---- helpers ----

const withPage = (options, use) => openPage(browser, { url: site.url, ...options }, use);

const shareOf = (list) => list.map((weight) => weight / list.reduce((a, b) => a + b, 0));
const studyShares = () => shareOf(study.criteria.map(({ weight }) => weight));

// One record of cells.js, scored by the rules of the issue: { ha, score (NaN: unknown), excluded }.
function scoreRecord(at, shares) {
    const { ha, reasons, state, memberships } = study.record;
    const result = { ha: records.readFloatLE(at + ha), excluded: records.readUInt32LE(at + reasons) !== 0, score: 0 };
    if (result.excluded) return result;
    let [sum, known] = [0, 0];
    study.criteria.forEach(({ unknown }, k) => {
        const byte = records[at + memberships + k];
        if (byte === 255 && unknown === "share") return;
        const stated = unknown === "worst" ? 0 : unknown === "exclude" ? NaN : unknown;
        sum += shares[k] * (byte === 255 ? stated : byte / 240);
        known += shares[k];
    });
    result.score = records[at + state] === 1 || known === 0 ? NaN : sum / known;
    return result;
}

function sumUp({ offset, n }, shares) {
    const total = { weighted: 0, known: 0, good: 0, S1: 0, S2: 0, S3: 0, N: 0, excluded: 0, unknown: 0 };
    const [s1, s2, s3] = ["S1", "S2", "S3"].map((id) => study.classes.find((item) => item.id === id).from);
    for (let i = 0; i < n; i++) {
        const { ha, score, excluded } = scoreRecord(offset + i * study.record.bytes, shares);
        const own = excluded
            ? "excluded"
            : Number.isNaN(score)
              ? "unknown"
              : score >= s1
                ? "S1"
                : score >= s2
                  ? "S2"
                  : score >= s3
                    ? "S3"
                    : "N";
        total[own] += ha;
        if (own !== "unknown") [total.weighted, total.known] = [total.weighted + ha * score, total.known + ha];
    }
    return { ...total, mean: total.weighted / total.known, good: total.S1 + total.S2 };
}

// [rank, name, score, good hectares] of each zone, best first, as the page should write them in English.
function predictedZones(shares) {
    const sums = study.zones.map((zone) => ({ name: zone.name, ...sumUp(zone.cells, shares) }));
    sums.sort((a, b) => b.mean - a.mean);
    return sums.map(({ name, mean, good }, i) => [
        String(i + 1),
        name,
        mean.toFixed(3),
        Math.round(good).toLocaleString("en"),
    ]);
}

// Hectares are sums of many floats, added in another order here.
function sameZones(shown, predicted) {
    assert.deepEqual(
        shown.map((row) => row.slice(0, 3)),
        predicted.map((row) => row.slice(0, 3)),
    );
    shown.forEach((row, i) => {
        const [a, b] = [row[3], predicted[i][3]].map((text) => Number(text.replaceAll(",", "")));
        assert.ok(Math.abs(a - b) <= 1, `${row[1]}: ${a} ha, expected ${b} ha`);
    });
}

const sharesShown = async (page) => {
    await frames(page);
    return page.$$eval(".weight-number input", (inputs) => inputs.map((input) => input.value));
};

// Places over the whole study with the bytes of memberships.tif and of values.tif there, as GDAL reads them.
function gdalPlaces() {
    const script = `
import json, sys
from osgeo import gdal, osr
gdal.UseExceptions()
wgs, web = osr.SpatialReference(), osr.SpatialReference()
wgs.ImportFromEPSG(4326)
web.ImportFromEPSG(3857)
for system in (wgs, web):
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
to_web = osr.CoordinateTransformation(wgs, web)
files = [gdal.Open(sys.argv[1] + "/" + name) for name in ("memberships.tif", "values.tif")]
west, south, east, north = map(float, sys.argv[2:])
places = []
for i in range(1, 50):
    for j in range(1, 50):
        lon, lat = round(west + (east - west) * i / 50, 6), round(south + (north - south) * j / 50, 6)
        x, y, _ = to_web.TransformPoint(lon, lat)
        pixels = []
        for data in files:
            g = data.GetGeoTransform()
            pixels.append([int(b) for b in data.ReadAsArray(int((x - g[0]) / g[1]), int((y - g[3]) / g[5]), 1, 1).ravel()])
        places.append({"lon": lon, "lat": lat, "bytes": pixels[0], "values": pixels[1]})
print(json.dumps(places))`;
    const answer = execFileSync("/usr/bin/python3", ["-c", script, folder, ...study.bbox], {
        encoding: "utf8",
        maxBuffer: 1e8,
    });
    return JSON.parse(answer);
}

// The first place whose bytes are as wanted.
function findPlace(wanted) {
    const found = places.find(({ bytes }) => wanted(bytes));
    assert.ok(found, "the study has no such place");
    return found;
}

const bitsOf = (bytes) => bytes.slice(study.criteria.length, -1).reduce((bits, byte, i) => bits + byte * 256 ** i, 0);
const isKnown = (bytes) =>
    bitsOf(bytes) === 0 && bytes.at(-1) === 0 && bytes.slice(0, study.criteria.length).every((byte) => byte !== 255);

// ---- weights ----

test("a slider moved by keyboard: shares, zones and classes are those computed from the records", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        sameZones(await shownZones(page), predictedZones(studyShares()));
        const before = await shownZones(page);
        const usual = studyShares();
        const mostly = (k) => usual.map((share, i) => (i === k ? 0.95 : (0.05 * share) / (1 - usual[k])));
        const names = (shares) =>
            predictedZones(shares)
                .map((row) => row[1])
                .join();
        const index = usual.findIndex((_, k) => names(mostly(k)) !== names(usual));
        assert.ok(index >= 0, "no weight changes the order");
        const shares = mostly(index);
        await page.click("#tab-weights");
        await page.focus(`#weight-${index}`);
        await page.keyboard.press("End");
        for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
        await frames(page);
        assert.deepEqual(
            await sharesShown(page),
            shares.map((share) => (share * 100).toFixed(1)),
        );
        const zones = await shownZones(page);
        sameZones(zones, predictedZones(shares));
        const change = await page.$$eval(".zone-line", (rows) =>
            rows.map((row) => [row.querySelector(".zone-name").textContent, row.querySelector(".change").textContent]),
        );
        const rankBefore = new Map(before.map(([rank, name]) => [name, Number(rank)]));
        zones.forEach(([rank, name], i) => {
            const gained = rankBefore.get(name) - Number(rank);
            const words = gained > 0 ? `▲ up ${gained}` : gained < 0 ? `▼ down ${-gained}` : "= same";
            assert.deepEqual(change[i], [name, words]);
        });
        await page.click("#tab-classes");
        await frames(page);
        const shown = await page.$$eval(".classes tbody tr", (rows) =>
            rows.map((row) => Number(row.cells[2].textContent.replace("%", ""))),
        );
        const map = sumUp(study.map.cells, shares);
        study.classes.forEach(({ id }, i) => {
            const percent = (100 * map[id]) / study.map.area_ha;
            assert.ok(Math.abs(shown[i] - percent) < 0.2, `${id}: ${shown[i]} %, expected ${percent} %`); // a lattice against all cells
        });
    });
});

test("dragged to its end and back a slider leaves the others as they were", async () => {
    await withPage({}, async (page) => {
        const before = await sharesShown(page);
        const box = await page.locator("#weight-1").boundingBox();
        const at = (share) => box.x + 8 + share * (box.width - 16);
        await page.mouse.move(at(0.18), box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(at(1), box.y + box.height / 2, { steps: 4 });
        await frames(page);
        assert.equal((await sharesShown(page))[0], "0,0");
        await page.mouse.move(at(0.18), box.y + box.height / 2, { steps: 4 });
        await page.mouse.up();
        assert.deepEqual(await sharesShown(page), before);
        await page.focus("#weight-3");
        await page.keyboard.press("Home"); // to 0, so that the rest stands otherwise
        const changed = (await sharesShown(page)).map((text) => Number(text.replace(",", ".")));
        await page.mouse.move(at(changed[1] / 100), box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(at(0.5), box.y + box.height / 2, { steps: 4 });
        await page.mouse.up();
        const moved = (await sharesShown(page)).map((text) => Number(text.replace(",", ".")));
        assert.equal(moved[3], 0);
        const factor = (100 - moved[1]) / (100 - changed[1]);
        moved.forEach(
            (share, k) =>
                k === 1 || assert.ok(Math.abs(share - changed[k] * factor) < 0.11, `${share} of ${changed[k]}`),
        );
    });
});

test("numbers are typed; locked weights stay; one weight and all are reset; sets of weights are chosen", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        const study0 = await sharesShown(page);
        await page.click(".weight:nth-child(1) .tool[aria-pressed]");
        assert.equal(await page.isDisabled("#weight-0"), true);
        const field = page.locator(".weight-number input").nth(1);
        await field.fill("40");
        await field.press("Enter");
        let shown = (await sharesShown(page)).map(Number);
        assert.equal(shown[0], Number(study0[0]));
        assert.equal(shown[1], 40);
        assert.ok(Math.abs(shown.reduce((a, b) => a + b, 0) - 100) < 0.4, "rounded shares add up to about 100");
        await field.fill("98");
        await field.press("Enter");
        assert.equal(
            (await sharesShown(page))[1],
            (100 - Number(study0[0])).toFixed(1),
            "no more than the lock leaves",
        );
        await field.fill("plenty");
        await field.press("Enter");
        await field.blur();
        assert.equal(
            (await sharesShown(page))[1],
            (100 - Number(study0[0])).toFixed(1),
            "what is no number changes nothing",
        );
        await page.click('.weight:nth-child(2) .tool[aria-label^="Back"]');
        assert.equal((await sharesShown(page))[1], study0[1]);
        await page.click('.chip:has-text("Environment")');
        await frames(page);
        const preset = shareOf(study.criteria.map(({ id }) => study.presets[1].weights[id]));
        assert.deepEqual(
            await sharesShown(page),
            preset.map((share) => (share * 100).toFixed(1)),
        );
        assert.equal(await page.getAttribute('.chip:has-text("Environment")', "aria-pressed"), "true");
        assert.equal(await page.isDisabled("#weight-0"), false, "a set of weights opens the locks");
        await page.click('.chip:has-text("Reset all")');
        assert.deepEqual(await sharesShown(page), study0);
        assert.equal(await page.getAttribute('.chip:has-text("Study weights")', "aria-pressed"), "true");
    });
});

test("a set of weights opens the locks also where it is in force already", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        const chip = page.locator('.chip:has-text("Environment")');
        await chip.click();
        await page.click(".weight:nth-child(1) .tool[aria-pressed]");
        assert.equal(await page.isDisabled("#weight-0"), true);
        await chip.click();
        await frames(page);
        assert.equal(await page.isDisabled("#weight-0"), false);
        assert.equal(await page.getAttribute(".weight:nth-child(1) .tool[aria-pressed]", "aria-pressed"), "false");
    });
});

test("what resets weights, and can then do no more, hands the focus on", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        for (const [reset, next] of [
            ['.weight:nth-child(1) .tool[aria-label^="Back"]', "#weight-0"],
            ['.chip:has-text("Reset all")', '.chip:has-text("Study weights")'],
        ]) {
            await page.focus("#weight-0");
            await page.keyboard.press("End");
            await frames(page);
            await page.focus(reset);
            await page.keyboard.press("Enter");
            await frames(page);
            assert.equal(await page.locator(next).evaluate((item) => item === document.activeElement), true, `${reset} hands the focus on`);
        }
    });
});

test("the ranking is read aloud once the weights rest", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        assert.equal(await page.textContent("#live"), "");
        await page.focus("#weight-0");
        await page.keyboard.press("End");
        await page.waitForFunction(() => document.getElementById("live").textContent !== "");
        const shares = study.criteria.map((_, k) => (k === 0 ? 1 : 0));
        const best = predictedZones(shares)[0];
        assert.match(await page.textContent("#live"), new RegExp(`^Ranking now: 1 ${best[1]} ${best[2]}, 2 `));
        assert.equal(await page.getAttribute("#live", "role"), "status");
        await page.click("#language-id");
        assert.match(await page.textContent("#live"), new RegExp(`^Peringkat sekarang: 1 ${best[1]} ${best[2].replace(".", ",")}, 2 `), "it follows the language");
    });
});

// ---- addresses ----

test("the address restores view, weights, language, point, zone and colours; history does not grow", async () => {
    await withPage({ hash: "#l=en" }, async (page, context) => {
        const length = await page.evaluate(() => history.length);
        await page.click('.chip:has-text("Environment")');
        await page.click('.legend label:has-text("Class")');
        await page.click("#tab-zones");
        await page.click(".zone-name >> nth=1");
        const { lon, lat } = findPlace(isKnown);
        await page.evaluate(([x, y]) => globalThis.tapak.store.set({ point: { lon: x, lat: y } }), [lon, lat]);
        await page.waitForFunction(() => globalThis.tapak.map.isIdle());
        await page.waitForTimeout(600); // the address is written a moment later
        assert.equal(await page.evaluate(() => history.length), length);
        const state = () => page.evaluate(() => globalThis.tapak.store.get());
        const [first, address] = [await state(), page.url()];
        await page.goto("about:blank");
        await page.goto(address);
        await page.waitForSelector(".why .verdict");
        const again = await state();
        for (const key of ["language", "point", "zone", "coloring"]) assert.deepEqual(again[key], first[key], key);
        shareOf(again.weights).forEach((share, k) => assert.ok(Math.abs(share - shareOf(first.weights)[k]) < 1e-4));
        assert.ok(
            Math.abs(again.view.lon - first.view.lon) < 1e-4 && Math.abs(again.view.zoom - first.view.zoom) < 0.01,
        );
        await context.grantPermissions(["clipboard-read", "clipboard-write"]);
        await page.click("#tab-files");
        await page.click('.action:has-text("Copy link")');
        await page.waitForSelector("#notice .message");
        const copied = () => page.evaluate(() => navigator.clipboard.readText());
        assert.equal(await copied(), page.url());
        await page.evaluate(() => {
            const { store, study } = globalThis.tapak;
            store.set({ weights: study.criteria.map((_, k) => (k === 1 ? 1 : 0)) });
            [...document.querySelectorAll(".action")].find(({ textContent }) => textContent === "Copy link").click();
        });
        await page.waitForFunction((old) => navigator.clipboard.readText().then((text) => text !== old), address);
        assert.match(decodeURIComponent(await copied()), new RegExp(`${study.criteria[1].id}:1[,&]`), "a link is of the weights as they are");
    });
});

test("the address follows while a slider keeps moving", async () => {
    await withPage({}, async (page) => {
        const seen = await page.evaluate(async () => {
            const addresses = new Set();
            for (let i = 0; i < 30; i++) {
                globalThis.tapak.store.set({ weights: globalThis.tapak.study.criteria.map((_, k) => 1 + k * i) });
                await new Promise((done) => setTimeout(done, 50));
                addresses.add(location.hash);
            }
            return addresses.size;
        });
        assert.ok(seen >= 2 && seen <= 12, `${seen} addresses in 1.5 s`);
    });
});

test("weights of an address that the study does not know are told, and the study's are shown", async () => {
    await withPage({ hash: "#w=rel:0.5,lereng:0.5" }, async (page) => {
        await page.click("#tab-files");
        await page.click('.action:has-text("Salin tautan")');
        await page.waitForSelector("#notice .message-done");
        assert.match(await page.textContent("#notice .message-fault"), /rel:0\.5/, "another message does not take its place");
        const told = () => page.$$eval("#notice .message", (all) => all.map((item) => [item.textContent, item.querySelector("button").ariaLabel]));
        const before = await told();
        await page.click("#language-en");
        const [fault, done] = await told();
        assert.match(fault[0], /^The link holds weights .*rel:0\.5/, "a message that is shown follows the language");
        assert.deepEqual([fault[1], done], ["Close", ["Link copied: it carries the view, the weights and the point.", "Close"]]);
        await page.click("#language-id");
        assert.deepEqual(await told(), before);
        await page.click("#notice .message-fault button");
        assert.equal(await page.locator("#notice .message-fault").count(), 0);
        await page.click("#tab-weights");
        assert.deepEqual((await sharesShown(page)).slice(0, 2), ["22,0", "18,0"]);
    });
});

test("a link followed while the map moves stops it there", async () => {
    await withPage({}, async (page) => {
        const far = await page.evaluate(async () => {
            const { map, study } = globalThis.tapak;
            const [lon, lat] = study.center;
            map.moveTo(lon + 0.05, lat, 12);
            await new Promise((done) => setTimeout(done, 100));
            location.hash = `#map=10/${lat}/${lon}`;
            await new Promise((done) => setTimeout(done, 1500));
            return Math.hypot(map.center().lon - lon, map.center().lat - lat) + Math.abs(globalThis.tapak.store.get().view.zoom - 10);
        });
        assert.ok(far < 1e-4, `${far}`);
    });
});

// ---- why here ----

// Half a tenth is rounded up: 0.35, which no binary number is, is 0.4.
const tenths = (number) => (Math.round(Number((10 * number).toPrecision(12))) / 10).toFixed(1);

test("why here: rows are those computed by hand from GDAL's pixel, and follow the weights", async () => {
    const { lon, lat, bytes, values } = findPlace(isKnown);
    await withPage({ hash: `#l=en&p=${lon},${lat}` }, async (page) => {
        const predict = (shares) =>
            study.criteria.map((criterion, k) => {
                const membership = bytes[k] / 240;
                const value = values[k] * criterion.value_scale + criterion.value_offset;
                const lost = tenths(100 * shares[k] * (1 - membership));
                return [
                    criterion.title,
                    roughWords(criterion, values[k] === 65535 ? null : criterion.categories ? values[k] : value),
                    membership.toFixed(3),
                    `${tenths(100 * shares[k])}%`,
                    tenths(100 * shares[k] * membership),
                    Number(lost) > 0 ? `−${lost}` : lost,
                ];
            });
        const usual = studyShares();
        const shown = await whyShown(page);
        assert.deepEqual(shown.rows, predict(usual));
        const score = bytes.slice(0, usual.length).reduce((sum, byte, k) => sum + usual[k] * (byte / 240), 0);
        assert.equal(shown.score, score.toFixed(3));
        const lost = usual.map((share, k) => share * (1 - bytes[k] / 240));
        const limiting = study.criteria[lost.indexOf(Math.max(...lost))].title;
        assert.match(shown.words, new RegExp(`^Limits most: ${limiting} \\(−`));
        assert.equal(await page.textContent(".limits .why-name"), limiting);
        const away = Math.ceil(Math.hypot(2, 2) * study.memberships.pixel_m * Math.cos((lat * Math.PI) / 180));
        assert.match(await page.textContent(".why-body"), new RegExp(`point within ${away} m`));
        assert.match(await page.textContent(".coordinates"), new RegExp(`^${lon.toFixed(6)}, ${lat.toFixed(6)}$`));
        await page.click('.chip:has-text("Environment")');
        await frames(page);
        assert.deepEqual(
            (await whyShown(page)).rows,
            predict(shareOf(study.criteria.map(({ id }) => study.presets[1].weights[id]))),
        );
    });
});

test("why here: constraints that exclude are named with their legal source", async () => {
    const { lon, lat, bytes } = findPlace((known) => bitsOf(known) > 1 && bitsOf(known) % 2 === 0);
    const bits = bitsOf(bytes);
    const expected = study.constraints
        .filter((_, k) => Math.floor(bits / 2 ** (k + 1)) % 2 === 1)
        .map(({ title, source }) => `${title}Dasar hukum: ${source}`);
    await withPage({ hash: `#p=${lon},${lat}` }, async (page) => {
        assert.equal((await whyShown(page)).class, "Dikecualikan");
        assert.deepEqual(
            await page.$$eval(".excluded-by li", (items) => items.map((item) => item.textContent)),
            expected,
        );
    });
});

test("why here: unknown and outside are said in words", async () => {
    const outside = findPlace((bytes) => bitsOf(bytes) % 2 === 1);
    await withPage({ hash: `#l=en&p=${outside.lon},${outside.lat}` }, async (page) => {
        assert.equal((await whyShown(page)).words, "This point is outside the study area.");
        assert.equal(await page.$(".why-table"), null);
    });
    const unknown = findPlace((bytes) => bitsOf(bytes) === 0 && bytes[0] === 255);
    await withPage({ hash: `#l=en&p=${unknown.lon},${unknown.lat}` }, async (page) => {
        const shown = await whyShown(page);
        assert.deepEqual([shown.score, shown.class], ["?", "Unknown"]);
        assert.deepEqual(shown.rows[0].slice(0, 3), [
            study.criteria[0].title,
            "no data; the score becomes unknown",
            "–",
        ]);
        assert.match(
            await page.textContent(".why .remark"),
            new RegExp(`unknown here\\. .*${study.criteria[0].title}`),
        );
    });
});

test("Enter on the map asks about its middle; Escape closes and gives the focus back", async () => {
    await withPage({}, async (page) => {
        await page.focus("#map canvas");
        await page.keyboard.press("ArrowRight");
        await page.waitForFunction(() => globalThis.tapak.map.isIdle());
        assert.equal(await page.isVisible(".crosshair"), true);
        const center = await page.evaluate(() => globalThis.tapak.map.center());
        await page.keyboard.press("Enter");
        await page.waitForSelector(".why .verdict, .why .verdict-words");
        assert.deepEqual(await page.evaluate(() => globalThis.tapak.store.get().point), center);
        assert.equal(await page.evaluate(() => document.activeElement.id), "why-title");
        await page.keyboard.press("Escape");
        await frames(page);
        assert.equal(await page.isVisible(".why"), false);
        assert.equal(await page.evaluate(() => document.activeElement.tagName), "CANVAS");
        assert.equal(await page.evaluate(() => globalThis.tapak.store.get().point), null);
    });
});

// Does the panel or the legend lie on the point, or the panel on what is `beside` it, pixels?
const isCovered = (page, beside = 0) =>
    page.evaluate((around) => {
        const { lon, lat } = globalThis.tapak.store.get().point;
        const [at, whole] = [globalThis.tapak.map.project(lon, lat), document.getElementById("map").getBoundingClientRect()];
        const [x, y] = [whole.left + at.x, whole.top + at.y];
        const holds = (name, by) => {
            const { left, right, top, bottom } = document.querySelector(name).getBoundingClientRect();
            return x >= left - by && x <= right + by && y >= top - by && y <= bottom + by;
        };
        return holds(".why", around) || holds(".legend", 0) || x < whole.left || x > whole.right || y < whole.top || y > whole.bottom;
    }, beside);

async function comesIntoSight(page) {
    await page.waitForSelector(".why .verdict, .why .verdict-words");
    await frames(page);
    await page.waitForFunction(() => globalThis.tapak.map.isIdle());
    assert.equal(await isCovered(page, 60), false, "the point stands free, and a name beside it");
}

for (const [name, viewport, x, y] of [
    ["desktop", DESKTOP, DESKTOP.width - 100, DESKTOP.height - 150],
    ["phone", PHONE, PHONE.width / 2, 375], // above the sheet, which the panel will overtop
]) {
    test(`a place clicked where the panel comes to lie moves into sight, at ${name} width`, async () => {
        await withPage({ viewport }, async (page) => {
            await page.waitForFunction(() => globalThis.tapak?.map.isIdle());
            await page.mouse.click(x, y);
            await comesIntoSight(page);
        });
    });

    test(`so it does at the lowest zoom, where the map cannot be moved, at ${name} width`, async () => {
        await withPage({ viewport }, async (page) => {
            await page.waitForFunction(() => globalThis.tapak?.map.isIdle());
            const { lon, lat } = await page.evaluate(() => globalThis.tapak.map.center());
            await page.evaluate(([x, y]) => globalThis.tapak.map.moveTo(x, y, 0), [lon, lat]);
            await page.waitForFunction(() => globalThis.tapak.map.isIdle());
            const lowest = await page.evaluate(() => globalThis.tapak.store.get().view.zoom);
            await page.mouse.click(x, y);
            await comesIntoSight(page);
            const zoom = await page.evaluate(() => globalThis.tapak.store.get().view.zoom);
            assert.ok(zoom >= lowest && zoom <= lowest + 1.001, `${zoom} of ${lowest}`);
        });
    });

    test(`a link to a point without a view shows it beside the panel, one with a view shows that view, at ${name} width`, async () => {
        for (const at of [(box) => [box[2], box[1]], (box) => [box[0], box[1]]]) {
            const [lon, lat] = at(study.bbox);
            await withPage({ viewport, hash: `#p=${lon},${lat}` }, comesIntoSight);
        }
        const [lon, lat] = [study.bbox[2], study.bbox[1]];
        await withPage({ viewport, hash: `#map=9/${lat}/${lon}&p=${lon},${lat}` }, async (page) => {
            await page.waitForSelector(".why .verdict, .why .verdict-words");
            await page.waitForFunction(() => globalThis.tapak.map.isIdle());
            const view = await page.evaluate(() => globalThis.tapak.store.get().view);
            assert.ok(Math.abs(view.lon - lon) + Math.abs(view.lat - lat) + Math.abs(view.zoom - 9) < 1e-3, JSON.stringify(view));
        });
    });
}

test("while a weight moves what stands in the panel of a place is changed, not made again", async () => {
    const { lon, lat } = findPlace(isKnown);
    await withPage({ hash: `#l=en&p=${lon},${lat}` }, async (page) => {
        const before = await whyShown(page);
        await page.focus(".place button");
        await page.evaluate(() => {
            globalThis.made = 0;
            const count = (changes) => changes.forEach(({ addedNodes }) => (globalThis.made += [...addedNodes].filter((node) => node.nodeType === 1).length));
            new MutationObserver(count).observe(document.querySelector(".why"), { childList: true, subtree: true });
            globalThis.tapak.store.set({ weights: globalThis.tapak.study.criteria.map((_, k) => k + 1) });
        });
        await frames(page);
        assert.notDeepEqual(await whyShown(page), before);
        assert.equal(await page.evaluate(() => globalThis.made), 0);
        assert.equal(await page.evaluate(() => document.activeElement.matches(".place button")), true, "the focus stays");
    });
});

test("the page counts as current only once every figure in sight is", async () => {
    const { lon, lat } = findPlace(isKnown);
    await withPage({ hash: `#l=en&p=${lon},${lat}` }, async (page) => {
        await whyShown(page);
        const shown = await page.evaluate(async () => {
            const frame = () => new Promise(requestAnimationFrame);
            const shown = [];
            for (let k = 0; k < 6; k++) {
                globalThis.tapak.store.set({ weights: globalThis.tapak.study.criteria.map((_, i) => (i === k ? 1 : 0)) });
                do await frame();
                while (!globalThis.tapak.isCurrent());
                const weights = [...document.querySelectorAll(".weight-number input")].map(({ value }) => value);
                shown.push([weights, [...document.querySelectorAll(".why-numbers")].map((row) => row.cells[2].textContent)]);
            }
            return shown;
        });
        shown.forEach(([weights, why], k) => {
            assert.deepEqual(weights, study.criteria.map((_, i) => (i === k ? "100.0" : "0.0")));
            assert.deepEqual(why, weights.map((words) => `${words}%`));
        });
    });
});

test("where tapak serve does not answer the panel shows the map's numbers and says so", async () => {
    const { lon, lat } = findPlace(isKnown);
    let asked = null;
    const live = await serve(folder, (request, response) => {
        if (request.url === "/study.js") {
            response.end(`window.TAPAK_STUDY = ${JSON.stringify({ ...study, server: true })};`);
        } else if (request.url.startsWith("/explain?")) {
            asked = new URL(request.url, "http://x").searchParams;
            response.writeHead(503).end();
        } else {
            return false;
        }
        return true;
    });
    try {
        const page = await browser.newPage();
        page.setDefaultTimeout(WAIT_MS);
        await page.goto(`${live.url}#l=en&p=${lon},${lat}`);
        await page.waitForSelector("text=/The server does not answer.*rounded/");
        assert.equal((await whyShown(page)).rows.length, study.criteria.length);
        assert.deepEqual([asked.get("lon"), asked.get("lat")], [String(lon), String(lat)]);
        assert.equal(asked.get("w").split(",")[0], "akses_jalan:0.220000000000");
        await page.close();
    } finally {
        live.close();
    }
});

// ---- language, files, layers, print ----

test("the language changes everything but the study's own words; the focus stays", async () => {
    await withPage({}, async (page) => {
        assert.equal(await page.getAttribute("html", "lang"), "id");
        assert.equal(await page.textContent("#tab-weights"), "Bobot");
        assert.equal((await sharesShown(page))[0], "22,0");
        await page.focus("#language-en");
        await page.keyboard.press("Enter");
        assert.equal(await page.getAttribute("html", "lang"), "en");
        assert.equal(await page.textContent("#tab-weights"), "Weights");
        assert.equal((await sharesShown(page))[0], "22.0");
        assert.equal(await page.textContent(".weight label"), study.criteria[0].title);
        assert.equal(await page.getAttribute(".weight label", "lang"), "id");
        assert.equal(await page.evaluate(() => document.activeElement.id), "language-en");
    });
});

test("every file is listed with its size; the picture holds the map and more", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        await page.waitForFunction(() => globalThis.tapak.map.isIdle());
        await page.click("#tab-files");
        const links = await page.$$eval(".file-list a", (items) =>
            items.map((item) => [
                item.getAttribute("href"),
                item.download,
                item.querySelector(".file-title").textContent,
            ]),
        );
        assert.deepEqual(
            links,
            study.files.map(({ path, title }) => [path, path.replace("../", ""), title.en]),
        );
        assert.match(await page.textContent(".file-list"), /suitability\.tif · 1\.2 MB/);
        const waiting = page.waitForEvent("download");
        await page.click('.action:has-text("Save picture")');
        const download = await waiting;
        assert.equal(download.suggestedFilename(), "contoh-kesesuaian-kawasan-industri.png");
        const png = readFileSync(await download.path());
        assert.equal(png.toString("latin1", 1, 4), "PNG");
        const map = await page.locator("#map").boundingBox();
        assert.equal(png.readUInt32BE(16), Math.round(map.width));
        assert.ok(png.readUInt32BE(20) > map.height + 150, "title and legend stand beside the map");
    });
});

test("printing shows the picture and the tables, also of sections that were never opened", async () => {
    await withPage({}, async (page) => {
        await page.waitForFunction(() => globalThis.tapak.map.isIdle());
        await page.evaluate(() => {
            window.print = () => {
                window.dispatchEvent(new Event("beforeprint"));
                window.printed = [
                    document.querySelector(".print-picture")?.naturalWidth ?? 0,
                    document.querySelectorAll(".zone-line").length,
                ];
            };
        });
        await page.click("#tab-files");
        await page.click('.action:has-text("Cetak")');
        await page.waitForFunction(() => window.printed);
        const [width, zones] = await page.evaluate(() => window.printed);
        assert.ok(width > 500);
        assert.equal(zones, study.zones.length);
        await page.emulateMedia({ media: "print" });
        assert.equal(await page.isVisible(".classes"), true);
        assert.equal(await page.isVisible(".tabs"), false);
    });
});

test("what is printed is of the weights as they are, before any frame has shown it", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        await frames(page);
        const weights = study.criteria.map((_, k) => (k === 1 ? 5 : 1));
        const printed = await page.evaluate(async (wanted) => {
            const { store, summarise } = globalThis.tapak;
            store.set({ weights: wanted });
            await summarise(wanted); // answered after the page's own question
            window.dispatchEvent(new Event("beforeprint"));
            const rows = [...document.querySelectorAll(".zone-line")];
            return {
                shares: [...document.querySelectorAll(".weight-number input")].map(({ value }) => value),
                zones: rows.map((row) => [row.cells[0].textContent, row.querySelector(".zone-name").textContent, row.cells[2].textContent, row.cells[3].textContent]),
            };
        }, weights);
        assert.deepEqual(printed.shares, shareOf(weights).map((share) => (100 * share).toFixed(1)));
        sameZones(printed.zones, predictedZones(shareOf(weights)));
    });
});

test("layers are switched off and on", async () => {
    await withPage({ hash: "#l=en" }, async (page) => {
        await page.click("#tab-layers");
        await frames(page);
        const box = page.locator(".check", { hasText: "Suitability" }).locator("input");
        assert.equal(await box.isChecked(), true);
        await box.uncheck();
        assert.deepEqual(await page.evaluate(() => globalThis.tapak.store.get().hidden), ["-suitability"]);
        await box.check();
        assert.deepEqual(await page.evaluate(() => globalThis.tapak.store.get().hidden), []);
    });
});

// ---- for everybody ----

test("the first stop of the keyboard leads to the map and changes nothing", async () => {
    await withPage({ hash: "#w=lereng:1" }, async (page) => {
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.id), "skip");
        await page.keyboard.press("Enter");
        assert.equal(await page.evaluate(() => document.activeElement.tagName), "CANVAS");
        assert.equal((await sharesShown(page))[2], "100,0");
    });
});

test("tabs are moved through by arrow keys", async () => {
    await withPage({}, async (page) => {
        await page.focus("#tab-weights");
        await page.keyboard.press("ArrowLeft");
        assert.equal(await page.evaluate(() => document.activeElement.id), "tab-about");
        assert.equal(await page.isVisible("#section-about"), true);
        await page.keyboard.press("ArrowRight");
        assert.equal(await page.isVisible("#section-weights"), true);
    });
});

for (const [name, viewport] of [
    ["desktop", DESKTOP],
    ["phone", PHONE],
]) {
    test(`axe finds nothing serious at ${name} width`, async () => {
        const { lon, lat } = findPlace(isKnown);
        await withPage({ viewport }, async (page) => {
            const faults = await seriousFaultsAnywhere(page, { lon, lat });
            assert.deepEqual(faults, []);
        });
    });
}

test("on a phone nothing scrolls sideways and what is tapped is large enough", async () => {
    const { lon, lat } = findPlace(isKnown);
    await withPage({ viewport: PHONE, hash: `#p=${lon},${lat}` }, async (page) => {
        await page.waitForSelector(".why .verdict");
        const look = () =>
            page.evaluate(() => {
                const wide = [
                    document.documentElement,
                    ...document.querySelectorAll(".section:not([hidden]), .why-body"),
                ];
                const small = [...document.querySelectorAll("button, a, label.check, .switch label, input")].filter(
                    (item) => {
                        const { width, height } = item.getBoundingClientRect();
                        const shown =
                            item.checkVisibility() &&
                            width > 1 &&
                            !item.matches(".switch input, .check input, .skip, p > a, .sheet-handle");
                        return shown && (height < 43.5 || width < 43.5);
                    },
                );
                return {
                    sideways: wide
                        .filter((item) => item.scrollWidth > item.clientWidth)
                        .map((item) => item.id || item.className),
                    small: small.map((item) => item.outerHTML.slice(0, 80)),
                };
            });
        assert.deepEqual(await look(), { sideways: [], small: [] });
        const lines = await page.$$eval(".why-value.amount", (cells) =>
            cells.map((cell) => {
                const words = document.createRange();
                words.selectNodeContents(cell);
                return words.getClientRects().length;
            }),
        );
        assert.ok(lines.length > 3 && lines.every((count) => count === 1), `a number and its unit in one line: ${lines}`);
        await page.click('.why button[aria-label="Tutup"]');
        for (const tab of TABS) {
            await page.click(`#tab-${tab}`);
            await frames(page);
            assert.deepEqual(await look(), { sideways: [], small: [] }, tab);
        }
    });
});

test("on a phone the sheet is raised and lowered by its handle", async () => {
    await withPage({ viewport: PHONE }, async (page) => {
        const height = async () => (await page.locator("#panel").boundingBox()).height;
        const half = await height();
        await page.focus(".sheet-handle");
        await page.keyboard.press("Enter");
        const full = await height();
        await page.keyboard.press("Enter");
        const low = await height();
        assert.ok(low < half && half < full, `${low} < ${half} < ${full}`);
        assert.equal(await page.getAttribute(".sheet-handle", "aria-expanded"), "false");
        await page.click("#tab-zones");
        assert.equal(await height(), half, "a tab raises the sheet");
        const { x, y, width } = await page.locator(".sheet-handle").boundingBox();
        await page.mouse.move(x + width / 2, y + 5);
        await page.mouse.down();
        await page.mouse.move(x + width / 2, 30, { steps: 4 });
        await page.mouse.up();
        assert.equal(await height(), full, "dragged up");
        await page.focus(".sheet-handle");
        await page.keyboard.press("Enter");
        assert.equal(await height(), low, "pressed after it was dragged");
    });
});
