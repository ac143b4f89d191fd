// The section that says what this map is, and what it is not.

import { type Context, type Part, studyLanguage } from "./context";
import { el } from "./dom";

export function createAbout(context: Context): Part {
    const { text, study, format } = context;
    const own = studyLanguage(context);
    const facts: [string, string][] = [
        [text.gridTitle, text.grid(format.number(study.grid.cell_m, 0), study.grid.crs)],
    ];
    if (study.created) facts.push([text.createdTitle, format.date(study.created)]);
    facts.push([text.programTitle, `Tapak ${study.tapak}`]);
    const element = el(
        "div",
        {},
        el("h2", {}, text.aboutTitle),
        el("p", { class: "remark" }, text.indicative),
        location.protocol === "file:" ? el("p", { class: "remark" }, text.fileMode) : null,
        study.note ? el("h3", {}, text.noteTitle) : null,
        study.note ? el("p", own, study.note) : null,
        el("p", {}, text.method),
        el("p", { class: "quiet" }, text.steps),
        el("dl", { class: "facts" }, ...facts.flatMap(([term, fact]) => [el("dt", {}, term), el("dd", {}, fact)])),
        study.sources.length > 0 ? el("h3", {}, text.sourcesTitle) : null,
        el("ul", { class: "plain-list", ...own }, ...study.sources.map((source) => el("li", {}, source))),
        el("p", {}, el("a", { href: "licenses.txt" }, text.licenses)),
    );
    return { element, update() {} };
}
