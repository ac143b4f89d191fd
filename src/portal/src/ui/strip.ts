// What follows while a slider moves, always in sight below the sliders: the best zones and the classes of the map.

import { createBar } from "./bar";
import type { Context, Part } from "./context";
import { el, setText } from "./dom";
import { createChange, type Standing, standings } from "./ranks";

const MOST = 5; // zones

export function createStrip(context: Context): Part {
    const { text, study } = context;
    const bar = createBar(context);
    const lines = study.zones.slice(0, MOST).map(() => createLine(context));
    const list = el("ol", { class: "strip-list" }, ...lines.map((line) => line.element));
    if (lines.length === 0) list.append(el("li", {}, text.noZones));
    const element = el(
        "section",
        { class: "strip", "aria-label": text.ranking },
        el("h3", {}, text.ranking),
        list,
        bar.element,
    );
    function update(): void {
        const summary = context.summary();
        const best = standings(study.zones, summary, context.studySummary);
        lines.forEach((line, i) => line.show(best[i]!));
        bar.show(summary.map.class_ha, 0);
    }
    return { element, update };
}

function createLine(context: Context) {
    const rank = el("span", { class: "strip-rank" });
    const name = el("span", { class: "strip-name" });
    const change = createChange(context);
    const score = el("span", { class: "strip-score" });
    return {
        element: el("li", {}, rank, name, change.element, score),
        show({ zone, now, gained }: Standing): void {
            setText(rank, String(now.rank));
            setText(name, zone.name);
            change.show(gained);
            setText(score, context.format.score(now.score));
        },
    };
}
