// What tests of the page share: a page that must stay faultless, and what it shows.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

export const DESKTOP = { width: 1180, height: 760 };
export const PHONE = { width: 390, height: 844 };
export const WAIT_MS = 60_000;

// A page of its own; at its end it must have said nothing in the console and asked nobody else for anything.
export async function openPage(browser, { viewport = DESKTOP, url, hash = "" }, use) {
    const context = await browser.newContext({ viewport, hasTouch: viewport === PHONE, acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const folder = new URL(".", url).href;
    const faults = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
        if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(folder)) faults.push(request.url());
    });
    try {
        await page.goto(url + hash);
        await page.waitForSelector(".weight");
        await use(page, context);
        // Software drawing is slow, and Chromium says so.
        assert.deepEqual(faults.filter((text) => !/GPU stall due to ReadPixels/.test(text)), []);
    } finally {
        await context.close();
    }
}

// Until what the page shows is of the state as it is.
export const frames = (page) =>
    page.evaluate(async (wait_ms) => {
        const end_ms = Date.now() + wait_ms;
        do {
            if (Date.now() > end_ms) throw new Error(`what is shown is not of the state as it is: ${document.body.innerText}`);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        } while (!globalThis.tapak?.isCurrent());
    }, WAIT_MS);

// ---- what is shown ----

export async function shownZones(page) {
    await page.click("#tab-zones");
    await frames(page);
    return page.$$eval(".zone-line", (rows) =>
        rows.map((row) => [
            row.cells[0].textContent,
            row.querySelector(".zone-name").textContent,
            row.cells[2].textContent,
            row.cells[3].textContent,
        ]),
    );
}

export async function whyShown(page) {
    await page.waitForSelector(".why .verdict, .why .verdict-words");
    return page.evaluate(() => {
        const text = (selector) => document.querySelector(selector)?.textContent ?? null;
        const rows = [...document.querySelectorAll(".why-table tbody")].map((body) => [
            body.querySelector(".why-name").textContent,
            ...[...body.querySelector(".why-numbers").cells].map((cell) => cell.textContent),
        ]);
        return { score: text(".verdict-score"), class: text(".verdict-class"), words: text(".verdict-words"), rows };
    });
}

// A number in English with so many decimals; what rounds to nothing is 0, and one without a unit is written plainly.
function numberWords(value, decimals, unit) {
    const words = value.toLocaleString("en", { minimumFractionDigits: unit ? decimals : 0, maximumFractionDigits: decimals, useGrouping: Boolean(unit) });
    return `${/[1-9]/.test(words) ? words : "0"} ${unit === "percent" ? "%" : unit}`.trim();
}

const storedDecimals = (scale) => Math.max(0, Math.ceil(-Math.log10(scale)));

// A value as the panel writes it in English: to three digits where it is of a place nearby and has a unit.
export function roughWords({ unit, categories, value_scale }, value) {
    if (value === null) return "–";
    if (categories) return categories[value];
    const digits = value.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
    const decimals = Math.min((digits.split(".")[1] ?? "").length, storedDecimals(value_scale));
    return numberWords(unit ? Number(value.toPrecision(3)) : value, decimals, unit);
}

// A value as the panel writes it where the server tells it.
export function valueWords({ unit, categories, value_scale }, value) {
    if (value === null) return "–";
    if (categories) return typeof value === "string" ? value : categories[value];
    return numberWords(value, Math.min(storedDecimals(value_scale), 6), unit);
}

// ---- accessibility ----

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

async function seriousFaults(page) {
    if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: AXE });
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return grave.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

export const TABS = ["weights", "zones", "classes", "layers", "files", "about"];

// "where: rule: element" of what is serious or critical in any section, and in the panel of a place. The map's own canvas is left
// to the keyboard tests.
export async function seriousFaultsAnywhere(page, { lon, lat }) {
    const faults = [];
    for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        await frames(page);
        faults.push(...(await seriousFaults(page)).map((fault) => `${tab}: ${fault}`));
    }
    await page.evaluate((point) => globalThis.tapak.store.set({ point }), { lon, lat });
    await page.waitForSelector(".why .verdict");
    faults.push(...(await seriousFaults(page)).map((fault) => `why here: ${fault}`));
    return faults;
}
