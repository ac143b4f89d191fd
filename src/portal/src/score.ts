// The score of one place: weighted sum with constraints and unknowns, by the rules of src/engine/evaluate.c.

import type { ClassId, Constraint, Criterion, Study } from "./study";

export const UNKNOWN = 255; // membership byte; 0..254 is membership * 254

// Is known of a place: one pixel of memberships.tif or one record of cells.js.
export interface Place {
    readonly memberships: Uint8Array; // a byte a criterion
    readonly reasons: number; // bit k: constraint k excludes
    readonly constraintUnknown: boolean;
    readonly outside: boolean;
}

export interface Row {
    readonly criterion: Criterion;
    readonly index: number;
    readonly membership: number | null; // 0..1; null: unknown here
    readonly counted: number | null; // the membership that entered the score; null: none did
    readonly weight: number; // share of 1
    readonly gained: number; // points of 100
    readonly lost: number; // points of 100
}

export interface Explanation {
    readonly outcome: "outside" | "excluded" | "unknown" | "scored";
    readonly score: number | null; // 0..1; 0 where excluded
    readonly classId: ClassId | null; // null: outside
    readonly rows: readonly Row[];
    readonly limiting: Criterion | null; // costs most; null: nothing lost, or not scored
    readonly excludedBy: readonly Constraint[];
    readonly constraintUnknown: boolean;
}

// Shares of 1. All zero stays zero: then no score exists.
export function normalise(weights: readonly number[]): number[] {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => (sum > 0 ? weight / sum : 0));
}

export function placeFromPixel(_study: Study, bytes: Uint8Array): Place {
    return { memberships: bytes, reasons: 0, constraintUnknown: false, outside: true };
}

// Class of a score that is known.
export function classify(_study: Study, _score: number): ClassId {
    return "N";
}

export function explain(_study: Study, _place: Place, _weights: readonly number[]): Explanation {
    return { outcome: "outside", score: null, classId: null, rows: [], limiting: null, excludedBy: [], constraintUnknown: false };
}

// The same from the bytes of a pixel of memberships.tif.
export function explainBytes(study: Study, bytes: Uint8Array, weights: readonly number[]): Explanation {
    return explain(study, placeFromPixel(study, bytes), weights);
}
