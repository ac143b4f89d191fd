// What GET /explain of `tapak serve` answers, checked, as an explanation of the page.

import type { Explanation, Row } from "../score";
import { CLASS_IDS, type ClassId, type Study } from "../study";

export interface ServerAnswer {
    readonly explanation: Explanation;
    readonly values: readonly (number | string | null)[]; // one a criterion; a category as its name or code
}

type Fields = Readonly<Record<string, unknown>>;

const OUTCOMES: readonly Explanation["outcome"][] = ["outside", "excluded", "unknown", "scored"];

function fieldsOf(value: unknown): Fields {
    return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): Fields[] {
    return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function numberOf(value: unknown): number | null {
    return typeof value === "number" && Number.isFinite(value) ? value : null;
}

// null where it is no such answer, or not of this study.
export function readAnswer(study: Study, shares: readonly number[], json: unknown): ServerAnswer | null {
    const answer = fieldsOf(json);
    const outcome = OUTCOMES.find((known) => known === answer["outcome"]);
    const found = listOf(answer["criteria"]);
    const items = study.criteria.map(({ id }) => found.find((item) => item["id"] === id));
    if (!outcome || (outcome !== "outside" && items.includes(undefined))) return null;
    const classId: ClassId | null = CLASS_IDS.find((id) => id === answer["class"]) ?? null;
    const excluding = listOf(answer["constraints"]).filter((item) => item["excludes"] === true);
    const rows = study.criteria.map((criterion, index) =>
        rowOf(criterion, index, shares[index] ?? 0, items[index] ?? {}),
    );
    const explanation: Explanation = {
        outcome,
        score: numberOf(answer["score"]),
        classId,
        rows,
        countedWeight: rows.reduce((sum, row) => sum + (row.counted === null ? 0 : row.weight), 0),
        limiting: study.criteria.find(({ id }) => id === answer["limiting"]) ?? null,
        excludedBy: study.constraints.filter(({ id }) => excluding.some((item) => item["id"] === id)),
        constraintUnknown: listOf(answer["constraints"]).some((item) => item["excludes"] === null),
    };
    return { explanation, values: items.map((item) => valueOf(item?.["value"])) };
}

function valueOf(value: unknown): number | string | null {
    return typeof value === "string" ? value : numberOf(value);
}

function rowOf(criterion: Row["criterion"], index: number, share: number, item: Fields): Row {
    const membership = numberOf(item["membership"]);
    return {
        criterion,
        index,
        membership,
        counted: numberOf(item["counted"]) ?? membership,
        weight: numberOf(item["weight"]) ?? share,
        gained: numberOf(item["gained"]) ?? 0,
        lost: numberOf(item["lost"]) ?? 0,
    };
}
