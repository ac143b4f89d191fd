// A stacked bar of hectares by class. What it shows is also its name, for those who do not see it.

import type { ClassHectares } from "../study";
import type { Context } from "./context";
import { el } from "./dom";

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
    return {
        element,
        show(classHa, outsideHa) {
            const shown = pieces(context, classHa, outsideHa);
            const total = shown.reduce((sum, piece) => sum + piece.ha, 0);
            const words = shown.map(({ name, ha }) => `${name} ${format.percent(ha / total, 0)}`);
            element.setAttribute("aria-label", `${text.classBar}: ${words.join(", ")}`);
            element.title = words.join("\n");
            element.replaceChildren(...shown.map(({ color, ha }) => segment(color, ha / total)));
        },
    };
}

function segment(color: string | null, share: number): HTMLElement {
    const element = el("span", { class: color === null ? "bar-outside" : "bar-piece" });
    element.style.flexGrow = String(share);
    if (color !== null) element.style.background = color;
    return element;
}
