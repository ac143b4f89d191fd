// The licence texts of what is in the bundle. A package without its text stops the build.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const SHORTEST = 500; // characters; less is the name of a licence, not its text
const PREBUILT = ["node_modules/maplibre-gl"]; // what these depend on is bundled in them already

const packageFolder = (input) => input.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];

async function addPackage(root, path, whole, found) {
    if (found.has(path)) return;
    const about = JSON.parse(await readFile(join(root, path, "package.json"), "utf8"));
    found.set(path, about);
    if (!whole) return;
    for (const name of Object.keys(about.dependencies ?? {})) await addPackage(root, `node_modules/${name}`, true, found);
}

async function readIfThere(path) {
    return readFile(path, "utf8").catch((error) => {
        if (error.code === "ENOENT") return "";
        throw error;
    });
}

// Its own file, the last section of its README, or licenses/NAME.txt, for packages that forgot theirs.
async function textOf(root, path, { name }) {
    const file = (await readdir(join(root, path))).find((entry) => /^licen[cs]e/i.test(entry));
    if (file) return readFile(join(root, path, file), "utf8");
    const [, section = ""] = /^#+ *licen[cs]e[^\n]*\n(.*)/ims.exec(await readIfThere(join(root, path, "README.md"))) ?? [];
    return section || readIfThere(join(root, "licenses", `${name.replace("@", "").replace("/", "-")}.txt`));
}

// metafiles: of esbuild. root: the folder of node_modules and licenses.
export async function licenses(root, metafiles) {
    const outputs = metafiles.flatMap((meta) => Object.values(meta.outputs));
    const inputs = outputs.flatMap((output) => Object.keys(output.inputs));
    const found = new Map();
    for (const path of new Set(inputs.map(packageFolder).filter(Boolean))) {
        await addPackage(root, path, PREBUILT.includes(path), found);
    }
    const texts = [];
    for (const [path, about] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const text = (await textOf(root, path, about)).trim();
        if (text.length < SHORTEST) throw new Error(`${about.name}: no licence text; put it into src/portal/licenses/`);
        texts.push(`${about.name} ${about.version}\n\n${text}\n`);
    }
    return texts.join(`\n${"-".repeat(100)}\n\n`);
}
