// What follows while a slider moves, always in sight below the sliders: the best zones and the classes of the map.

import { createBar } from "./bar";
import type { Context, Part } from "./context";
import { el } from "./dom";
import { rankChange, type Standing, standings } from "./ranks";

const MOST = 5; // zones

export function createStrip(context: Context): Part {
    const { text, study, format } = context;
    const bar = createBar(context);
    const list = el("ol", { class: "strip-list" });
    const line = ({ zone, now, gained }: Standing): HTMLElement =>
        el(
            "li",
            {},
            el("span", { class: "strip-rank" }, String(now.rank)),
            el("span", { class: "strip-name" }, zone.name),
            rankChange(context, gained),
            el("span", { class: "strip-score" }, format.score(now.score)),
        );
    const element = el(
        "section",
        { class: "strip", "aria-label": text.ranking },
        el("h3", {}, text.ranking),
        list,
        bar.element,
    );
    function update(): void {
        const best = standings(study.zones, context.summary(), context.studySummary).slice(0, MOST);
        list.replaceChildren(...(best.length > 0 ? best.map(line) : [el("li", {}, text.noZones)]));
        bar.show(context.summary().map.class_ha, 0);
    }
    return { element, update };
}
