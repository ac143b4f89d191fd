// The score of one place: worked out by hand after src/engine/evaluate.c.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.mjs";

const { classify, explain, explainBytes, normalise, placeFromPixel } = await load("score.ts");

const classes = [
    { id: "S1", from: 0.8 },
    { id: "S2", from: 0.6 },
    { id: "S3", from: 0.4 },
    { id: "N" },
    { id: "excluded" },
    { id: "unknown" },
];

function studyOf(policies, n_constraints = 2) {
    return {
        classes,
        criteria: policies.map((unknown, k) => ({ id: `c${k}`, unknown })),
        constraints: Array.from({ length: n_constraints }, (_, k) => ({ id: `k${k}`, bit: k + 1 })),
        memberships: { n_criteria: policies.length, n_reason_bands: Math.ceil((n_constraints + 1) / 8) },
    };
}

function placeOf(bytes, rest = {}) {
    return { memberships: Uint8Array.from(bytes), reasons: 0, constraintUnknown: false, outside: false, ...rest };
}

function near(actual, expected) {
    assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

test("weights become shares of 1; none stay none", () => {
    assert.deepEqual(normalise([2, 6]), [0.25, 0.75]);
    assert.deepEqual(normalise([0, 0]), [0, 0]);
});

test("a score is the weighted sum, and points gained and lost add up to 100", () => {
    const { outcome, score, classId, rows, limiting } = explain(studyOf(["worst", "worst", "worst"]), placeOf([240, 120, 0]), [2, 1, 1]);
    assert.equal(outcome, "scored");
    near(score, 0.5 + 0.25 * 0.5);
    assert.equal(classId, "S2");
    assert.equal(limiting.id, "c2");
    near(rows[1].gained, 12.5);
    near(rows[1].lost, 12.5);
    near(rows.reduce((sum, row) => sum + row.gained + row.lost, 0), 100);
});

test("of equal losses the first limits; nothing limits where nothing is lost", () => {
    const study = studyOf(["worst", "worst"]);
    assert.equal(explain(study, placeOf([120, 120]), [1, 1]).limiting.id, "c0");
    assert.equal(explain(study, placeOf([240, 240]), [1, 1]).limiting, null);
    assert.equal(explain(study, placeOf([240, 0]), [1, 0]).limiting, null);
});

test("unknown as worst counts 0, and as a number that number", () => {
    near(explain(studyOf(["worst", 0.5]), placeOf([255, 240]), [1, 1]).score, 0.5);
    near(explain(studyOf(["worst", 0.5]), placeOf([240, 255]), [1, 1]).score, 0.75);
    const [row] = explain(studyOf([0.5]), placeOf([255]), [1]).rows;
    assert.equal(row.membership, null);
    assert.equal(row.counted, 0.5);
});

test("unknown that excludes makes the score unknown, whatever its weight", () => {
    for (const weight of [1, 0]) {
        const { outcome, score, classId, limiting } = explain(studyOf(["exclude", "worst"]), placeOf([255, 240]), [weight, 1]);
        assert.deepEqual([outcome, score, classId, limiting], ["unknown", null, "unknown", null]);
    }
});

test("unknown that shares leaves its weight to the others", () => {
    const { score, rows } = explain(studyOf(["share", "worst", "worst"]), placeOf([255, 240, 0]), [2, 1, 1]);
    near(score, 0.5);
    assert.deepEqual([rows[0].counted, rows[0].gained, rows[0].lost], [null, null, null]);
    assert.deepEqual(rows.map(({ weight }) => weight), [0, 0.5, 0.5]);
    assert.deepEqual(rows.slice(1).map(({ gained, lost }) => [gained, lost]), [[50, 0], [0, 50]]);
    assert.equal(explain(studyOf(["share", "share"]), placeOf([255, 255]), [1, 1]).outcome, "unknown");
    assert.equal(explain(studyOf(["share", "worst"]), placeOf([255, 240]), [1, 0]).outcome, "unknown");
});

test("without any weight no score exists", () => {
    assert.equal(explain(studyOf(["worst"]), placeOf([240]), [0]).outcome, "unknown");
});

test("a constraint excludes with score 0, before anything unknown; the 32nd too", () => {
    const study = studyOf(["exclude"], 32);
    const { outcome, score, classId, excludedBy } = explain(study, placeOf([255], { reasons: 2 ** 31 + 1, constraintUnknown: true }), [1]);
    assert.deepEqual([outcome, score, classId], ["excluded", 0, "excluded"]);
    assert.deepEqual(excludedBy.map(({ id }) => id), ["k0", "k31"]);
});

test("an unknown constraint makes the score unknown", () => {
    assert.equal(explain(studyOf(["worst"]), placeOf([240], { constraintUnknown: true }), [1]).outcome, "unknown");
});

test("classes begin at their bound, in single precision as the run stores scores", () => {
    const study = studyOf([]);
    assert.equal(classify(study, 0.8), "S1");
    assert.equal(classify(study, 0.79999999999), "S1");
    assert.equal(classify(study, 0.7999), "S2");
    assert.equal(classify(study, 0.4), "S3");
    assert.equal(classify(study, 0.399), "N");
});

test("usual memberships are exact bytes: at a bound the class is the upper one", () => {
    const study = studyOf(["worst"]);
    const found = [0.8, 0.6, 0.4].map((membership) => explain(study, placeOf([Math.round(membership * 240)]), [1]));
    assert.deepEqual(found.map(({ score }) => score), [0.8, 0.6, 0.4]);
    assert.deepEqual(found.map(({ classId }) => classId), ["S1", "S2", "S3"]);
    assert.equal(explain(study, placeOf([191]), [1]).classId, "S2");
});

test("a pixel holds memberships, little-endian reasons after the bit of outside, and the state", () => {
    const study = studyOf(["worst", "worst"], 9);
    const place = placeFromPixel(study, Uint8Array.of(10, 20, 0b00000100, 0b00000010, 1));
    assert.deepEqual([...place.memberships], [10, 20]);
    assert.equal(place.reasons, 2 ** 1 + 2 ** 8);
    assert.equal(place.constraintUnknown, true);
    assert.equal(place.outside, false);
    const outside = explainBytes(study, Uint8Array.of(255, 255, 1, 0, 0), [1, 1]);
    assert.deepEqual([outside.outcome, outside.classId, outside.score], ["outside", null, null]);
});
