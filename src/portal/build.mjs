// Bundles the portal: node build.mjs FOLDER
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
if (!folder) {
    console.error("usage: node build.mjs FOLDER");
    process.exit(2);
}

// geotiff.js brings decoders for every compression; ours are DEFLATE, which the browser decompresses itself.
const otherDecoders = {
    name: "other-decoders",
    setup({ onLoad }) {
        onLoad({ filter: /geotiff[/\\]dist-module[/\\](compression[/\\](deflate|jpeg|lerc|lzw|packbits|webimage|zstd)|pool)\.js$/ }, () => ({
            contents: "export default class {}\nexport const zstd = {};",
        }));
    },
};

const common = { absWorkingDir: here, bundle: true, minify: true, metafile: true, legalComments: "none", logLevel: "warning", outdir: folder };

// ---- licences ----

const packageFolder = (input) => input.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];

async function addWithDependencies(path, found) {
    if (found.has(path)) return;
    const about = JSON.parse(await readFile(join(here, path, "package.json"), "utf8"));
    found.set(path, about);
    for (const name of Object.keys(about.dependencies ?? {})) await addWithDependencies(`node_modules/${name}`, found);
}

// The licence of every package that is in the bundle, and of those that are bundled in it already.
async function licenses(metafiles) {
    const inputs = metafiles.flatMap((meta) => Object.values(meta.outputs).flatMap((output) => Object.keys(output.inputs)));
    const found = new Map();
    for (const path of new Set(inputs.map(packageFolder).filter(Boolean))) await addWithDependencies(path, found);
    const texts = [];
    for (const [path, about] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const file = (await readdir(join(here, path))).find((name) => /^licen[cs]e/i.test(name));
        const text = file ? await readFile(join(here, path, file), "utf8") : `${about.license}\n`;
        texts.push(`${about.name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
    }
    return texts.join(`\n${"-".repeat(100)}\n\n`);
}

// ---- files ----

await mkdir(folder, { recursive: true });
const script = await build({ ...common, entryPoints: { app: "src/main.ts" }, format: "iife", target: "es2022", plugins: [otherDecoders] });
const style = await build({
    ...common,
    stdin: { contents: '@import "maplibre-gl/dist/maplibre-gl.css";\n@import "./app.css";', resolveDir: here, sourcefile: "whole.css", loader: "css" },
    outdir: undefined,
    outfile: join(folder, "app.css"),
});
await copyFile(join(here, "index.html"), join(folder, "index.html"));
await writeFile(join(folder, "licenses.txt"), await licenses([script.metafile, style.metafile]));
