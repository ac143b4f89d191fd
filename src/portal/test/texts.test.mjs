// Words of the page: none that nobody says.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./site.mjs";

const { TEXTS } = await load("ui/texts.ts");
const ui = new URL("../src/ui/", import.meta.url);
const code = readdirSync(ui).filter((name) => name !== "texts.ts").map((name) => readFileSync(new URL(name, ui), "utf8")).join("\n");

test("every text is used, in both languages alike", () => {
    assert.deepEqual(Object.keys(TEXTS.en), Object.keys(TEXTS.id));
    const words = (name) => new RegExp(`(text|texts|TEXTS\\[[^\\n]*?\\])\\??\\.${name}\\b`);
    assert.deepEqual(Object.keys(TEXTS.id).filter((name) => !words(name).test(code)), []);
});
