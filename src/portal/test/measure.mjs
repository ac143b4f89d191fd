// Measures what must be fast: node test/measure.mjs FOLDER, the result folder of a run (without it: the made-up study). Processor
// time, so that other work on the computer matters less. The browser draws in software (SwiftShader), in another process: what the
// page itself needs for a frame is told apart from it.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { launch, load, makeSite, removeSite, serve } from "./site.mjs";

const middle = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const FRAMES = 120;
const FRAME_MS = 1000 / 60;

const made = process.argv[2] ? null : makeSite();
const folder = made ?? process.argv[2];
const portal = made ?? join(folder, "portal");

// ---- sums ----

const { decodeCells, summarise } = await load("cells.ts");
const study = JSON.parse(readFileSync(join(portal, "study.json"), "utf8"));
const text = readFileSync(join(portal, "cells.js"), "utf8");
const cells = decodeCells(study, text.slice(text.indexOf('"') + 1, text.lastIndexOf('"')));
const n = [...study.zones, study.map].reduce((sum, part) => sum + part.cells.n, 0);
const times = [];
for (let i = 0; i < 200; i++) {
    const weights = study.criteria.map((_, k) => 1 + ((i + k) % 7));
    const before = process.cpuUsage();
    summarise(study, cells, weights);
    times.push(process.cpuUsage(before).user / 1000);
}
console.log(`summarise: ${n} records x ${study.criteria.length} criteria: ${middle(times.slice(20)).toFixed(1)} ms of processor time (median of 180)`);

// ---- sizes and frames ----

for (const file of ["app.js", "app.css"]) {
    const path = join(portal, file);
    console.log(`${file}: ${statSync(path).size} bytes, ${gzipSync(readFileSync(path)).length} with gzip`);
}
const server = await serve(folder);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(made ? server.url : `${server.url}portal/`);
await page.waitForFunction(() => globalThis.tapak?.map.isIdle(), null, { timeout: 300_000 });
await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
const spans = await page.evaluate(async ([frames, frame_ms]) => {
    // The page's clock stands still while software draws: what it does so many times a second it does as often in a frame as it would
    // with a graphics processor.
    const [ask, wait] = [requestAnimationFrame, setTimeout];
    let [real_ms, shown_ms] = [0, performance.now()];
    globalThis.requestAnimationFrame = (act) =>
        ask((now_ms) => {
            if (now_ms !== real_ms) [real_ms, shown_ms] = [now_ms, shown_ms + frame_ms];
            act(shown_ms);
        });
    globalThis.setTimeout = (act, ms = 0) => wait(act, ms * 30);
    const spans = [];
    for (let i = 0; i < frames; i++) {
        const begin = performance.now();
        tapak.store.set({ weights: tapak.study.criteria.map((_, k) => 1 + ((i + k) % 9)) });
        await new Promise(requestAnimationFrame);
        spans.push(performance.now() - begin);
    }
    return spans;
}, [FRAMES, FRAME_MS]);
const { traceEvents } = JSON.parse(await browser.stopTracing());
console.log(`frame while a weight changes, 1440 x 900, drawn in software: median ${middle(spans).toFixed(0)} ms`);

// Tasks of the page's main thread: the one that runs the frames' callbacks.
const callback = traceEvents.find(({ name }) => name === "FireAnimationFrame");
const tasks = traceEvents.filter((event) => event.name === "ThreadControllerImpl::RunTask" && event.pid === callback.pid && event.tid === callback.tid);
const busy = tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000;
console.log(`of it on the page's main thread (page, draw calls): ${(busy / FRAMES).toFixed(1)} ms of processor time a frame, of ${FRAME_MS.toFixed(1)} ms`);
await browser.close();
server.close();
if (made) removeSite(made);
