// The sums of the graphics processor, worked out here in single precision: they must not fall below a bound that the tables reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.mjs";

const { BOUND_SLACK, fragmentShader } = await load("shader.ts");
const { FULL, normalise } = await load("score.ts");

const { fround } = Math;
const ofWeights = (weights, byte) => fround(normalise(weights).reduce((sum, weight) => fround(sum + fround(fround(weight) * byte)), 0) / FULL);

test("a score that is a bound reaches its class, whatever the weights", () => {
    let below = 0;
    for (let a = 1; a <= 60; a++) {
        for (let b = 1; b <= 60; b++) {
            const score = ofWeights([a, b, 7, 1], FULL / 2);
            if (score < 0.5) below++;
            assert.ok(fround(score + fround(BOUND_SLACK)) >= 0.5, `${a}, ${b}: ${score}`);
        }
    }
    assert.ok(below > 0, "some sums fall short in single precision");
    assert.ok(BOUND_SLACK < 0.01 / FULL, "no step of membership is passed over");
});

test("the shader compares with it", () => {
    const criteria = [{ unknown: "worst" }];
    const shader = fragmentShader({ criteria, ramp: [[0.1, "#000000"], [1, "#ffffff"]], memberships: { n_criteria: 1 } }, 3);
    assert.match(shader, /float reached = score \+ 0\.000001;/);
    assert.doesNotMatch(shader, /[^_]score >= u_bounds/);
});
