// The panel "why here": what a place scores, what every criterion gives and costs, what excludes it.

import type { Explanation, Row } from "../score";
import type { State } from "../state";
import type { Criterion, UnknownPolicy } from "../study";
import { copyText } from "./clipboard";
import { type Context, type Part, studyLanguage } from "./context";
import { button, el, icon, renew, setText, swatch } from "./dom";
import type { Answer, Inquiry } from "./inquiry";

type Known = Extract<Answer, { status: "known" }>;

export interface Why extends Part {
    focus(): void;
}

export function createWhy(context: Context, inquiry: Inquiry, close: () => void): Why {
    const { text, store } = context;
    const title = el("h2", { id: "why-title", tabindex: -1 }, text.whyTitle);
    const where = el("div");
    const answer = el("div");
    const body = el("div", { class: "why-body", "aria-live": "off" }, where, answer);
    const table = createTable(context);
    let shown: State["point"] = null;
    const element = el(
        "section",
        { class: "why card", role: "dialog", "aria-labelledby": "why-title" },
        el(
            "header",
            { class: "why-head" },
            title,
            button({ class: "tool", "aria-label": text.close, title: text.close }, close, icon("close")),
        ),
        body,
    );
    function update(): void {
        const { point } = store.get();
        element.hidden = point === null;
        if (!point) return;
        if (point !== shown) where.replaceChildren(place(context, point));
        shown = point;
        renew(answer, show(context, table, inquiry.answer()));
    }
    return { element, update, focus: () => title.focus() };
}

