// Draws docs/img/portal.png, the web portal of a result folder as a browser shows it:
//
//     node tools/portal_picture.mjs out/kalsel docs/img/portal.png
//
// Needs what `make portal` installs, and the Debian package chromium.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, serve } from "../src/portal/test/site.mjs";

const VIEW = { width: 1440, height: 900 };
const PATIENCE_MS = 120_000; // software drawing

const [folder, picture] = process.argv.slice(2);
const { zones } = JSON.parse(readFileSync(join(folder, "portal/study.json"), "utf8"));
const server = await serve(folder);
const browser = await launch();
const page = await browser.newPage({ viewport: VIEW });
page.setDefaultTimeout(PATIENCE_MS);
const idle = () => page.waitForFunction(() => globalThis.tapak?.map.isIdle());
await page.goto(`${server.url}portal/#l=en`);
await idle();
const map = await page.locator("#map").boundingBox();
const { x, y } = await page.evaluate((place) => tapak.map.project(...place), zones[0].point);
await page.mouse.click(map.x + x, map.y + y); // the map moves so that the panel does not lie on the point
await page.waitForSelector(".why .verdict");
await page.waitForTimeout(1000);
await idle();
await page.screenshot({ path: picture });
await browser.close();
server.close();
