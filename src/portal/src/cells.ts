// Hectares by class and scores of zones, for any weights, from the records of cells.js.

import { faults } from "./faults";
import { FULL, insteadOfUnknown, normalise, UNKNOWN } from "./score";
import type { CellRange, ClassHectares, Study } from "./study";

// The records of one zone, or of the map. Only those that weights can change are kept one by one.
export interface Group {
    readonly ha: Float32Array;
    readonly memberships: readonly Uint8Array[]; // one array a criterion; 0 where it is unknown
    readonly gaps: readonly Uint32Array[]; // where it is, for each criterion, ascending
    readonly excluded_ha: number;
    readonly unknown_ha: number; // a constraint is unknown
}

export interface Cells {
    readonly zones: readonly Group[];
    readonly map: Group;
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

// ---- decoding ----

function bytesFromBase64(text: string): Uint8Array {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
}

function decodeGroup(study: Study, view: DataView, range: CellRange): Group {
    const { record } = study;
    const start = (i: number) => range.offset + i * record.bytes;
    const kept: number[] = [];
    let excluded_ha = 0;
    let unknown_ha = 0;
    for (let i = 0; i < range.n; i++) {
        const ha = view.getFloat32(start(i) + record.ha, true);
        if (view.getUint32(start(i) + record.reasons, true) !== 0) excluded_ha += ha;
        else if (view.getUint8(start(i) + record.state) === 1) unknown_ha += ha;
        else kept.push(start(i));
    }
    const bytesOf = (k: number) => Uint8Array.from(kept, (offset) => view.getUint8(offset + record.memberships + k));
    const columns = study.criteria.map((_, k) => bytesOf(k));
    return {
        ha: Float32Array.from(kept, (offset) => view.getFloat32(offset + record.ha, true)),
        memberships: columns.map((column) => column.map((byte) => (byte === UNKNOWN ? 0 : byte))),
        gaps: columns.map((column) => Uint32Array.from(column.keys()).filter((i) => column[i] === UNKNOWN)),
        excluded_ha,
        unknown_ha,
    };
}

// text: what cells.js holds. Throws Fault.
export function decodeCells(study: Study, text: unknown): Cells {
    if (typeof text !== "string") throw faults.missing("cells.js");
    const bytes = bytesFromBase64(text);
    const ranges = [...study.zones.map((zone) => zone.cells), study.map.cells];
    const end = Math.max(...ranges.map((range) => range.offset + range.n * study.record.bytes));
    if (end > bytes.length) throw faults.damaged("cells.js", `${bytes.length} < ${end} bytes`);
    const view = new DataView(bytes.buffer);
    return {
        zones: study.zones.map((zone) => decodeGroup(study, view, zone.cells)),
        map: decodeGroup(study, view, study.map.cells),
    };
}

// ---- weighing ----

const PIECE = 2048; // records whose sums stay in the processor's cache
const sums = new Float64Array(PIECE);
const counts = new Float64Array(PIECE);
const NO_SHARE = 1e-9; // shares of 1 add up to it only by rounding

// Four criteria at a time, so that a sum is fetched and stored a quarter as often; where there are fewer, 0 is added.
function addMemberships(group: Group, weights: readonly number[], first: number, n: number): void {
    const some = group.memberships;
    const weightOf = (k: number): number => (weights[k] ?? 0) / FULL;
    for (let k = 0; k < weights.length; k += 4) {
        const [a, b, c, d] = [weightOf(k), weightOf(k + 1), weightOf(k + 2), weightOf(k + 3)];
        const [p, q, r, s] = [some[k]!, some[k + 1] ?? some[k]!, some[k + 2] ?? some[k]!, some[k + 3] ?? some[k]!];
        for (let i = 0, at = first; i < n; i++, at++) sums[i]! += a * p[at]! + b * q[at]! + c * r[at]! + d * s[at]!;
    }
}

// Walks through the gaps of one group, piece by piece: what stands for an unknown membership, or leaves its weight to the others.
function createFiller(study: Study, group: Group, weights: readonly number[]): (first: number, n: number) => void {
    const next = study.criteria.map(() => 0);
    const shares = study.criteria.some(({ unknown }, k) => unknown === "share" && group.gaps[k]!.length > 0);
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    return (first, n) => {
        counts.fill(whole);
        study.criteria.forEach(({ unknown }, k) => {
            const [gaps, weight, instead] = [group.gaps[k]!, weights[k]!, insteadOfUnknown(unknown)];
            for (; gaps[next[k]!]! < first + n; next[k]!++) {
                const i = gaps[next[k]!]! - first;
                if (instead === null) counts[i]! -= weight;
                else sums[i]! += weight * instead;
            }
        });
        if (shares) for (let i = 0; i < n; i++) sums[i] = counts[i]! > NO_SHARE ? sums[i]! / counts[i]! : NaN;
    };
}

interface Tally {
    readonly ha: Float64Array; // S1, S2, S3, N, unknown
    score_ha: number; // sum of score x hectares
}

// Bounds and scores are compared in single precision, as the run compares what it stores.
function tallyPiece(tally: Tally, ha: Float32Array, first: number, n: number, bounds: Float32Array): void {
    const [s1 = 0, s2 = 0, s3 = 0] = bounds;
    for (let i = 0; i < n; i++) {
        const score = Math.fround(sums[i]!);
        const own_ha = ha[first + i]!;
        if (score !== score) {
            tally.ha[4]! += own_ha;
            continue;
        }
        tally.ha[score >= s1 ? 0 : score >= s2 ? 1 : score >= s3 ? 2 : 3]! += own_ha;
        tally.score_ha += sums[i]! * own_ha;
    }
}

function weigh(study: Study, group: Group, weights: readonly number[], bounds: Float32Array): Tally {
    const tally: Tally = { ha: new Float64Array(5), score_ha: 0 };
    const fillGaps = createFiller(study, group, weights);
    for (let first = 0; first < group.ha.length; first += PIECE) {
        const n = Math.min(PIECE, group.ha.length - first);
        sums.fill(0);
        addMemberships(group, weights, first, n);
        fillGaps(first, n);
        tallyPiece(tally, group.ha, first, n, bounds);
    }
    return tally;
}

// ---- results ----

function hectares(group: Group, tally: Tally): ClassHectares {
    const [S1 = 0, S2 = 0, S3 = 0, N = 0, unknown = 0] = tally.ha;
    return { S1, S2, S3, N, excluded: group.excluded_ha, unknown: unknown + group.unknown_ha };
}

// Excluded land counts 0; unknown land does not count.
function meanScore(group: Group, tally: Tally): number | null {
    const { S1, S2, S3, N, excluded } = hectares(group, tally);
    const known_ha = S1 + S2 + S3 + N + excluded;
    return known_ha > 0 ? tally.score_ha / known_ha : null;
}

function rankOf(score: number | null, all: readonly (number | null)[]): number {
    return 1 + all.filter((other) => other !== null && (score === null || other > score)).length;
}

export function summarise(study: Study, cells: Cells, weights: readonly number[]): Summary {
    const normal = normalise(weights);
    const own = normal.some((weight) => weight > 0) ? normal : normal.map(() => NaN); // no weight at all: every score is unknown
    const bounds = Float32Array.from(["S1", "S2", "S3"], (id) => study.classes.find((one) => one.id === id)?.from ?? Infinity);

    const tallies = cells.zones.map((group) => weigh(study, group, own, bounds));
    const scores = cells.zones.map((group, i) => meanScore(group, tallies[i]!));
    const zones = study.zones.map((zone, i) => ({
        id: zone.id,
        score: scores[i]!,
        rank: rankOf(scores[i]!, scores),
        class_ha: { ...hectares(cells.zones[i]!, tallies[i]!), outside: zone.class_ha.outside },
    }));
    const map = weigh(study, cells.map, own, bounds);
    return { zones, map: { class_ha: hectares(cells.map, map), area_ha: study.map.area_ha } };
}
