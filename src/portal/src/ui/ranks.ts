// How zones stand now, and how that differs from the project's weights.

import type { Summary, ZoneSummary } from "../cells";
import type { Zone } from "../study";
import type { Context } from "./context";
import { el } from "./dom";

export interface Standing {
    readonly zone: Zone;
    readonly now: ZoneSummary;
    readonly gained: number; // places gained since the project's weights; negative: lost
}

// Best first; zones that share a rank keep the order of the study.
export function standings(zones: readonly Zone[], now: Summary, before: Summary): Standing[] {
    const list = zones.flatMap((zone, i) => {
        const [own, usual] = [now.zones[i], before.zones[i]];
        return own && usual ? [{ zone, now: own, gained: usual.rank - own.rank }] : [];
    });
    return list.sort((a, b) => a.now.rank - b.now.rank);
}

// An arrow and a word; nothing while the weights are the project's.
export function rankChange(context: Context, gained: number): HTMLElement {
    const { text } = context;
    const kind = gained > 0 ? "up" : gained < 0 ? "down" : "same";
    const word = gained > 0 ? text.up(gained) : gained < 0 ? text.down(-gained) : text.same;
    const arrow = { up: "▲", down: "▼", same: "=" }[kind];
    if (!context.changed()) return el("span", { class: "change" });
    return el("span", { class: `change change-${kind}` }, el("span", { "aria-hidden": "true" }, arrow), ` ${word}`);
}
