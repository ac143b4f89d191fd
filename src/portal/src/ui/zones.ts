// The section of zones: their ranking, score, good hectares and classes, live.

import type { Zone } from "../study";
import { createBar } from "./bar";
import { type Context, type Part, studyLanguage } from "./context";
import { button, el, setAttribute, setText } from "./dom";
import { createChange, type Standing, standings } from "./ranks";

interface Row {
    readonly zone: Zone;
    readonly elements: readonly HTMLElement[]; // <tr> of the table
    show(standing: Standing): void;
}

export function createZones(context: Context): Part {
    const { text, study } = context;
    const title = el("h2", {}, text.zonesTitle);
    if (study.zones.length === 0) {
        return { element: el("div", {}, title, el("p", { class: "quiet" }, text.noZones)), update() {} };
    }
    const rows = study.zones.map((zone, index) => createRow(context, zone, index));
    const body = el("tbody", {});
    const table = el(
        "table",
        { class: "zones" },
        el("caption", {}, text.zonesCaption),
        el(
            "thead",
            {},
            el(
                "tr",
                {},
                el(
                    "th",
                    { scope: "col", class: "number" },
                    el("span", { class: "unseen" }, text.rank),
                    el("span", { "aria-hidden": "true" }, "#"),
                ),
                el("th", { scope: "col" }, text.zone),
                el("th", { scope: "col", class: "number" }, text.score),
                el("th", { scope: "col", class: "number" }, text.suitableHa),
            ),
        ),
        body,
    );
    let order = "";
    function update(): void {
        const list = standings(study.zones, context.summary(), context.studySummary);
        const sorted = list.flatMap((standing) => rows.filter((row) => row.zone === standing.zone));
        const now = sorted.map((row) => row.zone.id).join("\n");
        if (now !== order) keepFocus(() => body.replaceChildren(...sorted.flatMap((row) => row.elements)));
        order = now;
        sorted.forEach((row, i) => row.show(list[i] as Standing));
    }
    return { element: el("div", {}, title, table), update };
}

// Rows that move take the focus along.
function keepFocus(move: () => void): void {
    const focused = document.activeElement;
    move();
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

// The zone's line, its bar, and what is told of it while it is selected.
function createRow(context: Context, zone: Zone, index: number): Row {
    const { format, store, map } = context;
    const bar = createBar(context);
    const name = button(
        { class: "zone-name", "aria-expanded": "false", "aria-controls": `zone-${index}`, ...studyLanguage(context) },
        () => {
            const selected = store.get().zone === zone.id;
            store.set({ zone: selected ? null : zone.id });
            if (!selected) map.flyTo(zone.bbox);
        },
        zone.name,
    );
    const rank = el("td", { class: "number rank" });
    const change = createChange(context);
    const score = el("td", { class: "number strong" });
    const good = el("td", { class: "number" });
    const line = el("tr", { class: "zone-line" }, rank, el("th", { scope: "row" }, name, change.element), score, good);
    const picture = el("tr", { class: "zone-bar" }, el("td", {}), el("td", { colspan: 3 }, bar.element));
    const details = el("td", { colspan: 3, id: `zone-${index}` });
    const more = el("tr", { class: "zone-more" }, el("td", {}), details);
    function show({ now, gained }: Standing): void {
        const { S1, S2 } = now.class_ha;
        const selected = store.get().zone === zone.id;
        setText(rank, String(now.rank));
        setText(score, now.score === null ? context.text.unscored : format.score(now.score));
        setText(good, format.hectares(S1 + S2));
        change.show(gained);
        bar.show(now.class_ha, now.class_ha.outside);
        setAttribute(name, "aria-expanded", String(selected));
        line.classList.toggle("selected", selected);
        more.hidden = !selected;
        if (selected) details.replaceChildren(describe(context, zone, now.class_ha));
    }
    return { zone, elements: [line, picture, more], show };
}

function describe(context: Context, zone: Zone, classHa: Zone["class_ha"]): HTMLElement {
    const { study, text, format, language } = context;
    const facts: [string, string][] = study.classes.map(({ id, label }) => [
        label[language],
        `${format.hectares(classHa[id])} ha`,
    ]);
    if (classHa.outside > 0) facts.push([text.outside, `${format.hectares(classHa.outside)} ha`]);
    facts.push([text.area, `${format.hectares(zone.area_ha)} ha`]);
    if (zone.stated_area_ha !== null) facts.push([text.statedArea, `${format.hectares(zone.stated_area_ha)} ha`]);
    return el(
        "div",
        { class: "zone-details" },
        el("dl", { class: "facts" }, ...facts.flatMap(([term, fact]) => [el("dt", {}, term), el("dd", {}, fact)])),
        zone.note ? el("p", { class: "quiet", ...studyLanguage(context) }, zone.note) : null,
    );
}
