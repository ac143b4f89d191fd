// The legend on the map: score as a ramp or classes as swatches, and the switch between the two.

import type { State } from "../state";
import type { Context, Part } from "./context";
import { el, swatch } from "./dom";

export function createLegend(context: Context): Part {
    const { text, store } = context;
    const body = el("div", { class: "legend-body" });
    const element = el(
        "section",
        { class: "legend card", "aria-label": text.legend },
        coloringSwitch(context, "legend"),
        body,
    );
    let shown: State["coloring"] | null = null;
    function update(): void {
        const { coloring } = store.get();
        if (coloring === shown) return;
        shown = coloring;
        body.replaceChildren(coloring === "score" ? ramp(context) : classes(context));
        showColoring(element, coloring);
    }
    return { element, update };
}

// Two buttons of which one is pressed; `name` keeps groups on one page apart.
export function coloringSwitch(context: Context, name: string): HTMLElement {
    const { text, store } = context;
    const choice = (coloring: State["coloring"], words: string): HTMLElement => {
        const input = el("input", { type: "radio", name: `coloring-${name}`, value: coloring });
        input.addEventListener("change", () => store.set({ coloring }));
        return el("label", {}, input, el("span", {}, words));
    };
    return el(
        "fieldset",
        { class: "switch" },
        el("legend", { class: "unseen" }, text.coloring),
        choice("score", text.byScore),
        choice("class", text.byClass),
    );
}

export function showColoring(root: HTMLElement, coloring: State["coloring"]): void {
    for (const input of root.querySelectorAll<HTMLInputElement>(".switch input"))
        input.checked = input.value === coloring;
}

// Of the study's ramp, on a scale from 0 to 1.
export function rampGradient(context: Context): string {
    const stops = context.study.ramp.map(([score, color]) => `${color} ${(score * 100).toFixed(2)}%`);
    return `linear-gradient(to right, ${stops.join(", ")})`;
}

export function rampBounds(context: Context): number[] {
    const bounds = context.study.classes.flatMap(({ from }) => (from === undefined ? [] : [from]));
    return [0, ...bounds.sort((a, b) => a - b), 1];
}

function ramp(context: Context): HTMLElement {
    const { text, study, format } = context;
    const strip = el("div", { class: "ramp", "aria-hidden": "true" });
    strip.style.background = rampGradient(context);
    const ticks = rampBounds(context).map((bound) => {
        const tick = el("span", {}, format.bound(bound));
        tick.style.setProperty("--at", String(bound));
        return tick;
    });
    const unknown = study.classes.find(({ id }) => id === "unknown");
    return el(
        "div",
        {},
        el("h3", {}, text.scoreLegend),
        strip,
        el("div", { class: "ramp-ticks" }, ...ticks),
        el(
            "ul",
            { class: "legend-list" },
            el("li", {}, swatch(study.zero_color), text.zeroLabel),
            unknown ? el("li", {}, swatch(unknown.color), unknown.label[context.language]) : null,
        ),
    );
}

function classes(context: Context): HTMLElement {
    const { text, study, language } = context;
    return el(
        "div",
        {},
        el("h3", {}, text.classLegend),
        el(
            "ul",
            { class: "legend-list" },
            ...study.classes.map(({ color, label }) => el("li", {}, swatch(color), label[language])),
        ),
    );
}
