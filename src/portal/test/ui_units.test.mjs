// Parts of the page that need no page: weights that stay a whole, numbers, addresses, ranks, answers of the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.mjs";

const { setShare, roomFor } = await load("ui/spread.ts");
const { followWeights } = await load("ui/figures.ts");
const { createStore } = await load("state.ts");
const { createFormat, parseNumber } = await load("ui/format.ts");
const { readLink, writeLink } = await load("ui/permalink.ts");
const { standings } = await load("ui/ranks.ts");
const { readAnswer } = await load("ui/answer.ts");
const { scaleLength } = await load("ui/picture.ts");
const { nameIn } = await load("labels.ts");

const free = [false, false, false, false];

function near(actual, expected) {
    assert.equal(actual.length, expected.length);
    actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-12, `[${actual}] is not [${expected}]`));
}

// ---- shares ----

test("others give way in proportion and the sum stays 1", () => {
    near(setShare([0.4, 0.3, 0.2, 0.1], 0, 0.7, free, [0.25, 0.25, 0.25, 0.25]), [0.7, 0.15, 0.1, 0.05]);
    near(setShare([0.4, 0.3, 0.2, 0.1], 3, 0.0, free, [0.25, 0.25, 0.25, 0.25]), [4 / 9, 3 / 9, 2 / 9, 0]);
});

test("locked shares stay, and cut what can be given", () => {
    const locked = [false, true, false, false];
    near(setShare([0.4, 0.3, 0.2, 0.1], 0, 0.1, locked, [1, 0, 0, 0]), [0.1, 0.3, 0.4, 0.2]);
    near(setShare([0.4, 0.3, 0.2, 0.1], 0, 1, locked, [1, 0, 0, 0]), [0.7, 0.3, 0, 0]);
    assert.ok(Math.abs(roomFor([0.4, 0.3, 0.2, 0.1], 0, locked) - 0.7) < 1e-12);
});

test("from nothing the others take the usual proportions, or equal ones", () => {
    near(setShare([1, 0, 0, 0], 0, 0.4, free, [0.1, 0.3, 0.6, 0]), [0.4, 0.2, 0.4, 0]);
    near(setShare([1, 0, 0, 0], 0, 0.4, free, [1, 0, 0, 0]), [0.4, 0.2, 0.2, 0.2]);
});

test("with all others locked a share cannot move", () => {
    near(setShare([0.4, 0.3, 0.2, 0.1], 0, 0.9, [false, true, true, true], [1, 0, 0, 0]), [0.4, 0.3, 0.2, 0.1]);
});

test("a share beyond 0 and 1 is cut", () => {
    near(setShare([0.5, 0.5], 0, 7, [false, false], [1, 1]), [1, 0]);
    near(setShare([0.5, 0.5], 0, -7, [false, false], [1, 1]), [0, 1]);
});

// ---- numbers ----

test("numbers are written as the language does", () => {
    const [id, en] = [createFormat("id"), createFormat("en")];
    assert.equal(id.number(1234.5, 1), "1.234,5");
    assert.equal(en.number(1234.5, 1), "1,234.5");
    assert.equal(id.percent(0.205, 1), "20,5 %");
    assert.equal(en.percent(0.205, 1), "20.5%");
    assert.equal(id.about(123456), "123.000");
    assert.equal(en.score(null), "–");
    assert.equal(id.bound(0.8), "0,8");
    assert.equal(en.bytes(1_234_567), "1.2 MB");
});

test("a date is that of the reader's clock", () => {
    const zone = process.env.TZ;
    process.env.TZ = "Asia/Makassar"; // eight hours ahead of UTC
    assert.equal(createFormat("en").date("2026-11-24T22:30:00Z"), "25 November 2026");
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
});

test("values carry their unit and no more decimals than were stored", () => {
    const format = createFormat("id");
    const metres = { unit: "m", value_scale: 2, categories: null };
    const density = { unit: "tempat/km2", value_scale: 0.00001, categories: null };
    const cover = { unit: "", value_scale: 1, categories: ["Hutan", "Sawah"] };
    assert.equal(format.value(metres, 12345.678), "12.346 m");
    assert.equal(format.value(density, 0.00251), "0,00251 tempat/km2");
    assert.equal(format.value(cover, 1), "Sawah");
    assert.equal(format.value(cover, 9), "–");
});

