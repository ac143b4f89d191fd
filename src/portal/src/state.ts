// What the page shows at the moment, in one place. Everything that changes it, or follows it, goes through the store.

import type { Language } from "./study";

export interface View {
    readonly lon: number;
    readonly lat: number;
    readonly zoom: number;
}

export interface State {
    readonly weights: readonly number[]; // as set, one a criterion, 0 or more; shares of 1 are score.ts normalise()
    readonly language: Language;
    readonly view: View;
    readonly point: { readonly lon: number; readonly lat: number } | null; // asked "why here"
    readonly zone: string | null; // id of the selected zone
    readonly hidden: readonly string[]; // ids of layers that are switched off
    readonly coloring: "score" | "class";
    readonly opacity: number; // of the suitability map, 0..1
}

export type Listener = (now: State, before: State) => void;

export interface Store {
    get(): State;
    set(change: Partial<State>): void; // listeners are called once, at once, when anything differs
    subscribe(listener: Listener): () => void; // returns what ends the subscription
}

export function createStore(initial: State): Store {
    let state = initial;
    const listeners = new Set<Listener>();
    return {
        get: () => state,
        set(change) {
            const before = state;
            const differs = (Object.keys(change) as (keyof State)[]).some((key) => change[key] !== before[key]);
            if (!differs) return;
            state = { ...before, ...change };
            for (const listener of [...listeners]) listener(state, before);
        },
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}
