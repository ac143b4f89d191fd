// Licence texts of the bundle: all there, or the build fails.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { licenses } from "../licenses.mjs";

const portal = new URL("..", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "tapak-licenses-"));
after(() => rmSync(root, { recursive: true }));

const TEXT = "Permission is granted. ".repeat(30);
const metaOf = (...names) => [{ outputs: { "app.js": { inputs: Object.fromEntries(names.map((name) => [`node_modules/${name}/index.js`, {}])) } } }];

function addPackage(name, files) {
    mkdirSync(join(root, "node_modules", name), { recursive: true });
    writeFileSync(join(root, "node_modules", name, "package.json"), JSON.stringify({ name, version: "1.0.0", license: "MIT" }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, "node_modules", name, file), text);
}

test("a text is its own file, a section of the README, or one of ours", async () => {
    mkdirSync(join(root, "licenses"));
    addPackage("a", { LICENSE: `a ${TEXT}` });
    addPackage("b", { "README.md": `# b\n\nUse it.\n\n## License (MIT)\n\nb ${TEXT}` });
    addPackage("@x/c", { "README.md": "# c" });
    writeFileSync(join(root, "licenses/x-c.txt"), `c ${TEXT}`);
    const texts = (await licenses(root, metaOf("a", "b", "@x/c"))).split("-".repeat(100)).map((text) => text.trim());
    assert.deepEqual(texts, [["@x/c", "c"], ["a", "a"], ["b", "b"]].map(([name, mark]) => `${name} 1.0.0\n\n${mark} ${TEXT}`.trim()));
});

test("a package without its text stops the build", async () => {
    addPackage("d", {});
    addPackage("e", { LICENSE: "MIT" });
    for (const name of ["d", "e"]) await assert.rejects(licenses(root, metaOf(name)), new RegExp(`${name}: no licence text`));
});

test("what is bundled in MapLibre is there too", async () => {
    const texts = await licenses(portal, metaOf("maplibre-gl", "geotiff"));
    for (const words of ["Gary Court", "Zachary Carter", "maplibre-gl ", "geotiff "]) assert.ok(texts.includes(words), words);
    assert.ok(!texts.includes("lerc"), "a decoder that is not in the bundle");
});
