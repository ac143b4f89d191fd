// "Why here": what the map says at the selected point, and where `tapak serve` runs the exact numbers after it.

import type { PortalMap, Reading } from "../map";
import { type Explanation, explainBytes, normalise } from "../score";
import type { State, Store } from "../state";
import type { Study } from "../study";
import { readAnswer, type ServerAnswer } from "./answer";

const ASK_AFTER_MS = 250; // while a slider moves the server is not asked
const ANSWER_WITHIN_MS = 10_000; // later it counts as silent

export type Answer =
    | { readonly status: "none" | "reading" | "failed" }
    | {
          readonly status: "known";
          readonly explanation: Explanation;
          readonly values: ServerAnswer["values"] | Reading["values"];
          readonly from: "map" | "server" | "server failed";
      };

export interface Inquiry {
    answer(): Answer;
}

// Follows the store; `changed` is called when an answer has come.
export function createInquiry(study: Study, store: Store, map: PortalMap, changed: () => void): Inquiry {
    let status: "none" | "reading" | "failed" | "known" = "none";
    let reading: Reading | null = null;
    let exact: ServerAnswer | null = null;
    let silent = false; // the server did not answer
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = new AbortController(); // ended when another question follows

    async function read(point: NonNullable<State["point"]>): Promise<void> {
        const current = (): boolean => store.get().point === point;
        status = "reading";
        reading = null;
        try {
            const found = await map.read(point.lon, point.lat);
            if (!current()) return;
            reading = found;
            status = "known";
        } catch {
            if (!current()) return;
            status = "failed";
        }
        changed();
    }

    async function ask({ point, weights }: State): Promise<void> {
        if (!point) return;
        const own = asking;
        const current = (): boolean => own === asking;
        const shares = normalise(weights);
        const limit = setTimeout(() => own.abort(), ANSWER_WITHIN_MS);
        const list = study.criteria.map(({ id }, k) => `${encodeURIComponent(id)}:${(shares[k] ?? 0).toFixed(12)}`);
        try {
            const response = await fetch(`explain?lon=${point.lon}&lat=${point.lat}&w=${list.join(",")}`, { signal: own.signal });
            const answer = response.ok ? readAnswer(study, await response.json()) : null;
            if (!current()) return;
            exact = answer;
            silent = answer === null;
        } catch {
            if (!current()) return;
            silent = true;
        } finally {
            clearTimeout(limit);
        }
        changed();
    }

    store.subscribe((now, before) => {
        if (now.point !== before.point) {
            status = "none";
            if (now.point) void read(now.point);
        }
        if (now.point === before.point && now.weights === before.weights) return;
        exact = null;
        clearTimeout(timer);
        asking.abort();
        asking = new AbortController();
        if (study.server && now.point) timer = setTimeout(() => void ask(now), ASK_AFTER_MS);
    });

    return {
        answer() {
            if (exact && status !== "none") return { status: "known", ...exact, from: "server" };
            if (status !== "known" || !reading) return { status: status === "known" ? "none" : status };
            const explanation = explainBytes(study, reading.bytes, store.get().weights);
            const from = study.server && silent ? "server failed" : "map";
            return { status, explanation, values: reading.values, from };
        },
    };
}
