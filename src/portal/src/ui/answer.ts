// What GET /explain of `tapak serve` answers (docs/commands/explain.md), checked, as an explanation of the page.

import type { Explanation, Row } from "../score";
import { CLASS_IDS, type Criterion, type Study } from "../study";

export interface ServerAnswer {
    readonly explanation: Explanation;
    readonly values: readonly (number | string | null)[]; // one a criterion; a category by its name
}

type Fields = Readonly<Record<string, unknown>>;

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
export function readAnswer(study: Study, json: unknown): ServerAnswer | null {
    const answer = fieldsOf(json);
    const classId = CLASS_IDS.find((id) => id === answer["class"]) ?? null;
    const found = listOf(answer["criteria"]);
    const items = study.criteria.flatMap(({ id }) => found.filter((item) => item["id"] === id).slice(0, 1));
    if (items.length !== study.criteria.length || (!classId && answer["class"] !== "outside")) return null;
    const constraints = listOf(answer["constraints"]);
    const holds = (id: string, what: string): boolean => constraints.some((item) => item["id"] === id && item[what] === true);
    const rows = items.map((item, k) => rowOf(study.criteria[k]!, k, item));
    const explanation: Explanation = {
        outcome: classId === null ? "outside" : classId === "excluded" || classId === "unknown" ? classId : "scored",
        score: numberOf(answer["score"]),
        classId,
        rows,
        limiting: study.criteria.find(({ id }) => id === answer["limiting"]) ?? null,
        excludedBy: study.constraints.filter(({ id }) => holds(id, "excludes")),
        constraintUnknown: classId === "unknown" && !rows.some(silences) && study.constraints.some(({ id }) => holds(id, "unjudged")),
    };
    return { explanation, values: items.map((item) => (typeof item["category"] === "string" ? item["category"] : numberOf(item["value"]))) };
}

// Does the criterion alone make the score unknown?
function silences({ counted, criterion }: Row): boolean {
    return counted === null && criterion.unknown === "exclude";
}

function rowOf(criterion: Criterion, index: number, item: Fields): Row {
    return {
        criterion,
        index,
        membership: numberOf(item["membership"]),
        counted: numberOf(item["counted"]),
        weight: numberOf(item["weight_counted"]) ?? 0,
        gained: numberOf(item["gained"]),
        lost: numberOf(item["lost"]),
    };
}
