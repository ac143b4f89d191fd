// Bundles the portal: node build.mjs FOLDER
import { build } from "esbuild";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { licenses } from "./licenses.mjs";

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

// ---- files ----

await mkdir(folder, { recursive: true });
const code = { ...common, format: "iife", target: "es2022" };
const worker = await build({ ...code, entryPoints: ["src/sums.worker.ts"], write: false });
const script = await build({
    ...code,
    entryPoints: { app: "src/main.ts" },
    define: { SUMS_WORKER: JSON.stringify(worker.outputFiles[0].text) },
    plugins: [otherDecoders],
});
const style = await build({
    ...common,
    stdin: { contents: '@import "maplibre-gl/dist/maplibre-gl.css";\n@import "./app.css";', resolveDir: here, sourcefile: "whole.css", loader: "css" },
    outdir: undefined,
    outfile: join(folder, "app.css"),
});
await copyFile(join(here, "index.html"), join(folder, "index.html"));
await writeFile(join(folder, "licenses.txt"), await licenses(here, [script.metafile, style.metafile]));