test("values of a place nearby have three digits, and no more decimals than were stored", () => {
    const format = createFormat("en");
    const metres = { unit: "m", value_scale: 0.02, categories: null };
    const told = (value) => format.roughValue(metres, value);
    assert.deepEqual([12345.678, 812.4, 99.96, 4.5, 0.0412, 0, -7.126].map(told), ["12,300 m", "812 m", "100 m", "4.50 m", "0.04 m", "0 m", "-7.13 m"]);
    assert.equal(format.value(metres, 12345.678), "12,345.68 m");
    assert.deepEqual([-0.004, -0.0049, 0.004, -0.006].map(told), ["0 m", "0 m", "0 m", "-0.01 m"], "nothing has no sign");
    assert.equal(format.roughValue({ unit: "", value_scale: 1, categories: Array(2000).fill("Hutan").with(1234, "Sawah") }, 1234), "Sawah");
});

test("tiny values keep their first digits as far as they were stored; what rounds to nothing is 0", () => {
    const format = createFormat("en");
    const density = { unit: "/m2", value_scale: 1e-10, categories: null };
    for (const write of [format.value, format.roughValue]) {
        const told = (value) => write(density, value);
        assert.deepEqual([3.4e-8, 2.13e-9, 4e-11, -4e-11, 0].map(told), ["0.0000000340 /m2", "0.0000000021 /m2", "0 /m2", "0 /m2", "0 /m2"]);
    }
    assert.equal(format.value(density, 0.25), "0.250000 /m2");
    assert.equal(format.value({ ...density, value_scale: 0.02 }, -0.001), "0 /m2");
});

test("values without a unit may be years: every digit before the mark, none grouped", () => {
    const year = { unit: "", value_scale: 0.0005, categories: null };
    for (const language of ["id", "en"]) {
        const format = createFormat(language);
        for (const write of [format.value, format.roughValue]) assert.deepEqual([2023, 1998, 12345].map((value) => write(year, value)), ["2023", "1998", "12345"]);
    }
    const format = createFormat("en");
    assert.deepEqual([2023.4, 0.41234, 4.5].map((value) => format.roughValue(year, value)), ["2023", "0.412", "4.5"]);
    assert.equal(format.value(year, 0.41234), "0.4123");
});

test("numbers are read with both marks; what is none is NaN", () => {
    assert.equal(parseNumber("12,5 %"), 12.5);
    assert.equal(parseNumber("12.5"), 12.5);
    assert.equal(parseNumber("1.234,5"), 1234.5);
    for (const text of ["", "abc", "-3", "1e3", ".", "0x10"]) assert.ok(Number.isNaN(parseNumber(text)), text);
});

// ---- addresses ----

const study = {
    language: "id",
    criteria: [
        { id: "jalan", weight: 0.6, unknown: "exclude" },
        { id: "lereng %", weight: 0.4, unknown: "share" },
    ],
    constraints: [{ id: "hutan" }, { id: "lereng_15" }],
    zones: [{ id: "A&1" }, { id: "B" }],
};
const plain = {
    weights: [0.6, 0.4],
    language: "id",
    view: { lon: 114.59, lat: -3.32, zoom: 9.5 },
    point: null,
    zone: null,
    hidden: [],
    coloring: "score",
    opacity: 1,
};

test("an address of the study as it is holds the view alone", () => {
    assert.equal(writeLink(study, plain), "#map=9.5/-3.32/114.59");
});

test("what is written is read again", () => {
    const state = {
        ...plain,
        weights: [0.25, 0.75],
        language: "en",
        point: { lon: 114.5, lat: -3.25 },
        zone: "A&1",
        coloring: "class",
    };
    const { change, faults } = readLink(study, writeLink(study, state));
    assert.deepEqual(faults, []);
    for (const key of ["weights", "language", "view", "point", "zone", "coloring"])
        assert.deepEqual(change[key], state[key], key);
});

test("weights of an address are normalised, those it leaves out are 0", () => {
    assert.deepEqual(readLink(study, "#w=jalan:3").change.weights, [1, 0]);
    assert.deepEqual(readLink(study, "#w=jalan:3,lereng%20%25:1").change.weights, [0.75, 0.25]);
});

