// Starts the page around the map and keeps it in step with the store.

import { faults } from "../faults";
import type { PortalMap } from "../map";
import type { State, Store } from "../state";
import type { Study } from "../study";
import type { Summarise } from "../sums";
import { createAnnouncer } from "./announce";
import { uncover } from "./cover";
import { onEnter } from "./crosshair";
import { followWeights } from "./figures";
import { createInquiry } from "./inquiry";
import { createMessages, type Messages } from "./messages";
import { buildPage, type Desk, element, type Page } from "./page";
import { keepLink, type Link, readLink } from "./permalink";
import { PHONE, type SheetHeight } from "./sheet";
import { TEXTS } from "./texts";

const PANEL_MS = 45; // the map follows in every frame, numbers no faster than they are read

// Answers what tells whether the figures shown are of the weights as they are.
export async function startUi(study: Study, store: Store, map: PortalMap, summarise: Summarise): Promise<() => boolean> {
    let page: Page | null = null;
    let covered: State["point"] = null; // asked about on the map, or by a link without a view; the panel has its size only with the answer
    const refresh = calmly(() => {
        page?.update();
        if (!page || !covered || inquiry.answer().status === "reading") return;
        if (covered === store.get().point) uncover(map, covered);
        covered = null;
    });
    const inquiry = createInquiry(study, store, map, refresh.ask);
    const open = ({ change }: Link): void => {
        store.set(change);
        if (!change.view) covered = store.get().point;
    };
    const link = readLink(study, location.hash);
    open(link);
    const announce = createAnnouncer(element("live"), () => page?.rankingWords() ?? "");
    const messages = createMessages(element("notice"), store);
    let forgive = (): void => {}; // takes the message that figures are old away
    const changed = (): void => {
        forgive();
        if (page) announce();
        refresh.ask();
    };
    const figures = await followWeights(study, store, summarise, changed, () => {
        forgive = messages.fault((language) => faults.oldFigures().text[language]);
    });
    const desk: Desk = {
        study,
        store,
        map,
        figures,
        messages,
        inquiry,
        locked: study.criteria.map(() => false),
        close: () => closeWhy(store),
        sheetMoved: (height) => padMap(map, height),
        tab: "weights",
        sheet: "half",
    };
    page = buildPage(desk);
    padMap(map, desk.sheet);
    tellFaults(messages, link);
    store.subscribe((now, before) => {
        if (now.language !== before.language) page = rebuild(desk);
        refresh.ask();
    });
    keepLink(study, store, (followed) => {
        open(followed);
        tellFaults(messages, followed);
    });
    const ask = (point: { lon: number; lat: number }): void => {
        store.set({ point });
        page?.update();
        page?.why.focus();
        covered = point;
    };
    map.onClick((lon, lat) => ask({ lon, lat }));
    onEnter(element("map"), () => ask(map.center()));
    map.onFault((words) => messages.fault((language) => words[language]));
    matchMedia(PHONE).addEventListener("change", () => padMap(map, desk.sheet));
    element("skip").addEventListener("click", (event) => {
        event.preventDefault(); // the address holds what is shown
        focusMap();
    });
    window.addEventListener("beforeprint", () => page?.updateAll());
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") closeWhy(store);
    });
    if (!link.change.view) map.showWhole(); // between the panels
    return () => figures.isCurrent() && !refresh.isAsked() && page?.isUpdated() === true;
}

// In the next frame, however often it is asked for; then not before PANEL_MS have passed.
function calmly(act: () => void): { ask(): void; isAsked(): boolean } {
    let asked = false;
    let last_ms = -Infinity;
    function frame(now_ms: number): void {
        if (now_ms - last_ms < PANEL_MS) return void requestAnimationFrame(frame);
        asked = false;
        last_ms = now_ms;
        act();
    }
    return {
        ask() {
            if (!asked) requestAnimationFrame(frame);
            asked = true;
        },
        isAsked: () => asked,
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

function tellFaults(messages: Messages, link: Link): void {
    if (link.faults.length > 0) messages.fault((language) => TEXTS[language].badLink(link.faults.join(", ")));
}

// What legend and sheet of a phone cover does not count as map.
function padMap(map: PortalMap, height: SheetHeight): void {
    if (!matchMedia(PHONE).matches) return map.setPadding({});
    const top = document.querySelector(".legend")?.getBoundingClientRect().bottom ?? element("header").offsetHeight;
    if (height !== "full") map.setPadding({ top, bottom: element("panel").offsetHeight });
}
