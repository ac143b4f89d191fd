// Measures what must be fast: node test/measure.mjs FOLDER, the result folder of a run (without it: the made-up study). Processor
// time, so that other work on the computer matters less. The browser draws in software (SwiftShader), in another process: what the
// page's main thread needs for a frame is told apart from it, and is all that is known of a computer with a graphics processor.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { launch, load, makeSite, removeSite, serve } from "./site.mjs";

const FRAMES = 150;
const FRAME_MS = 1000 / 60;
const SUITABILITY = "-suitability"; // src/basemap.ts

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const quantile = (numbers, share) => sorted(numbers)[Math.min(Math.floor(share * numbers.length), numbers.length - 1)];
const middle = (numbers) => quantile(numbers, 0.5);

const made = process.argv[2] ? null : makeSite();
const folder = made ?? process.argv[2];
const portal = made ?? join(folder, "portal");

// ---- sums, sizes ----

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

for (const file of ["app.js", "app.css"]) {
    const path = join(portal, file);
    console.log(`${file}: ${statSync(path).size} bytes, ${gzipSync(readFileSync(path)).length} with gzip`);
}

// ---- frames ----

// In the page: how long each of so many frames took while every weight changes (store.set stands in for a slider). Each begins with a
// mark that the trace holds.
async function moveWeights(frames) {
    const spans = [];
    for (let i = 0; i < frames; i++) {
        const begin = performance.now();
        performance.mark("tapak-frame");
        tapak.store.set({ weights: tapak.study.criteria.map((_, k) => 1 + ((i + k) % 9)) });
        await new Promise(requestAnimationFrame);
        spans.push(performance.now() - begin);
    }
    performance.mark("tapak-frame");
    return spans;
}

// In the page: its clock advances by a frame with each frame and its timers wait as many frames, however long software takes to draw
// one: what it does so many times a second it does as often in a frame as it would with a graphics processor.
function keepClock([frame_ms, slower]) {
    const [ask, wait] = [requestAnimationFrame, setTimeout];
    let [real_ms, shown_ms] = [0, performance.now()];
    globalThis.requestAnimationFrame = (act) =>
        ask((now_ms) => {
            if (now_ms !== real_ms) [real_ms, shown_ms] = [now_ms, shown_ms + frame_ms];
            act(shown_ms);
        });
    globalThis.setTimeout = (act, ms = 0) => wait(act, ms * slower);
}

// Processor time of the page's main thread between the marks, ms: all its tasks, whatever they are for (what collects garbage is put off
// to its idle time and falls into a frame here), but those of the tracing itself.
function mainThreadTimes({ traceEvents }) {
    const marks = traceEvents.filter(({ name, cat }) => name === "tapak-frame" && cat.includes("blink.user_timing"));
    const own = ({ pid, tid }) => pid === marks[0].pid && tid === marks[0].tid;
    const isOfTrace = ({ args }) => Object.values(args ?? {}).some((source) => String(source).startsWith("base/trace_event/"));
    const tasks = traceEvents.filter((event) => event.name === "ThreadControllerImpl::RunTask" && own(event) && !isOfTrace(event));
    const begins = sorted(marks.map(({ ts }) => ts));
    return begins.slice(1).map((end, i) => {
        const within = tasks.filter(({ ts, dur = 0 }) => ts + dur > begins[i] && ts + dur <= end);
        return within.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000;
    });
}

async function tellFrames(page, what) {
    await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
    await page.evaluate(moveWeights, FRAMES);
    const busy = mainThreadTimes(JSON.parse(await browser.stopTracing()));
    const [p50, p95, most] = [0.5, 0.95, 1].map((share) => quantile(busy, share).toFixed(1));
    const late = busy.filter((ms) => ms > FRAME_MS).length;
    console.log(`main thread, ${what}: median ${p50} ms, p95 ${p95} ms, most ${most} ms; ${late} of ${busy.length} frames above ${FRAME_MS.toFixed(1)} ms`);
}

const server = await serve(folder);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(made ? server.url : `${server.url}portal/`);
const idle = () => page.waitForFunction(() => globalThis.tapak?.map.isIdle(), null, { timeout: 300_000 });
await idle();

const shown = middle(await page.evaluate(moveWeights, 40));
await page.evaluate((id) => tapak.store.set({ hidden: [id] }), SUITABILITY);
const hidden = middle(await page.evaluate(moveWeights, 40));
await page.evaluate(() => tapak.store.set({ hidden: [] }));
console.log(`frame while a weight changes, 1440 x 900, drawn in software: median ${shown.toFixed(0)} ms; ${hidden.toFixed(0)} ms with the suitability hidden`);

await idle();
await page.evaluate(keepClock, [FRAME_MS, Math.max(shown / FRAME_MS, 1)]);
await tellFrames(page, "weights");
await page.evaluate(([lon, lat]) => tapak.store.set({ point: { lon, lat } }), study.zones[0]?.point ?? study.center);
await page.waitForSelector(".why .verdict, .why .verdict-words");
await tellFrames(page, "weights and why here");
await browser.close();
server.close();
if (made) removeSite(made);
