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

export interface Change {
    readonly element: HTMLElement;
    show(gained: number): void;
}

// An arrow and a word; nothing while the weights are the project's.
export function createChange(context: Context): Change {
    const element = el("span", { class: "change" });
    let shown: number | null = null; // null: nothing
    return {
        element,
        show(gained) {
            const now = context.changed() ? gained : null;
            if (now !== shown) element.replaceChildren(...(now === null ? [] : changeWords(context, now)));
            if (now !== shown) element.className = now === null ? "change" : `change change-${kindOf(now)}`;
            shown = now;
        },
    };
}

function kindOf(gained: number): "up" | "down" | "same" {
    return gained > 0 ? "up" : gained < 0 ? "down" : "same";
}

function changeWords({ text }: Context, gained: number): (Node | string)[] {
    const kind = kindOf(gained);
    const word = { up: text.up(gained), down: text.down(-gained), same: text.same }[kind];
    return [el("span", { "aria-hidden": "true" }, { up: "▲", down: "▼", same: "=" }[kind]), ` ${word}`];
}
