// The page around the map, in one language: its parts, put together.

import type { PortalMap } from "../map";
import { normalise } from "../score";
import type { Store } from "../state";
import type { Language, Study } from "../study";
import { createAbout } from "./about";
import { rankingWords } from "./announce";
import { createClasses } from "./classes";
import { type Context, type Part, sameShares, studyLanguage } from "./context";
import { createCrosshair } from "./crosshair";
import { button, el, setText } from "./dom";
import type { Figures } from "./figures";
import { createFiles } from "./files";
import { createFormat } from "./format";
import type { Inquiry } from "./inquiry";
import { createLayers } from "./layers";
import { createLegend } from "./legend";
import type { Messages } from "./messages";
import { createSheet, type Sheet, type SheetHeight } from "./sheet";
import { createTabs } from "./tabs";
import { TEXTS } from "./texts";
import { createWeights } from "./weights";
import { createWhy, type Why } from "./why";
import { createZones } from "./zones";

// What outlives a change of language.
export interface Desk {
    readonly study: Study;
    readonly store: Store;
    readonly map: PortalMap;
    readonly figures: Figures;
    readonly messages: Messages;
    readonly inquiry: Inquiry;
    readonly locked: boolean[];
    readonly close: () => void; // of "why here"
    readonly sheetMoved: (height: SheetHeight) => void;
    tab: string;
    sheet: SheetHeight;
}

export interface Page {
    readonly why: Why;
    readonly sheet: Sheet;
    update(): void; // what is in sight: "why here" and legend at once, the section in the next frame, so that no frame does all
    isUpdated(): boolean; // no section waits for that frame
    updateAll(): void; // everything at once, sections behind tabs too
    rankingWords(): string;
}

export function element(id: string): HTMLElement {
    const found = document.getElementById(id);
    if (!found) throw new Error(`index.html has no #${id}`);
    return found;
}

export function buildPage(desk: Desk): Page {
    const context = createContext(desk);
    const { text, language, study } = context;
    document.documentElement.lang = language;
    document.title = study.title;
    setText(element("skip"), text.skipToMap);
    element("map").querySelector("canvas")?.setAttribute("aria-describedby", "map-help");
    setText(element("map-help"), text.mapHelp);
    element("header").replaceChildren(...heading(context));
    const panel = buildPanel(desk, context);
    const why = createWhy(context, desk.inquiry, desk.close);
    const legend = createLegend(context);
    const crosshair = createCrosshair();
    element("over").replaceChildren(crosshair, legend.element, why.element);
    const updateOver = (): void => {
        for (const part of [legend, why]) part.update();
    };
    updateOver();
    const told = element("live");
    if (told.textContent) setText(told, rankingWords(context)); // in the language before
    let waiting = 0; // request of a frame
    return {
        why,
        sheet: panel.sheet,
        update() {
            updateOver();
            waiting ||= requestAnimationFrame(() => {
                waiting = 0;
                panel.update();
            });
        },
        isUpdated: () => waiting === 0,
        updateAll() {
            updateOver();
            panel.updateAll();
        },
        rankingWords: () => rankingWords(context),
    };
}

function createContext({ study, store, map, figures, messages, locked }: Desk): Context {
    const language = store.get().language;
    const studyShares = normalise(study.criteria.map(({ weight }) => weight));
    const shares = (): readonly number[] => normalise(store.get().weights);
    return {
        study,
        store,
        map,
        language,
        text: TEXTS[language],
        format: createFormat(language),
        studyShares,
        studySummary: figures.study,
        locked,
        shares,
        summary: figures.summary,
        changed: () => !sameShares(shares(), studyShares),
        tell: (words) => messages.done((own) => words(TEXTS[own])),
    };
}

// ---- head ----

function heading(context: Context): HTMLElement[] {
    const { study, store, language, text } = context;
    const choice = (own: Language): HTMLElement =>
        button(
            {
                lang: own,
                title: TEXTS[own].languageName,
                "aria-pressed": String(own === language),
                id: `language-${own}`,
            },
            () => store.set({ language: own }),
            own.toUpperCase(),
            el("span", { class: "unseen" }, ` ${TEXTS[own].languageName}`),
        );
    return [
        el(
            "div",
            { class: "heading" },
            el("h1", studyLanguage(context), study.title),
            el("p", { class: "product" }, `Tapak · ${text.map}`),
        ),
        el("div", { class: "languages", role: "group", "aria-label": text.language }, choice("id"), choice("en")),
    ];
}

// ---- panel ----

interface Panel {
    readonly sheet: Sheet;
    update(): void;
    updateAll(): void;
}

function buildPanel(desk: Desk, context: Context): Panel {
    const { text } = context;
    const panel = element("panel");
    panel.setAttribute("aria-label", text.panel);
    const parts: Readonly<Record<keyof typeof text.tabs, Part>> = {
        weights: createWeights(context),
        zones: createZones(context),
        classes: createClasses(context),
        layers: createLayers(context),
        files: createFiles(context),
        about: createAbout(context),
    };
    const ids = Object.keys(parts) as (keyof typeof parts)[];
    const sections = ids.map((id) => ({ id, title: text.tabs[id], content: parts[id].element }));
    const sheet = createSheet(panel, text, (height) => {
        desk.sheet = height;
        desk.sheetMoved(height);
    });
    const tabs = createTabs(text.sections, sections, (id) => {
        desk.tab = id;
        parts[id as keyof typeof parts].update();
    });
    tabs.list.addEventListener("click", () => desk.sheet === "low" && sheet.raise("half"));
    panel.replaceChildren(sheet.handle, tabs.list, ...tabs.panels);
    tabs.select(desk.tab);
    sheet.raise(desk.sheet);
    return {
        sheet,
        update: () => parts[desk.tab as keyof typeof parts].update(),
        updateAll: () => ids.forEach((id) => parts[id].update()),
    };
}
