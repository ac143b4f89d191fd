// A stacked bar of hectares by class. What it shows is also its name, for those who do not see it.

import type { ClassHectares } from "../study";
import type { Context } from "./context";
import { el, setAttribute, setVariable } from "./dom";

interface Piece {
    readonly name: string;
    readonly color: string | null; // null: outside the study area, hatched
    readonly ha: number;
}

function pieces(context: Context, classHa: Readonly<ClassHectares>, outsideHa: number): Piece[] {
    const { study, language, text } = context;
    const classes = study.classes.map(({ id, color, label }) => ({ name: label[language], color, ha: classHa[id] }));
    return [...classes, { name: text.outside, color: null, ha: outsideHa }].filter((piece) => piece.ha > 0);
}

export interface Bar {
    readonly element: HTMLElement;
    show(classHa: Readonly<ClassHectares>, outsideHa: number): void;
}

export function createBar(context: Context): Bar {
    const { text, format } = context;
    const element = el("div", { class: "bar", role: "img" });
    const segments = new Map<string, HTMLElement>(); // by name; moved, not made again, while a slider moves
    let order = "";
    return {
        element,
        show(classHa, outsideHa) {
            const shown = pieces(context, classHa, outsideHa);
            const total = shown.reduce((sum, piece) => sum + piece.ha, 0);
            const words = shown.map(({ name, ha }) => `${name} ${format.percent(ha / total, 0)}`);
            setAttribute(element, "aria-label", `${text.classBar}: ${words.join(", ")}`);
            setAttribute(element, "title", words.join("\n"));
            const parts = shown.map((piece) => segmentOf(segments, piece));
            const now = shown.map(({ name }) => name).join("\n");
            if (now !== order) element.replaceChildren(...parts);
            order = now;
            shown.forEach(({ ha }, i) => setVariable(parts[i]!, "--share", (ha / total).toFixed(4)));
        },
    };
}

function segmentOf(segments: Map<string, HTMLElement>, { name, color }: Piece): HTMLElement {
    const element = segments.get(name) ?? el("span", { class: color === null ? "bar-outside" : "bar-piece" });
    if (color !== null && !segments.has(name)) element.style.background = color;
    segments.set(name, element);
    return element;
}