function place(context: Context, { lon, lat }: { lon: number; lat: number }): HTMLElement {
    const { text, tell } = context;
    const words = `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
    const copy = async (): Promise<void> => {
        const copied = await copyText(words);
        tell((texts) => (copied ? texts.coordinatesCopied : texts.copyFailed));
    };
    return el(
        "p",
        { class: "place" },
        el("span", { class: "unseen" }, `${text.coordinates}: `),
        el("span", { class: "coordinates", title: text.coordinates }, words),
        button(
            { class: "tool", "aria-label": text.copyCoordinates, title: text.copyCoordinates },
            () => void copy(),
            icon("copy"),
        ),
    );
}

function show(context: Context, table: Table, answer: Answer): HTMLElement[] {
    const { text } = context;
    if (answer.status === "failed") return [el("p", { class: "remark" }, text.readFailed)];
    if (answer.status !== "known") return [el("p", { class: "quiet" }, text.reading)];
    const { explanation } = answer;
    if (explanation.outcome === "outside") return [el("p", { class: "verdict-words" }, text.outsideHere)];
    table.show(answer);
    return [verdict(context, explanation), ...reasons(context, explanation), table.element, foot(context, answer)];
}

// ---- the verdict ----

function verdict(context: Context, explanation: Explanation): HTMLElement {
    const { study, format, language, text } = context;
    const own = study.classes.find(({ id }) => id === explanation.classId);
    const score = { scored: format.score(explanation.score), excluded: "0", unknown: "?", outside: "" }[
        explanation.outcome
    ];
    return el(
        "p",
        { class: "verdict" },
        el("span", { class: "unseen" }, `${text.score}: `),
        el("span", { class: "verdict-score" }, score),
        own ? el("span", { class: "verdict-class" }, swatch(own.color), own.label[language]) : null,
    );
}

function reasons(context: Context, explanation: Explanation): HTMLElement[] {
    if (explanation.outcome === "excluded") return excluded(context, explanation);
    if (explanation.outcome === "unknown") return [el("p", { class: "remark" }, whyUnknown(context, explanation))];
    const { text, format } = context;
    const { limiting } = explanation;
    const cost = explanation.rows.find((row) => row.criterion === limiting)?.lost ?? null;
    const words = limiting ? text.limiting(limiting.title, format.points(cost)) : text.nothingLimits;
    return [el("p", { class: "verdict-words" }, words)];
}

function excluded(context: Context, explanation: Explanation): HTMLElement[] {
    const { text } = context;
    const items = explanation.excludedBy.map(({ title, source }) =>
        el(
            "li",
            {},
            el("strong", studyLanguage(context), title),
            source ? el("span", { class: "source" }, `${text.legalSource}: ${source}`) : null,
        ),
    );
    return [
        el("p", { class: "verdict-words" }, text.excludedHere),
        el("ul", { class: "excluded-by" }, ...items),
        el("p", { class: "quiet" }, text.wouldScore),
    ];
}

function whyUnknown({ text }: Context, explanation: Explanation): string {
    if (explanation.constraintUnknown) return `${text.unknownHere} ${text.constraintUnknown}`;
    const silent = explanation.rows.filter((row) => row.membership === null && row.criterion.unknown === "exclude");
    if (silent.length === 0) return `${text.unknownHere} ${text.noWeights}`;
    return `${text.unknownHere} ${silent.map((row) => row.criterion.title).join(", ")}: ${text.unknownPolicy.exclude}.`;
}

// ---- the table ----

interface Table {
    readonly element: HTMLElement;
    show(answer: Known): void;
}

// Made once, as it is most of the panel and a slider changes no more than its numbers.
function createTable(context: Context): Table {
    const { study, text, format } = context;
    const bodies = study.criteria.map((criterion) => createLines(context, criterion));
    const heads = [text.membership, text.weight, text.gained, text.lost];
    const [weight, gained, lost] = [cell(), cell(), cell()];
    const element = el(
        "table",
        { class: "why-table" },
        el("caption", {}, text.whyCaption),
        el(
            "thead",
            {},
            el(
                "tr",
                {},
                el("th", { scope: "col" }, text.value),
                ...heads.map((head) => el("th", { scope: "col", class: "number" }, head)),
            ),
        ),
        ...bodies.map((body) => body.element),
        el("tfoot", {}, el("tr", {}, el("th", { scope: "row", colspan: 2 }, text.total), weight, gained, lost)),
    );
    function show(answer: Known): void {
        const { rows, outcome } = answer.explanation;
        const most = Math.max(...rows.map((row) => row.weight), 0);
        const sum = (pick: (row: Row) => number | null): number => rows.reduce((total, row) => total + (pick(row) ?? 0), 0);
        const scored = outcome === "scored";
        for (const row of rows) bodies[row.index]?.show(row, answer, most);
        setText(weight, format.percent(sum((row) => row.weight), 0));
        setText(gained, scored ? format.points(sum((row) => row.gained)) : "–");
        setText(lost, scored ? minus(format.points(sum((row) => row.lost))) : "–");
    }
    return { element, show };
}

// Of points lost; those that round to nothing carry no sign.
function minus(points: string): string {
    return /[1-9]/.test(points) ? `−${points}` : points;
}

function cell(): HTMLElement {
    return el("td", { class: "number" });
}

// A body of three lines: the criterion, its numbers, and a bar of what was gained and lost out of the greatest weight.
function createLines(context: Context, criterion: Criterion) {
    const { format, text } = context;
    const tag = el("span", { class: "tag" }, text.limits);
    const value = el("td", { class: "why-value" });
    const [membership, weight, gained, lost] = [cell(), cell(), cell(), cell()];
    const [gainedBar, lostBar] = [el("span", { class: "why-gained" }), el("span", { class: "why-lost" })];
    const name = el("span", { class: "why-name", ...studyLanguage(context) }, criterion.title);
    const bar = el("td", { colspan: 5, class: "why-bar-cell" }, el("span", { class: "why-bar" }, gainedBar, lostBar));
    const element = el(
        "tbody",
        {},
        el("tr", {}, el("th", { scope: "rowgroup", colspan: 5 }, name, tag)),
        el("tr", { class: "why-numbers" }, value, membership, weight, gained, lost),
        el("tr", { "aria-hidden": "true" }, bar),
    );
    function show(row: Row, answer: Known, most: number): void {
        const limits = criterion === answer.explanation.limiting;
        element.classList.toggle("limits", limits);
        tag.hidden = !limits;
        value.classList.toggle("amount", isAmount(row, answer));
        setText(value, valueWords(context, row, answer));
        setText(membership, row.membership === null ? "–" : format.number(row.membership, 3));
        setText(weight, format.percent(row.weight, 1));
        setText(gained, format.points(row.gained));
        setText(lost, minus(format.points(row.lost)));
        const widthOf = (points: number | null): string => `${most > 0 ? (points ?? 0) / most : 0}%`;
        gainedBar.style.width = widthOf(row.gained);
        lostBar.style.width = widthOf(row.lost);
    }
    return { element, show };
}

function unknownWords({ text, format }: Context, policy: UnknownPolicy): string {
    if (typeof policy === "number") return text.unknownPolicy.value(format.number(policy, 2));
    return text.unknownPolicy[policy];
}

const SHORT_UNIT = 3; // letters: "m" stays in the line of its number; longer ones, and words, need not

function isAmount({ index, membership, criterion }: Row, { values }: Known): boolean {
    const isShort = criterion.unit === "percent" || criterion.unit.length <= SHORT_UNIT;
    return isShort && !criterion.categories && membership !== null && typeof values?.[index] === "number";
}

// The server's values are of the very point, the map's of a place near it.
function valueWords(context: Context, row: Row, { values, from }: Known): string {
    const { format } = context;
    const value = values?.[row.index] ?? null;
    if (row.membership === null) return unknownWords(context, row.criterion.unknown);
    if (value === null) return "–";
    if (typeof value === "string") return value;
    return from === "server" ? format.value(row.criterion, value) : format.roughValue(row.criterion, value);
}

// A pixel of values.tif is four of memberships.tif wide: its middle is at most this many of them away.
const VALUES_AWAY = 2 * Math.SQRT2;

function nearness({ study, store, format, text }: Context): string {
    const onGround = Math.cos(((store.get().point?.lat ?? study.center[1]) * Math.PI) / 180); // of a metre of Web Mercator
    return text.valuesNear(format.number(Math.ceil(VALUES_AWAY * study.memberships.pixel_m * onGround), 0));
}

function foot(context: Context, answer: Known): HTMLElement {
    const { text } = context;
    const origin = { map: text.stepped, server: text.exact, "server failed": `${text.serverFailed} ${text.stepped}` }[
        answer.from
    ];
    const values = !answer.values ? text.noValues : answer.from === "server" ? "" : nearness(context);
    return el("p", { class: "quiet" }, `${origin} ${values}`.trim());
}
