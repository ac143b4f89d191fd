// The study as a run of Tapak wrote it into study.js, and the check that it can be shown.

import { faults } from "./faults";

export type Language = "id" | "en";
export type Text = Readonly<Record<Language, string>>;

// What an unknown membership does: the score becomes unknown, counts as 0, leaves its weight to the others, or is that membership.
export type UnknownPolicy = "exclude" | "worst" | "share" | number;

export type ClassId = "S1" | "S2" | "S3" | "N" | "excluded" | "unknown";
export const CLASS_IDS: readonly ClassId[] = ["S1", "S2", "S3", "N", "excluded", "unknown"];
export type ClassHectares = Record<ClassId, number>;

export type LonLat = readonly [number, number];
export type Box = readonly [west: number, south: number, east: number, north: number];

export interface Criterion {
    readonly id: string;
    readonly title: string;
    readonly unit: string;
    readonly weight: number;
    readonly unknown: UnknownPolicy;
    readonly categories: readonly string[] | null;
    readonly curve: string;
    readonly value_scale: number;
    readonly value_offset: number;
}

export interface Constraint {
    readonly id: string;
    readonly title: string;
    readonly source: string; // of law
    readonly bit: number; // in the reason bands of a pixel; bit 0 is "outside", so 1 more than in a record of cells.js
}

export interface SuitabilityClass {
    readonly id: ClassId;
    readonly from?: number; // score, inclusive; S1, S2, S3 only
    readonly color: string;
    readonly label: Text;
}

export interface Preset {
    readonly id: string;
    readonly title: Text;
    readonly weights: Readonly<Record<string, number>>;
}

export interface CellRange {
    readonly offset: number; // bytes into cells.js
    readonly n: number;
}

export interface Zone {
    readonly id: string;
    readonly name: string;
    readonly area_ha: number;
    readonly stated_area_ha: number | null;
    readonly note: string | null;
    readonly rank: number;
    readonly score_mean: number | null;
    readonly class_ha: Readonly<ClassHectares & { outside: number }>;
    readonly cells: CellRange;
    readonly bbox: Box;
    readonly point: LonLat;
}

export interface Study {
    readonly tapak: string;
    readonly format: 1;
    readonly title: string;
    readonly language: Language;
    readonly note: string | null;
    readonly created: string | null;
    readonly server?: boolean; // `tapak serve` answers /explain
    readonly bbox: Box;
    readonly center: LonLat;
    readonly grid: { readonly crs: string; readonly cell_m: number };
    readonly criteria: readonly Criterion[];
    readonly constraints: readonly Constraint[];
    readonly classes: readonly SuitabilityClass[];
    readonly ramp: readonly (readonly [score: number, color: string])[];
    readonly zero_color: string;
    readonly presets: readonly Preset[];
    readonly zones: readonly Zone[];
    readonly map: { readonly cells: CellRange; readonly cell_m: number; readonly area_ha: number };
    readonly record: {
        readonly bytes: number;
        readonly ha: number;
        readonly reasons: number;
        readonly state: number;
        readonly memberships: number;
    };
    readonly small: { readonly width: number; readonly height: number } | null;
    readonly memberships: {
        readonly file: string;
        readonly n_criteria: number;
        readonly n_reason_bands: number;
        readonly width: number;
        readonly height: number;
        readonly origin: readonly [x: number, y: number];
        readonly pixel_m: number;
    };
    readonly values: { readonly file: string };
    readonly files: readonly { readonly path: string; readonly title: Text; readonly bytes: number | null }[]; // null: not known when the study was written
    readonly sources: readonly string[];
}

// What study.js left, once it is known to be of this format. Throws Fault.
export function readStudy(found: unknown): Study {
    if (typeof found !== "object" || found === null) throw faults.missing("study.js");
    const study = found as Study;
    if (study.format !== 1) throw faults.format(String(study.format ?? "?"));
    const parts = ["criteria", "constraints", "classes", "ramp", "presets", "zones", "files", "sources"] as const;
    const lacking = parts.find((part) => !Array.isArray(study[part]));
    if (lacking) throw faults.damaged("study.js", lacking);
    if (study.criteria.length !== study.memberships?.n_criteria) throw faults.damaged("study.js", "memberships");
    return study;
}

export function bandCount(study: Study): number {
    return study.memberships.n_criteria + study.memberships.n_reason_bands + 1;
}
