// Questions to the server about a place: one at a time, and none for ever.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { load } from "./site.mjs";

const { createInquiry } = await load("ui/inquiry.ts");
const { createStore } = await load("state.ts");

const study = {
    server: true,
    criteria: [{ id: "jalan", weight: 1, unknown: "worst" }],
    constraints: [],
    classes: [],
    memberships: { n_criteria: 1, n_reason_bands: 1 },
};
const map = { read: async () => ({ bytes: Uint8Array.of(100, 0, 0), values: null }) };

let asked, fetchOfNode;

// A server that never answers.
function hang(_url, { signal }) {
    asked.push(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

// A clock that stands still until it is wound on: that of node:test differs between versions of Node.js.
let now_ms, alarms;
const clock = {
    setTimeout: (act, wait_ms) => alarms.push({ act, at_ms: now_ms + wait_ms }),
    clearTimeout: (place) => delete alarms[place - 1],
};
const clockOfNode = { setTimeout, clearTimeout };

function wind(by_ms) {
    now_ms += by_ms;
    for (const [i, alarm] of alarms.entries()) {
        if (!alarm || alarm.at_ms > now_ms) continue;
        delete alarms[i];
        alarm.act();
    }
}

beforeEach(() => {
    asked = [];
    fetchOfNode = globalThis.fetch;
    globalThis.fetch = hang;
    [now_ms, alarms] = [0, []];
    Object.assign(globalThis, clock);
});

afterEach(() => {
    Object.assign(globalThis, clockOfNode);
    globalThis.fetch = fetchOfNode;
});

const settled = () => new Promise(setImmediate);

function inquire() {
    const store = createStore({ weights: [1], point: null });
    const inquiry = createInquiry(study, store, map, () => {});
    store.set({ point: { lon: 114, lat: -3 } });
    wind(300);
    return { store, inquiry };
}

test("a question ends when another follows, and when its place is closed", () => {
    const { store } = inquire();
    store.set({ weights: [2] });
    wind(300);
    assert.deepEqual(asked.map(({ aborted }) => aborted), [true, false]);
    store.set({ point: null });
    assert.deepEqual(asked.map(({ aborted }) => aborted), [true, true]);
});

test("a server that does not answer in time is told as silent", async () => {
    const { inquiry } = inquire();
    await settled();
    assert.equal(inquiry.answer().from, "map");
    wind(9000);
    await settled();
    assert.equal(inquiry.answer().from, "map");
    wind(1500);
    await settled();
    assert.equal(inquiry.answer().from, "server failed");
});
