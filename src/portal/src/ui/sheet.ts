// On a phone the panel is a sheet at the bottom of the map, of three heights; its handle is dragged, tapped or pressed.

import { button } from "./dom";
import type { Texts } from "./texts";

export const PHONE = "(max-width: 720px)";

const HEIGHTS = ["low", "half", "full"] as const;
export type SheetHeight = (typeof HEIGHTS)[number];

export interface Sheet {
    readonly handle: HTMLElement;
    raise(height: SheetHeight): void;
}

export function createSheet(panel: HTMLElement, text: Texts, moved: (height: SheetHeight) => void): Sheet {
    const now = (): SheetHeight => HEIGHTS.find((height) => height === panel.dataset["sheet"]) ?? "half";
    const raise = (height: SheetHeight): void => {
        panel.dataset["sheet"] = height;
        const words = height === "full" ? text.sheetLess : text.sheetMore;
        handle.setAttribute("aria-label", words);
        handle.setAttribute("aria-expanded", String(height !== "low"));
        moved(height);
    };
    let dragged = false;
    const handle = button({ class: "sheet-handle" }, () => {
        if (!dragged) raise({ low: "half", half: "full", full: "low" }[now()] as SheetHeight);
    });
    handle.addEventListener("keydown", () => (dragged = false)); // its click is not the one that a drag ends with
    handle.addEventListener("pointerdown", (event) => {
        dragged = false;
        handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
        if (!handle.hasPointerCapture(event.pointerId)) return;
        const height = window.innerHeight - event.clientY;
        if (!dragged && Math.abs(height - panel.offsetHeight) < 12) return;
        dragged = true;
        panel.style.height = `${height}px`;
    });
    const release = (): void => {
        const share = panel.offsetHeight / window.innerHeight;
        panel.style.height = "";
        if (dragged) raise(share > 0.7 ? "full" : share > 0.3 ? "half" : "low");
    };
    handle.addEventListener("pointerup", release);
    handle.addEventListener("pointercancel", release);
    return { handle, raise };
}
