// The section of layers: which are shown.

import type { MapLayer } from "../map";
import { type Context, type Part, studyLanguage } from "./context";
import { el } from "./dom";
import { rampGradient } from "./legend";

export function createLayers(context: Context): Part {
    const { text, map, store } = context;
    const rows = map.layers.map((layer) => createRow(context, layer));
    const element = el(
        "div",
        {},
        el("h2", {}, text.layersTitle),
        el("ul", { class: "layer-list" }, ...rows.map(({ item }) => item)),
    );
    function update(): void {
        for (const { layer, input } of rows) input.checked = !store.get().hidden.includes(layer.id);
    }
    return { element, update };
}

// The study names its layers; two belong to the page.
function nameOf(context: Context, { id, title, role }: MapLayer): string {
    const own: Readonly<Record<string, string>> = context.text.layerNames;
    return title || own[role] || id;
}

function createRow(context: Context, layer: MapLayer) {
    const { store } = context;
    const input = el("input", { type: "checkbox" });
    input.addEventListener("change", () => {
        const others = store.get().hidden.filter((id) => id !== layer.id);
        store.set({ hidden: input.checked ? others : [...others, layer.id] });
    });
    const name = el("span", layer.title ? studyLanguage(context) : {}, nameOf(context, layer));
    return { layer, input, item: el("li", {}, el("label", { class: "check" }, input, symbol(context, layer), name)) };
}

function symbol(context: Context, { role, color }: MapLayer): HTMLElement {
    const element = el("span", { class: `symbol symbol-${role}`, "aria-hidden": "true" });
    element.style.setProperty("--color", color ?? rampGradient(context));
    return element;
}
