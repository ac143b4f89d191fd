// What every part of the page works with.

import type { Summary } from "../cells";
import type { PortalMap } from "../map";
import type { Store } from "../state";
import type { Language, Study } from "../study";
import type { Format } from "./format";
import type { Texts } from "./texts";

export interface Context {
    readonly study: Study;
    readonly store: Store;
    readonly map: PortalMap;
    readonly language: Language;
    readonly text: Texts;
    readonly format: Format;
    readonly studyShares: readonly number[]; // the project's weights as shares of 1
    readonly studySummary: Summary; // with the project's weights
    readonly locked: boolean[]; // weights that the reader holds, one a criterion
    shares(): readonly number[]; // weights as they are now, shares of 1
    summary(): Summary; // with the weights as they are now, or were a moment ago: figures.ts
    changed(): boolean; // the weights differ from the project's
    tell(words: (text: Texts) => string): void; // what was done: messages.ts
}

// A part of the page: built once a language, brought up to date whenever the store changes.
export interface Part {
    readonly element: HTMLElement;
    update(): void;
}

// Shares closer than this are the same: far below what a byte of membership can show.
export const SAME_SHARE = 1e-6;

export function sameShares(a: readonly number[], b: readonly number[]): boolean {
    return a.every((share, k) => Math.abs(share - (b[k] ?? 0)) < SAME_SHARE);
}

// Words of the study are in its own language, whatever the page speaks.
export function studyLanguage(context: Context): { lang: Language } | Record<string, never> {
    return context.study.language === context.language ? {} : { lang: context.study.language };
}
