// The page of docs/portal.md in Debian's Chromium, beside a result folder: what it draws, and what it says on a click.
// Prints TAP.
//
//     node web_page.mjs RESULT_FOLDER PLACES.json POLICY
//
// The page's own index.html, maplibre-gl.js, maplibre-gl.css and pmtiles.js are in the folder; PLACES.json is web_page.py's.
// The page is served with the Content-Security-Policy POLICY.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { finish, test } from "./tap.mjs";

const [folder, file, policy] = process.argv.slice(2);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const { places, zones } = JSON.parse(fs.readFileSync(file, "utf8"));

// A plain web server with byte ranges.
const server = createServer((request, response) => {
    const path = join(folder, new URL(request.url, "http://x").pathname.replace(/\/$/, "/index.html"));
    if (!fs.existsSync(path)) return void response.writeHead(404).end();
    const size = fs.statSync(path).size, range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const first = range ? Number(range[1]) : 0, last = range ? Math.min(Number(range[2]), size - 1) : size - 1;
    response.writeHead(range ? 206 : 200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream", "Content-Security-Policy": policy, "Content-Length": last - first + 1,
        ...(range && { "Content-Range": `bytes ${first}-${last}/${size}` }) });
    fs.createReadStream(path, { start: first, end: last }).pipe(response);
});
await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
const faults = [];
page.on("console", message => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
page.on("pageerror", error => faults.push(error.message));
page.on("request", request => !/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(url) && faults.push(request.url()));

// The map stands still at the place; its colour there.
const colorAt = (place, zoom) => page.evaluate(([center, zoom]) => new Promise(resolve => {
    map.jumpTo({ center, zoom });
    map.once("idle", () => {
        map.once("render", () => {
            const { width, height } = map.getCanvas(), copy = new OffscreenCanvas(width, height).getContext("2d");
            copy.fillStyle = "#ffffff";
            copy.fillRect(0, 0, width, height);
            copy.drawImage(map.getCanvas(), 0, 0);
            resolve([...copy.getImageData(Math.floor(width / 2), Math.floor(height / 2), 1, 1).data].slice(0, 3));
        });
        map.triggerRepaint();
    });
    map.triggerRepaint();
}), [place, zoom]);

// A map that never comes to rest ends the program rather than holding up whoever waits for it.
setTimeout(() => {
    console.log("# the map does not come to rest", faults);
    process.exit(1);
}, 240000).unref();

await page.goto(url);
await test("the score has the legend's colours at known places", async () => {
    for (const kind of ["outside", "excluded", "scored"]) assert.ok(places.filter(place => place.kind === kind).length >= 2, kind);
    for (const { kind, place, color } of places) {
        const found = await colorAt(place, 10);
        // The tile's palette has 253 steps, and the cells around differ by 0.006 of the score.
        const near = kind === "scored" ? 8 : 0;
        assert.ok(found.every((v, k) => Math.abs(v - color[k]) <= near), `${kind} ${place}: ${found}, not ${color}`);
    }
});

await test("a click inside a zone says rank, name and score", async () => {
    assert.ok(zones.length >= 4);
    for (const { place, rank, name, score_mean } of zones) {
        await colorAt(place, 10);
        await page.mouse.click(400, 300);
        const popup = page.locator(".maplibregl-popup-content").last();
        await popup.filter({ hasText: name }).waitFor({ timeout: 20000 });
        assert.match(await popup.innerText(), /: 0\.\d{3}\s/);
        assert.ok((await popup.innerText()).startsWith(`${rank}. ${name}: ${score_mean.toFixed(3)}`));
    }
});

await test("the console says nothing, nobody else is asked for anything", () => {
    assert.deepEqual(faults.filter(text => !/GPU stall due to ReadPixels/.test(text)), []);
});

await browser.close();
server.close();
finish();