test("an address is understood however much of it was encoded on its way", () => {
    const zones = [{ id: "Batulicin (1)" }, { id: "50%" }];
    const zoneOf = (hash) => readLink({ ...study, zones }, hash).change.zone;
    assert.deepEqual(["#z=Batulicin%20(1)", "#z=Batulicin%20%281%29", "#z=Batulicin (1)"].map(zoneOf), Array(3).fill("Batulicin (1)"));
    assert.deepEqual(["#z=50%25", "#z=50%"].map(zoneOf), ["50%", "50%"]);
    const { change, faults } = readLink(study, "#map=9%2F-3.25%2F114.5&w=%6Aalan%3A3%2Clereng%20%25%3A1&p=114.5%2C-3.25");
    assert.deepEqual([change.weights, change.view, change.point, faults], [[0.75, 0.25], { zoom: 9, lat: -3.25, lon: 114.5 }, { lon: 114.5, lat: -3.25 }, []]);
});

test("weights that the study does not know are told, and the study's are used", () => {
    for (const [hash, fault] of [
        ["#w=rel:0.5,jalan:0.5", "rel:0.5"],
        ["#w=jalan:x", "jalan:x"],
        ["#w=jalan:-1", "jalan:-1"],
        ["#w=jalan:", "jalan:"],
        ["#w=jalan:0", "jalan:0"],
        ["#w=jalan:1e308,lereng%20%25:1e308", "jalan:1e308,lereng %:1e308"],
    ]) {
        const { change, faults } = readLink(study, hash);
        assert.deepEqual(faults, [fault]);
        assert.deepEqual(change.weights, [0.6, 0.4]);
    }
});

test("places that are none are left out", () => {
    for (const hash of [
        "",
        "#",
        "#map=9/x/114",
        "#map=99/0/0",
        "#map=9//114",
        "#p=200,0",
        "#p=1",
        "#z=C",
        "#l=fr",
        "#%%%",
    ]) {
        const { change, faults } = readLink(study, hash);
        assert.deepEqual(faults, [], hash);
        assert.equal(change.view, undefined, hash);
        assert.equal(change.point, null, hash);
        assert.equal(change.zone, null, hash);
        assert.equal(change.language, "id", hash);
    }
});

// ---- figures ----

// Sums that are answered when the test says so.
async function followed() {
    const asked = [];
    const store = createStore({ weights: [1] });
    let [changes, failures] = [0, 0];
    const coming = followWeights({ criteria: [{ weight: 7 }] }, store, (weights) => new Promise((answer, refuse) => asked.push({ weights, answer: () => answer(weights), refuse })), () => changes++, () => failures++);
    const settle = () => new Promise((done) => setTimeout(done));
    const answer = async () => {
        asked.at(-1).answer();
        await settle();
    };
    await settle();
    await answer();
    await answer();
    const refuse = async () => {
        asked.at(-1).refuse();
        await settle();
    };
    return { figures: await coming, store, asked, answer, refuse, changes: () => changes, failures: () => failures };
}

test("while sums are worked out only the newest weights wait, and their answer always comes", async () => {
    const { figures, store, asked, answer, changes } = await followed();
    assert.deepEqual([figures.study, figures.summary(), figures.isCurrent()], [[7], [1], true]);
    for (const weight of [2, 3, 4]) store.set({ weights: [weight] });
    assert.equal(asked.length, 3, "one question is under way");
    assert.deepEqual([figures.summary(), figures.isCurrent()], [[1], false]);
    await answer();
    assert.deepEqual([figures.summary(), figures.isCurrent(), asked.length], [[2], false, 4]);
    await answer();
    assert.deepEqual([figures.summary(), figures.isCurrent(), asked.length, changes()], [[4], true, 4, 3]);
    store.set({ weights: [5] });
    await answer();
    assert.deepEqual([figures.summary(), figures.isCurrent()], [[5], true]);
});

test("sums that cannot be worked out are told; earlier ones stay, and the next weights are asked about", async () => {
    const { figures, store, asked, answer, refuse, failures } = await followed();
    store.set({ weights: [2] });
    await refuse();
    assert.deepEqual([figures.summary(), figures.isCurrent(), failures()], [[1], false, 1]);
    store.set({ view: {} });
    assert.equal(asked.length, 3, "only weights are a question");
    store.set({ weights: [3] });
    await answer();
    assert.deepEqual([figures.summary(), figures.isCurrent(), failures()], [[3], true, 1]);
});

