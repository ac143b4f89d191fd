// What is shown, in the page's address: #map=zoom/lat/lon&w=road:0.4,slope:0.6&l=en&p=lon,lat&z=zone&c=class
// Weights and language stand there only where they differ from the study's.

import { normalise } from "../score";
import type { State, Store, View } from "../state";
import type { Language, Study } from "../study";
import { sameShares } from "./context";

const WRITE_EVERY_MS = 400; // browsers refuse addresses that change with every frame: Safari more than 100 in 30 s

const LANGUAGES: readonly Language[] = ["id", "en"];

export interface Link {
    readonly change: Partial<State>;
    readonly faults: readonly string[]; // weights that the study does not know: "road:x"
}

function fixed(value: number, decimals: number): string {
    return String(Number(value.toFixed(decimals)));
}

export function writeLink(study: Study, state: State): string {
    const shares = normalise(state.weights);
    const usual = normalise(study.criteria.map(({ weight }) => weight));
    const { zoom, lat, lon } = state.view;
    const parts = [`map=${fixed(zoom, 2)}/${fixed(lat, 5)}/${fixed(lon, 5)}`];
    if (!sameShares(shares, usual)) {
        parts.push(
            `w=${study.criteria.map(({ id }, k) => `${encodeURIComponent(id)}:${fixed(shares[k] ?? 0, 6)}`).join(",")}`,
        );
    }
    if (state.language !== study.language) parts.push(`l=${state.language}`);
    if (state.point) parts.push(`p=${fixed(state.point.lon, 6)},${fixed(state.point.lat, 6)}`);
    if (state.zone !== null) parts.push(`z=${encodeURIComponent(state.zone)}`);
    if (state.coloring === "class") parts.push("c=class");
    return `#${parts.join("&")}`;
}

// Whatever is not understood stays as the study has it; weights are told of, as a map of other weights would mislead.
export function readLink(study: Study, hash: string): Link {
    const fields = new Map(
        hash
            .replace(/^#/, "")
            .split("&")
            .map((part) => splitAt(part, "="))
            .map(([name, value]) => [name, decoded(value)]),
    );
    const language = LANGUAGES.find((known) => known === fields.get("l")) ?? study.language;
    const { weights, faults } = readWeights(study, fields.get("w"));
    const view = readView(fields.get("map"));
    const zone = study.zones.find(({ id }) => id === fields.get("z"));
    const change: Partial<State> = {
        language,
        weights,
        point: readPoint(fields.get("p")),
        zone: zone?.id ?? null,
        coloring: fields.get("c") === "class" ? "class" : "score",
        ...(view ? { view } : {}),
    };
    return { change, faults };
}

// Programs that pass a link on encode more or fewer of its characters than the page did.
function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

function splitAt(text: string, mark: string): [string, string] {
    const at = text.indexOf(mark);
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function numbers(text: string | undefined, mark: string, count: number): number[] | null {
    const list = (text ?? "").split(mark).map((part) => (part === "" ? NaN : Number(part)));
    return list.length === count && list.every(Number.isFinite) ? list : null;
}

function onEarth(lon: number, lat: number): boolean {
    return Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
}

function readView(text: string | undefined): View | null {
    const [zoom = NaN, lat = NaN, lon = NaN] = numbers(text, "/", 3) ?? [];
    return zoom >= 0 && zoom <= 24 && onEarth(lon, lat) ? { zoom, lat, lon } : null;
}

function readPoint(text: string | undefined): State["point"] {
    const [lon = NaN, lat = NaN] = numbers(text, ",", 2) ?? [];
    return onEarth(lon, lat) ? { lon, lat } : null;
}

function readWeights(study: Study, text: string | undefined): { weights: number[]; faults: string[] } {
    const usual = normalise(study.criteria.map(({ weight }) => weight));
    if (!text) return { weights: usual, faults: [] };
    const weights = study.criteria.map(() => 0);
    const faults: string[] = [];
    for (const part of text.split(",")) {
        const [name, value] = splitAt(part, ":");
        const k = study.criteria.findIndex(({ id }) => id === name);
        const [weight = NaN] = numbers(value, ",", 1) ?? [];
        if (k >= 0 && weight >= 0) weights[k] = weight;
        else faults.push(part);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const fine = faults.length === 0 && sum > 0 && Number.isFinite(sum);
    if (!fine && faults.length === 0) faults.push(text);
    return { weights: fine ? normalise(weights) : usual, faults };
}

// Keeps the address in step with the store, without adding to the browser's history; an address that the reader changes
// is followed: `follow` gets it.
export function keepLink(study: Study, store: Store, follow: (link: Link) => void): void {
    let waiting = false;
    const write = (): void => {
        waiting = false;
        history.replaceState(history.state, "", writeLink(study, store.get()));
    };
    store.subscribe(() => {
        if (!waiting) setTimeout(write, WRITE_EVERY_MS);
        waiting = true;
    });
    window.addEventListener("hashchange", ({ newURL }) => follow(readLink(study, new URL(newURL).hash)));
}
