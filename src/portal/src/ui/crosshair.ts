// The map by keyboard: while it has the focus a crosshair marks its middle (app.css), and Enter asks "why here" there.

import { el, icon } from "./dom";

export function createCrosshair(): HTMLElement {
    return el("div", { class: "crosshair", "aria-hidden": "true" }, icon("target"));
}

export function onEnter(mapElement: HTMLElement, ask: () => void): void {
    mapElement.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !(event.target instanceof HTMLCanvasElement)) return;
        event.preventDefault();
        ask();
    });
}