test("weights that move while a sum fails are asked about at once, and the same not again", async () => {
    const { figures, store, asked, answer, refuse, changes, failures } = await followed();
    const first = store.get().weights;
    store.set({ weights: [2] });
    store.set({ weights: [3] });
    await refuse();
    assert.deepEqual([asked.length, asked.at(-1).weights, failures()], [4, [3], 1]);
    await refuse();
    assert.deepEqual([asked.length, figures.isCurrent(), failures()], [4, false, 2], "the same weights are tried without end");
    const told = changes();
    store.set({ weights: first });
    assert.deepEqual([asked.length, figures.isCurrent(), changes()], [4, true, told + 1], "back at what was answered");
    store.set({ weights: [4] });
    await answer();
    assert.deepEqual([figures.summary(), figures.isCurrent()], [[4], true]);
});

// ---- ranks, scale ----

test("zones stand by rank; places gained count from the study's weights", () => {
    const zones = [{ id: "a" }, { id: "b" }, { id: "c" }];
    const now = { zones: [{ rank: 3 }, { rank: 1 }, { rank: 1 }] };
    const before = { zones: [{ rank: 1 }, { rank: 2 }, { rank: 1 }] };
    const list = standings(zones, now, before).map(({ zone, gained }) => [zone.id, gained]);
    assert.deepEqual(list, [
        ["b", 1],
        ["c", 0],
        ["a", -2],
    ]);
});

test("the scale bar is the longest round length that fits", () => {
    assert.equal(scaleLength(10, 160), 1000);
    assert.equal(scaleLength(100, 160), 10000);
    assert.equal(scaleLength(35, 160), 5000);
    assert.equal(scaleLength(1.3, 160), 200);
});

test("a place is called by its name in base.js, and by nothing else", () => {
    assert.equal(nameIn({ properties: { name: "Batulicin" } }), "Batulicin");
    for (const properties of [null, {}, { name: 3 }, { namobj: "Kab. Tanah Bumbu" }]) assert.equal(nameIn({ properties }), "");
});

// ---- the server's answer ----

// As docs/commands/explain.md describes it; what is left out here is not read.
const answer = {
    kind: "point",
    class: "S2",
    score: 0.7,
    limiting: "jalan",
    criteria: [
        { id: "lereng %", value: 4.5, category: null, membership: 1, counted: 1, weight: 0.3, weight_counted: 0.4, gained: 40, lost: 0 },
        { id: "jalan", value: 812, category: null, membership: 0.5, counted: 0.5, weight: 0.5, weight_counted: 0.6, gained: 30, lost: 30 },
    ],
    constraints: [{ id: "hutan", excludes: false, unjudged: false }],
};

test("an answer of the server is put in the order of the study", () => {
    const { explanation, values } = readAnswer(study, answer);
    assert.deepEqual(values, [812, 4.5]);
    assert.deepEqual(
        explanation.rows.map(({ weight, lost }) => [weight, lost]),
        [[0.6, 30], [0.4, 0]],
    );
    assert.deepEqual([explanation.outcome, explanation.classId, explanation.limiting], ["scored", "S2", study.criteria[0]]);
    assert.deepEqual(explanation.excludedBy, []);
});

test("constraints that exclude, and those without data, are told apart", () => {
    const told = (own, hutan, lereng, counted = 1) =>
        readAnswer(study, {
            ...answer,
            class: own,
            criteria: answer.criteria.map((item) => ({ ...item, counted })),
            constraints: [{ id: "hutan", ...hutan }, { id: "lereng_15", ...lereng }],
        }).explanation;
    const excluded = told("excluded", { excludes: true, unjudged: false }, { excludes: false, unjudged: true });
    assert.deepEqual([excluded.outcome, excluded.excludedBy, excluded.constraintUnknown], ["excluded", [study.constraints[0]], false]);
    assert.equal(told("unknown", { excludes: false }, { excludes: false, unjudged: true }).constraintUnknown, true);
    assert.equal(told("unknown", { excludes: false }, { excludes: false, unjudged: true }, null).constraintUnknown, false, "a criterion is unknown");
    assert.deepEqual([told("outside", {}, {}).outcome, told("outside", {}, {}).classId], ["outside", null]);
});

test("what is no answer, or of another study, is refused", () => {
    for (const json of [null, 3, [], {}, { ...answer, class: "fine" }, { ...answer, criteria: [] }, { ...answer, criteria: "x" }]) {
        assert.equal(readAnswer(study, json), null);
    }
});
