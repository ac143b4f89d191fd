// What tests of the page share: the made-up study beside the built page, a server of it, a browser, modules of src/.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const portal = new URL("..", import.meta.url).pathname;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".txt": "text/plain" };

// A folder with the page and the data of test/sample.py. The caller removes it.
export function makeSite() {
    const folder = mkdtempSync(join(tmpdir(), "tapak-portal-"));
    execFileSync("/usr/bin/python3", [join(portal, "test/sample.py"), folder], { stdio: "inherit" });
    execFileSync(process.execPath, [join(portal, "build.mjs"), folder], { stdio: "inherit" });
    return folder;
}

export function removeSite(folder) {
    rmSync(folder, { recursive: true, force: true });
}

// Serves the folder with byte ranges, as any web server does. `answer(request, response)` may take a request first.
export async function serve(folder, answer = () => false) {
    const server = createServer((request, response) => {
        if (answer(request, response)) return;
        const path = join(
            folder,
            decodeURIComponent(new URL(request.url, "http://x").pathname).replace(/\/$/, "/index.html"),
        );
        const size = statSync(path, { throwIfNoEntry: false })?.size;
        if (size === undefined) return void response.writeHead(404).end();
        const headers = {
            "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
            "Accept-Ranges": "bytes",
        };
        const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
        const first = range ? Number(range[1]) : 0;
        const last = range && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
        if (range) headers["Content-Range"] = `bytes ${first}-${last}/${size}`;
        response.writeHead(range ? 206 : 200, { ...headers, "Content-Length": last - first + 1 });
        createReadStream(path, { start: first, end: last }).pipe(response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

// Debian's Chromium without a screen; WebGL by software.
export function launch() {
    const args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

// A module of src/ with what it imports, as JavaScript.
export async function load(path) {
    const result = await build({ entryPoints: [join(portal, "src", path)], bundle: true, format: "esm", write: false });
    return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`);
}
