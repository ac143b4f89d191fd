// A result folder behind a web server: what the server says of its files, and the portal's page in Chromium. Prints TAP.
//
//     node web_servers.mjs FOLDER POLICY URL
//
// URL is the folder's; POLICY a Content-Security-Policy that the page is to work under.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import { extname } from "node:path";
import { frames, openPage, TABS, whyShown } from "../../src/portal/test/page.mjs";
import { launch } from "../../src/portal/test/site.mjs";
import { finish, test } from "./tap.mjs";

const [folder, policy, url] = process.argv.slice(2);
const TYPES = {
    ".html": /^text\/html/, ".js": /^(application|text)\/javascript/, ".css": /^text\/css/, ".json": /^application\/json/,
    ".geojson": /^application\/geo\+json/, ".tif": /^image\/tiff/, ".pmtiles": /^application\/vnd\.pmtiles/,
};
const COMPRESSED = [".html", ".js", ".css", ".json", ".geojson"];

// Status, headers and bytes as they come, nothing decompressed.
const ask = (path, { method = "GET", ...headers } = {}) => new Promise((resolve, reject) => {
    http.request(url + path, { method, headers }, answer => {
        const parts = [];
        answer.on("data", part => parts.push(part));
        answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    }).on("error", reject).end();
});
const wait = ms => new Promise(resolve => setTimeout(resolve, ms));
for (let tries = 0; tries < 100 && !await ask("portal/").catch(() => false); tries++) await wait(100);
await ask("portal/");

const files = fs.readdirSync(folder, { recursive: true }).filter(file => fs.statSync(`${folder}/${file}`).isFile());
const ofType = (...types) => files.filter(file => types.includes(extname(file)));
const bytes = file => fs.readFileSync(`${folder}/${file}`);

await test("every file comes whole, with its type", async () => {
    assert.ok(Object.keys(TYPES).every(type => ofType(type).length > 0));
    for (const file of files) {
        const { status, headers, body } = await ask(file);
        assert.equal(status, 200, file);
        assert.ok(body.equals(bytes(file)), file);
        if (TYPES[extname(file)]) assert.match(headers["content-type"], TYPES[extname(file)], file);
    }
});

await test("ranges of rasters and tiles are of the file itself", async () => {
    for (const file of ofType(".tif", ".pmtiles")) {
        const { status, headers, body } = await ask(file, { Range: "bytes=100-299", "Accept-Encoding": "gzip" });
        assert.equal(status, 206, file);
        assert.equal(headers["content-range"], `bytes 100-299/${bytes(file).length}`);
        assert.equal(headers["content-encoding"], undefined);
        assert.ok(body.equals(bytes(file).subarray(100, 300)), file);
    }
});

await test("what is text is compressed, nothing else", async () => {
    for (const file of files.filter(file => bytes(file).length > 2000)) {
        const { headers } = await ask(file, { "Accept-Encoding": "gzip" });
        if (TYPES[extname(file)]) assert.equal(headers["content-encoding"], COMPRESSED.includes(extname(file)) ? "gzip" : undefined, file);
    }
});

await test("a page elsewhere may ask for ranges", async () => {
    const asked = { Origin: "http://example.org", Range: "bytes=0-99" };
    const preflight = { method: "OPTIONS", Origin: "http://example.org", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range" };
    for (const { status, headers } of [await ask("score.pmtiles", asked), await ask("score.pmtiles", preflight)]) {
        assert.ok(status >= 200 && status < 300, status);
        assert.equal(headers["access-control-allow-origin"], "*");
        assert.equal(headers["access-control-allow-headers"], "Range");
        assert.equal(headers["access-control-expose-headers"], "Content-Range, Content-Length, ETag");
    }
});

const browser = await launch();

await test("a page elsewhere gets them in Chromium", async () => {
    const page = await browser.newPage();
    const elsewhere = http.createServer((_, response) => response.end("<!doctype html>"));
    await new Promise(resolve => elsewhere.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
    const found = await page.evaluate(async address => {
        const answer = await fetch(address, { headers: { Range: "bytes=0-6" } });
        return [answer.status, await answer.text(), answer.headers.get("Content-Range"), answer.headers.has("ETag")];
    }, `${url}score.pmtiles`);
    assert.deepEqual(found, [206, "PMTiles", `bytes 0-6/${bytes("score.pmtiles").length}`, true]);
    await page.close();
    elsewhere.close();
});

// What a reader does.
async function usePage(page) {
    await page.waitForFunction(() => globalThis.tapak?.map.isIdle());
    await page.mouse.click(700, 400);
    assert.ok((await whyShown(page)).rows);
    for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        await frames(page);
    }
    await page.click("#tab-files");
    const waiting = page.waitForEvent("download");
    await page.click('.action:has-text("Save picture")');
    assert.equal(fs.readFileSync(await (await waiting).path()).toString("latin1", 1, 4), "PNG");
    await page.evaluate(() => (window.print = () => (window.printed = document.querySelector(".print-picture").naturalWidth)));
    await page.click('.action:has-text("Print")');
    await page.waitForFunction(() => window.printed > 0);
}

await test("the portal's page works silently under the policy, and its downloads lead to files", async () => {
    assert.equal((await ask("portal/")).headers["content-security-policy"], policy);
    await openPage(browser, { url: `${url}portal/`, hash: "#l=en" }, async page => {
        await usePage(page);
        for (const link of await page.$$eval(".file-list a", links => links.map(({ href }) => href)))
            assert.equal((await page.request.head(link)).status(), 200, link);
    });
});

// What the page complains of first under a policy, until it was used and rested a second.
async function complaint(rules) {
    const page = await browser.newPage();
    const complained = new Promise(resolve => page.on("console", message => /Content Security Policy/.test(message.text()) && resolve(message.text())));
    await page.route("**/portal/", async route => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, headers: { ...answer.headers(), "content-security-policy": rules } });
    });
    await page.goto(`${url}portal/#l=en`);
    const said = await Promise.race([complained, usePage(page).catch(() => {}).then(() => wait(1000))]);
    await page.close();
    return said;
}

await test("the policy is the strictest: without any of its words the page complains", async () => {
    assert.equal(await complaint(policy), undefined);
    for (const rule of policy.split("; ").filter(rule => !rule.startsWith("default-src"))) {
        const [name, ...sources] = rule.split(" ");
        for (const source of sources) {
            const less = sources.filter(other => other !== source).join(" ") || "'none'";
            assert.ok(await complaint(policy.replace(rule, `${name} ${less}`)), `${name} does not need ${source}`);
        }
    }
});

await browser.close();
finish();
