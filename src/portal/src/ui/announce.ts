// Says how the ranking stands once the weights rest, for those who do not see it move.

import type { Context } from "./context";
import { standings } from "./ranks";

const REST_MS = 900;
const MOST = 5; // zones

export function rankingWords(context: Context): string {
    const { study, text, format } = context;
    const summary = context.summary();
    const best = standings(study.zones, summary, context.studySummary).slice(0, MOST);
    const list = best.map(({ zone, now }) => `${now.rank} ${zone.name} ${format.score(now.score)}`).join(", ");
    const { S1, S2 } = summary.map.class_ha;
    return text.rankingNow(list || text.noZones, format.about(S1 + S2));
}

// To be called whenever the figures have changed.
export function createAnnouncer(live: HTMLElement, words: () => string): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return () => {
        clearTimeout(timer);
        timer = setTimeout(() => (live.textContent = words()), REST_MS);
    };
}
