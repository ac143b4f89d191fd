// Sums of zones and of the map: held against what test/sample.py worked out, and against the plainest possible computation.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { load } from "./site.mjs";

const { decodeCells, summarise } = await load("cells.ts");
const { readStudy } = await load("study.ts");

const folder = mkdtempSync(join(tmpdir(), "tapak-cells-"));
after(() => rmSync(folder, { recursive: true }));
execFileSync("/usr/bin/python3", [new URL("sample.py", import.meta.url).pathname, folder, "700", "550"]);
const study = JSON.parse(readFileSync(join(folder, "study.json"), "utf8"));
const text = readFileSync(join(folder, "cells.js"), "utf8").match(/"(.*)"/)[1];
const cells = decodeCells(study, text);
const bytes = Buffer.from(text, "base64");
const CLASSES = ["S1", "S2", "S3", "N", "excluded", "unknown"];

function near(actual, expected, what) {
    assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${what}: ${actual} is not ${expected}`);
}

// One record after another, nothing shared with src/.
function plainly(range, weights) {
    const total = weights.reduce((a, b) => a + b, 0);
    const ha = Object.fromEntries(CLASSES.map((id) => [id, 0]));
    let points = 0;
    for (let i = 0; i < range.n; i++) {
        const at = range.offset + i * study.record.bytes;
        const own_ha = bytes.readFloatLE(at);
        if (bytes.readUInt32LE(at + 4) !== 0) {
            ha.excluded += own_ha;
            continue;
        }
        let sum = 0;
        let counted = 0;
        let unknown = bytes[at + 8] === 1;
        study.criteria.forEach((criterion, k) => {
            const byte = bytes[at + 9 + k];
            if (byte === 255 && criterion.unknown === "share") return;
            if (byte === 255 && criterion.unknown === "exclude") unknown = true;
            const membership = byte < 255 ? byte / 240 : criterion.unknown === "worst" ? 0 : Number(criterion.unknown);
            sum += (weights[k] / total) * membership;
            counted += weights[k] / total;
        });
        const score = Math.fround(sum / counted);
        if (unknown || Number.isNaN(score)) ha.unknown += own_ha;
        else {
            ha[score >= Math.fround(0.8) ? "S1" : score >= Math.fround(0.6) ? "S2" : score >= Math.fround(0.4) ? "S3" : "N"] += own_ha;
            points += own_ha * (sum / counted);
        }
    }
    const known_ha = ha.S1 + ha.S2 + ha.S3 + ha.N + ha.excluded;
    return { ha, score: known_ha > 0 ? points / known_ha : null };
}

test("with the study's weights zones have the scores, hectares and ranks that the study states", () => {
    const { zones } = summarise(study, cells, study.criteria.map(({ weight }) => weight));
    assert.equal(zones.length, 6);
    zones.forEach((zone, i) => {
        near(zone.score, study.zones[i].score_mean, zone.id);
        assert.equal(zone.rank, study.zones[i].rank);
        for (const id of [...CLASSES, "outside"]) near(zone.class_ha[id], study.zones[i].class_ha[id], `${zone.id} ${id}`);
    });
    for (const id of CLASSES) assert.ok(zones.some((zone) => zone.class_ha[id] > 0), `the sample has ${id}`);
});

for (const weights of [
    [1, 1, 1, 1, 1, 1, 1],
    [0, 0, 0, 1, 0, 0, 0],
    [0, 0, 0, 3, 1, 0, 0],
    [0.1, 20, 0, 7, 0, 0.3, 5],
]) {
    test(`any weights give what the plain sum gives: ${weights}`, () => {
        const { zones, map } = summarise(study, cells, weights);
        zones.forEach((zone, i) => {
            const expected = plainly(study.zones[i].cells, weights);
            if (expected.score === null) assert.equal(zone.score, null);
            else near(zone.score, expected.score, zone.id);
            for (const id of CLASSES) near(zone.class_ha[id], expected.ha[id], `${zone.id} ${id}`);
        });
        const expected = plainly(study.map.cells, weights);
        for (const id of CLASSES) near(map.class_ha[id], expected.ha[id], `map ${id}`);
    });
}

test("without weights every score is unknown, and hectares stay whole", () => {
    const { zones } = summarise(study, cells, study.criteria.map(() => 0));
    zones.forEach((zone, i) => {
        assert.equal(zone.class_ha.S1 + zone.class_ha.S2 + zone.class_ha.S3 + zone.class_ha.N, 0);
        near(CLASSES.reduce((sum, id) => sum + zone.class_ha[id], 12.5), study.zones[i].area_ha, zone.id);
    });
});

test("equal scores share a rank and unknown is last", () => {
    const record = (membership) => [0, 0, 128, 63, 0, 0, 0, 0, 0, membership, 0, 0]; // 1 ha
    const offsets = [0, 12, 24, 36].map((offset) => ({ offset, n: 1 }));
    const small = {
        ...study,
        criteria: [{ id: "a", unknown: "exclude", weight: 1 }],
        zones: offsets.map((range, i) => ({ id: `z${i}`, class_ha: { outside: 0 }, cells: range })),
        map: { cells: { offset: 0, n: 0 }, area_ha: 0 },
        record: { bytes: 12, ha: 0, reasons: 4, state: 8, memberships: 9 },
    };
    const data = Buffer.from([record(100), record(255), record(200), record(100)].flat()).toString("base64");
    const { zones } = summarise(small, decodeCells(small, data), [1]);
    assert.deepEqual(zones.map(({ rank }) => rank), [2, 4, 1, 2]);
    assert.equal(zones[1].score, null);
});

test("what does not fit the study is told in both languages, with the file's name", () => {
    for (const wrong of [undefined, text.slice(0, 400)]) {
        assert.throws(() => decodeCells(study, wrong), ({ text: told }) => told.en.includes("cells.js") && told.id.includes("cells.js"));
    }
    for (const [wrong, word] of [
        [undefined, "study.js"],
        [{ ...study, format: 7 }, "7"],
        [{ ...study, zones: undefined }, "zones"],
        [{ ...study, criteria: [] }, "memberships"],
    ]) {
        assert.throws(() => readStudy(wrong), ({ text: told }) => told.en.includes(word) && told.id.includes(word));
    }
    assert.equal(readStudy(study), study);
});
