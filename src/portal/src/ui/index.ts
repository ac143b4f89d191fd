// Starts the page around the map and keeps it in step with the store.

import type { Summarise, Summary } from "../cells";
import type { PortalMap } from "../map";
import type { Store } from "../state";
import type { Study } from "../study";
import { createAnnouncer } from "./announce";
import { uncover } from "./cover";
import { onEnter } from "./crosshair";
import { createInquiry } from "./inquiry";
import { buildPage, type Desk, element, type Page } from "./page";
import { keepLink, type Link, readLink } from "./permalink";
import { PHONE, type SheetHeight } from "./sheet";
import { TEXTS } from "./texts";

export function startUi(study: Study, store: Store, map: PortalMap, summarise: Summarise): void {
    let page: Page | null = null;
    const refresh = everyFrame(() => page?.update());
    const desk: Desk = {
        study,
        store,
        map,
        summarise: remember(summarise),
        inquiry: createInquiry(study, store, map, refresh),
        locked: study.criteria.map(() => false),
        close: () => closeWhy(store),
        sheetMoved: (height) => padMap(map, height),
        tab: "weights",
        sheet: "half",
    };
    const link = readLink(study, location.hash);
    store.set(link.change);
    page = buildPage(desk);
    padMap(map, desk.sheet);
    tellFaults(page, store, link);
    const announce = createAnnouncer(element("live"), () => page?.rankingWords() ?? "");
    store.subscribe((now, before) => {
        if (now.language !== before.language) page = rebuild(desk);
        if (now.weights !== before.weights) announce();
        refresh();
    });
    keepLink(study, store, (changed) => {
        store.set(changed.change);
        if (page) tellFaults(page, store, changed);
    });
    const ask = (point: { lon: number; lat: number }): void => {
        store.set({ point });
        page?.update();
        page?.why.focus();
        uncover(map, point);
    };
    map.onClick((lon, lat) => ask({ lon, lat }));
    onEnter(element("map"), () => ask(map.center()));
    map.onFault((words) => page?.warn(words[store.get().language]));
    matchMedia(PHONE).addEventListener("change", () => padMap(map, desk.sheet));
    element("skip").addEventListener("click", (event) => {
        event.preventDefault(); // the address holds what is shown
        focusMap();
    });
    window.addEventListener("beforeprint", () => page?.updateAll());
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") closeWhy(store);
    });
}

// At most once a frame, whatever happens within it.
function everyFrame(act: () => void): () => void {
    let asked = false;
    return () => {
        if (asked) return;
        asked = true;
        requestAnimationFrame(() => {
            asked = false;
            act();
        });
    };
}

// The parts of the page ask for the same weights within a frame.
function remember(summarise: Summarise): (weights: readonly number[]) => Summary {
    let last: { weights: readonly number[]; summary: Summary } | null = null;
    return (weights) => {
        if (last?.weights !== weights) last = { weights, summary: summarise(weights) };
        return last.summary;
    };
}

// The new page keeps the focus where it was: on the switch of languages.
function rebuild(desk: Desk): Page {
    const focused = document.activeElement?.id;
    const page = buildPage(desk);
    if (focused) document.getElementById(focused)?.focus();
    return page;
}

function closeWhy(store: Store): void {
    if (!store.get().point) return;
    store.set({ point: null });
    focusMap();
}

function focusMap(): void {
    element("map").querySelector("canvas")?.focus();
}

function tellFaults(page: Page, store: Store, { faults }: Link): void {
    if (faults.length > 0) page.warn(TEXTS[store.get().language].badLink(faults.join(", ")));
}

// What legend and sheet of a phone cover does not count as map.
function padMap(map: PortalMap, height: SheetHeight): void {
    if (!matchMedia(PHONE).matches) return map.setPadding({});
    const top = document.querySelector(".legend")?.getBoundingClientRect().bottom ?? element("header").offsetHeight;
    if (height !== "full") map.setPadding({ top, bottom: element("panel").offsetHeight });
}
