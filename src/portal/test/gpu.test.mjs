// What is told where the graphics processor cannot take a study.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.mjs";

const { SuitabilityLayer } = await load("gpu.ts");

const study = {
    criteria: [{ unknown: "worst" }],
    classes: [],
    zero_color: "#000000",
    ramp: [[0, "#000000"], [1, "#ffffff"]],
    memberships: { n_criteria: 1 },
};

// A graphics context that answers as it is told, and takes everything else.
function graphics(answers) {
    return new Proxy({}, { get: (_, name) => answers[name] ?? (/^[A-Z_]+$/.test(name) ? name : () => ({})) });
}

function toldOf(answers, bands) {
    const told = [];
    const layer = new SuitabilityLayer(study, null, { bands }, null, ({ text }) => told.push(text));
    const warn = console.warn;
    console.warn = () => {};
    layer.onAdd({}, graphics(answers));
    console.warn = warn;
    return told;
}

test("too many bands are told as that, whether they fail as a texture or as weights", () => {
    const small = toldOf({ getParameter: () => 256 }, 1025);
    const unlinked = toldOf({ getParameter: () => 256, getProgramParameter: () => false, isContextLost: () => false }, 250);
    for (const [told, bands] of [[small, 1025], [unlinked, 250]]) {
        assert.equal(told.length, 1);
        for (const language of ["en", "id"]) assert.ok(told[0][language].includes(`${bands} `), told[0][language]);
        assert.doesNotMatch(told[0].en, /WebGL/);
    }
    for (const bands of [3, 128, 1024]) assert.deepEqual(toldOf({ getParameter: () => 256 }, bands), []); // 256: what WebGL 2 promises
});
