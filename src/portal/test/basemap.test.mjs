// The style of the basemap: layers of a project may have any name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.mjs";

const { basemapStyle, SUITABILITY, styleLayersOf } = await load("basemap.ts");

const geojson = { type: "FeatureCollection", features: [] };
const ROLES = ["coast", "area", "polygon", "line", "zones", "point"];

test("a layer may be called as a part of the page is", () => {
    for (const id of ["sea", "suitability", "above", "base", "zones"]) {
        for (const role of ROLES) {
            const base = [{ id, title: "", role, geojson }];
            const { layers, sources } = basemapStyle(base);
            const ids = layers.map((layer) => layer.id);
            assert.equal(new Set(ids).size, ids.length, `${id} as ${role}: ${ids}`);
            assert.ok(!ids.includes(SUITABILITY) && id !== SUITABILITY);
            for (const { source } of layers) assert.ok(source === undefined || source in sources);
            const own = styleLayersOf(base, id);
            assert.ok(own.length > 0 && own.every((one) => ids.includes(one) && one !== "sea"));
        }
    }
});

test("the suitability map's id is none that a project can give", () => {
    assert.doesNotMatch(SUITABILITY, /^[a-z][a-z0-9_]*$/);
});
