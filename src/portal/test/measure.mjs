// Measures what must be fast: node test/measure.mjs. Processor time, so that other work on the computer matters less; the browser
// draws in software (SwiftShader), which a graphics processor does many times faster.
import { statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { launch, load, makeSite, removeSite, serve } from "./site.mjs";

const middle = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// ---- sums ----

const [N, CRITERIA] = [200_000, 12];
const { decodeCells, summarise } = await load("cells.ts");
const bytes = Buffer.alloc(N * 24);
for (let i = 0; i < N; i++) {
    bytes.writeFloatLE(0.09, i * 24);
    for (let k = 0; k < CRITERIA; k++) bytes[i * 24 + 9 + k] = Math.imul(i * CRITERIA + k, 2654435761) >>> 24;
}
const half = N / 2;
const study = {
    criteria: Array.from({ length: CRITERIA }, () => ({ unknown: "worst" })),
    classes: [["S1", 0.8], ["S2", 0.6], ["S3", 0.4]].map(([id, from]) => ({ id, from })),
    zones: Array.from({ length: 50 }, (_, i) => ({ id: `${i}`, class_ha: { outside: 0 }, cells: { offset: (i * half * 24) / 50, n: half / 50 } })),
    map: { cells: { offset: half * 24, n: half }, area_ha: 0 },
    record: { bytes: 24, ha: 0, reasons: 4, state: 8, memberships: 9 },
};
const cells = decodeCells(study, bytes.toString("base64"));
const times = [];
for (let i = 0; i < 200; i++) {
    const weights = Array.from({ length: CRITERIA }, (_, k) => 1 + ((i + k) % 7));
    const before = process.cpuUsage();
    summarise(study, cells, weights);
    times.push(process.cpuUsage(before).user / 1000);
}
console.log(`summarise: ${N} records x ${CRITERIA} criteria: ${middle(times.slice(20)).toFixed(1)} ms of processor time (median of 180)`);

// ---- sizes and frames ----

const site = makeSite();
for (const file of ["app.js", "app.css"]) {
    const path = join(site, file);
    console.log(`${file}: ${statSync(path).size} bytes, ${gzipSync(readFileSync(path)).length} with gzip`);
}
const server = await serve(site);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(server.url);
await page.waitForFunction(() => globalThis.tapak?.map.isIdle(), null, { timeout: 300_000 });
const frames = await page.evaluate(async () => {
    const spans = [];
    const scripts = [];
    let last = performance.now();
    for (let i = 0; i < 120; i++) {
        const weights = tapak.study.criteria.map((_, k) => 1 + ((i + k) % 9));
        const begin = performance.now();
        tapak.store.set({ weights });
        scripts.push(performance.now() - begin);
        await new Promise(requestAnimationFrame);
        spans.push(performance.now() - last);
        last = performance.now();
    }
    const at = (numbers, share) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length * share)];
    return { median: at(spans, 0.5), p95: at(spans, 0.95), script: at(scripts, 0.5) };
});
console.log(`frame while a weight changes, 1440 x 900, software rendering: median ${frames.median.toFixed(0)} ms, 95th percentile ${frames.p95.toFixed(0)} ms`);
console.log(`of it in the page's own code when the weight is set: ${frames.script.toFixed(2)} ms`);
await browser.close();
server.close();
removeSite(site);
