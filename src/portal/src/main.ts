// Starts the page: loads the study's files, makes the map, hands over to the user interface.

import { Fault, fault, FaultLog, faults } from "./faults";
import { createMap, type PortalMap } from "./map";
import { createMapless } from "./mapless";
import { openSources } from "./sources";
import { createStore, type State, type Store } from "./state";
import { readStudy, type Study } from "./study";
import { openSums, type Summarise } from "./sums";
import { startUi } from "./ui/index";

// What the files of the study leave behind, and what the page offers to scripts.
declare global {
    var TAPAK_STUDY: unknown;
    var TAPAK_CELLS: unknown;
    var TAPAK_BASE: unknown;
    var TAPAK_SMALL: unknown;
    // isCurrent: the figures shown are of the weights as they are.
    var tapak: { study: Study; store: Store; map: PortalMap; summarise: Summarise; isCurrent: () => boolean } | undefined;
}

// By a script element, which works from files too.
function loadScript(file: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = file;
        script.onload = () => resolve();
        script.onerror = () => reject(faults.missing(file));
        document.head.append(script);
        script.remove(); // it runs all the same, and may be loaded again
    });
}

// The text would only hold memory once it is decoded.
async function loadCells(): Promise<unknown> {
    await loadScript("cells.js");
    const text = globalThis.TAPAK_CELLS;
    globalThis.TAPAK_CELLS = undefined;
    return text;
}

function hasWebgl(): boolean {
    return document.createElement("canvas").getContext("webgl2") !== null;
}

// The map, or what stands in its place; why is told.
async function makeMap(container: HTMLElement, study: Study, store: Store): Promise<PortalMap> {
    const told = new FaultLog();
    if (!hasWebgl()) {
        told.add(faults.noWebgl());
        return createMapless(study, told);
    }
    const sources = await openSources(study, location.protocol === "file:", loadScript, told);
    return sources ? createMap(container, study, store, sources, told) : createMapless(study, told);
}

const START_ZOOM = 8; // until the page has its panels and the whole study can be fitted between them

function initialState(study: Study): State {
    return {
        weights: study.criteria.map((criterion) => criterion.weight),
        language: study.language,
        view: { lon: study.center[0], lat: study.center[1], zoom: START_ZOOM },
        point: null,
        zone: null,
        hidden: [],
        coloring: "score",
        opacity: 0.85,
    };
}

async function start(container: HTMLElement): Promise<void> {
    const [text] = await Promise.all([loadCells(), loadScript("study.js"), loadScript("base.js")]);
    const study = readStudy(globalThis.TAPAK_STUDY);
    const summarise = await openSums(study, text, loadCells);
    const store = createStore(initialState(study));
    const map = await makeMap(container, study, store);
    const isCurrent = await startUi(study, store, map, summarise);
    globalThis.tapak = { study, store, map, summarise, isCurrent };
}

function tell(error: unknown): void {
    const { text } = error instanceof Fault ? error : fault(`The page could not start: ${String(error)}`, `Halaman tidak dapat dimulai: ${String(error)}`);
    const message = document.createElement("main");
    message.setAttribute("role", "alert");
    message.style.cssText = "max-width:36rem;margin:12vh auto;padding:0 1.5rem;font:1rem/1.6 system-ui,sans-serif;color:#22303a";
    for (const [language, words] of Object.entries(text)) {
        const paragraph = document.createElement("p");
        paragraph.lang = language;
        paragraph.textContent = words;
        message.append(paragraph);
    }
    document.body.replaceChildren(message);
    console.warn(text.en);
}

const container = document.getElementById("map");
if (container) start(container).catch(tell);
