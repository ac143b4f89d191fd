// The score of one place: weighted sum with constraints and unknowns, by the rules of src/engine/evaluate.c.

import type { ClassId, Constraint, Criterion, Study, UnknownPolicy } from "./study";

export const UNKNOWN = 255; // membership byte
export const FULL = 240; // membership byte of 1

// What is known of a place: one pixel of memberships.tif or one record of cells.js.
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
    readonly weight: number; // share of 1 that counts here: 0 where it is left to the others, theirs is greater then
    readonly gained: number | null; // points of 100; null: nothing counts
    readonly lost: number | null; // points of 100
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

// The membership that stands for an unknown one; NaN: the score is unknown; null: none, the weight is shared.
export function insteadOfUnknown(policy: UnknownPolicy): number | null {
    if (policy === "share") return null;
    if (policy === "exclude") return NaN;
    return policy === "worst" ? 0 : policy;
}

export function placeFromPixel(study: Study, bytes: Uint8Array): Place {
    const { n_criteria, n_reason_bands } = study.memberships;
    let bits = 0n;
    for (let band = n_reason_bands - 1; band >= 0; band--) bits = (bits << 8n) | BigInt(bytes[n_criteria + band] ?? 0);
    return {
        memberships: bytes.subarray(0, n_criteria),
        reasons: Number(bits >> 1n), // up to 32 constraints, and "outside" before them
        constraintUnknown: bytes[n_criteria + n_reason_bands] === 1,
        outside: (bits & 1n) === 1n,
    };
}

// Class of a score that is known. Compared in single precision, as the run compares what it stores.
export function classify(study: Study, score: number): ClassId {
    const own = Math.fround(score);
    const reached = study.classes.find(({ from }) => from !== undefined && own >= Math.fround(from));
    return reached?.id ?? "N";
}

function makeRow(criterion: Criterion, index: number, membership: number | null, weight: number): Row {
    const instead = membership ?? insteadOfUnknown(criterion.unknown);
    const counted = instead === null || Number.isNaN(instead) ? null : instead;
    const points = (share: number | null): number | null => (share === null ? null : 100 * weight * share);
    return { criterion, index, membership, counted, weight, gained: points(counted), lost: points(counted === null ? null : 1 - counted) };
}

// The weight of what is left out is shared by the others, and so are its points (src/api/explain.c).
function makeRows(study: Study, bytes: Uint8Array, shares: readonly number[]): Row[] {
    const memberships = study.criteria.map((_, k) => (bytes[k] === undefined || bytes[k] === UNKNOWN ? null : bytes[k] / FULL));
    const kept = study.criteria.map(({ unknown }, k) => (memberships[k] === null && unknown === "share" ? 0 : shares[k]!));
    return normalise(kept).map((weight, k) => makeRow(study.criteria[k]!, k, memberships[k]!, weight));
}

// null: unknown.
function scoreOf(rows: readonly Row[]): number | null {
    if (rows.some((row) => row.counted === null && row.criterion.unknown !== "share")) return null;
    if (!rows.some((row) => row.weight > 0)) return null;
    return Math.min(1, rows.reduce((sum, row) => sum + row.weight * (row.counted ?? 0), 0));
}

// Of equal losses the first, as in the run.
function findLimiting(rows: readonly Row[]): Criterion | null {
    let worst: Row | null = null;
    for (const row of rows) if ((row.lost ?? 0) > (worst?.lost ?? 0)) worst = row;
    return worst?.criterion ?? null;
}

function outcomeOf(place: Place, score: number | null): Explanation["outcome"] {
    if (place.outside) return "outside";
    if (place.reasons !== 0) return "excluded";
    return place.constraintUnknown || score === null ? "unknown" : "scored";
}

export function explain(study: Study, place: Place, weights: readonly number[]): Explanation {
    const rows = makeRows(study, place.memberships, normalise(weights));
    const known = scoreOf(rows);
    const outcome = outcomeOf(place, known);
    const score = outcome === "scored" ? known : outcome === "excluded" ? 0 : null;
    const classId = outcome === "outside" ? null : outcome === "scored" ? classify(study, known ?? 0) : outcome;
    return {
        outcome,
        score,
        classId,
        rows,
        limiting: outcome === "scored" ? findLimiting(rows) : null,
        excludedBy: study.constraints.filter((_, k) => !place.outside && Math.floor(place.reasons / 2 ** k) % 2 === 1),
        constraintUnknown: place.constraintUnknown,
    };
}

// The same from the bytes of a pixel of memberships.tif.
export function explainBytes(study: Study, bytes: Uint8Array, weights: readonly number[]): Explanation {
    return explain(study, placeFromPixel(study, bytes), weights);
}
