// The section of classes: hectares and share of the whole map, live; how the map is coloured.

import type { SuitabilityClass } from "../study";
import { createBar } from "./bar";
import type { Context, Part } from "./context";
import { el, setAttribute, setText, setVariable, swatch } from "./dom";
import { coloringSwitch, showColoring } from "./legend";

export function createClasses(context: Context): Part {
    const { text, study, format, store } = context;
    const bar = createBar(context);
    const rows = study.classes.map((item) => createRow(context, item));
    const total = el("td", { class: "number" });
    const table = el(
        "table",
        { class: "classes" },
        el("caption", {}, text.classesCaption),
        el(
            "thead",
            {},
            el(
                "tr",
                {},
                el("th", { scope: "col" }, text.class),
                el("th", { scope: "col", class: "number" }, text.aboutHa),
                el("th", { scope: "col", class: "number" }, text.share),
            ),
        ),
        el("tbody", {}, ...rows.map(({ element }) => element)),
        el(
            "tfoot",
            {},
            el(
                "tr",
                {},
                el("th", { scope: "row" }, text.total),
                total,
                el("td", { class: "number" }, format.percent(1, 1)),
            ),
        ),
    );
    const opacity = el("input", { type: "range", id: "opacity", min: 0, max: 100, step: 5 });
    opacity.addEventListener("input", () => store.set({ opacity: opacity.valueAsNumber / 100 }));
    const coloring = coloringSwitch(context, "section");
    const element = el(
        "div",
        {},
        el("h2", {}, text.classesTitle),
        el("p", { class: "quiet" }, text.classesIntro(format.number(study.map.cell_m, 0))),
        bar.element,
        table,
        el("h3", { class: "screen-only" }, text.coloring),
        coloring,
        el("div", { class: "field" }, el("label", { for: "opacity" }, text.opacity), opacity),
    );
    function update(): void {
        const { class_ha, area_ha } = context.summary().map;
        bar.show(class_ha, 0);
        for (const row of rows) row.show(class_ha[row.id], area_ha);
        setText(total, format.about(area_ha));
        showColoring(coloring, store.get().coloring);
        opacity.value = String(Math.round(store.get().opacity * 100));
        setVariable(opacity, "--at", String(store.get().opacity));
        setAttribute(opacity, "aria-valuetext", format.percent(store.get().opacity, 0));
    }
    return { element, update };
}

// "score ≥ 0.8" for S1, S2 and S3; "score < 0.4" for N.
function bound(context: Context, { id, from }: SuitabilityClass): string | null {
    const { study, text, format } = context;
    if (from !== undefined) return text.from(format.bound(from));
    const lowest = study.classes.find((item) => item.id === "S3")?.from;
    return id === "N" && lowest !== undefined ? text.below(format.bound(lowest)) : null;
}

function createRow(context: Context, item: SuitabilityClass) {
    const { format, language } = context;
    const hectares = el("td", { class: "number" });
    const share = el("td", { class: "number" });
    const range = bound(context, item);
    const element = el(
        "tr",
        {},
        el(
            "th",
            { scope: "row" },
            el(
                "span",
                { class: "class-name" },
                swatch(item.color),
                el("span", {}, item.label[language], range ? el("small", {}, range) : null),
            ),
        ),
        hectares,
        share,
    );
    return {
        id: item.id,
        element,
        show(ha: number, areaHa: number): void {
            setText(hectares, format.about(ha));
            setText(share, format.percent(areaHa > 0 ? ha / areaHa : 0, 1));
        },
    };
}
