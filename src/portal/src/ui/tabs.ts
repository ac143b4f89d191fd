// Sections behind tabs, by the pattern of the ARIA authoring guide: arrow keys move between tabs.

import { el } from "./dom";

export interface Section {
    readonly id: string;
    readonly title: string;
    readonly content: HTMLElement;
}

export interface Tabs {
    readonly list: HTMLElement;
    readonly panels: readonly HTMLElement[];
    select(id: string): void;
}

export function createTabs(label: string, sections: readonly Section[], chosen: (id: string) => void): Tabs {
    const tabs = sections.map(({ id, title }) =>
        el("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `section-${id}` }, title),
    );
    const panels = sections.map(({ id, content }) =>
        el(
            "div",
            { class: "section", role: "tabpanel", id: `section-${id}`, "aria-labelledby": `tab-${id}`, tabindex: 0 },
            content,
        ),
    );
    const select = (id: string): void => {
        sections.forEach((section, i) => {
            const own = section.id === id;
            tabs[i]?.setAttribute("aria-selected", String(own));
            tabs[i]?.setAttribute("tabindex", own ? "0" : "-1");
            if (panels[i]) panels[i].hidden = !own;
        });
        chosen(id);
    };
    const list = el("div", { class: "tabs", role: "tablist", "aria-label": label }, ...tabs);
    tabs.forEach((tab, i) => tab.addEventListener("click", () => select(sections[i]?.id ?? "")));
    list.addEventListener("keydown", (event) => {
        const at = tabs.indexOf(event.target as HTMLButtonElement);
        const last = tabs.length - 1;
        const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
            event.key
        ];
        if (at < 0 || next === undefined) return;
        event.preventDefault();
        tabs[next]?.focus();
        select(sections[next]?.id ?? "");
    });
    return { list, panels, select };
}
