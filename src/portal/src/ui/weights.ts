// The section of weights: a slider and a number for every criterion, sets of weights, and the ranking that follows.

import { normalise } from "../score";
import type { Criterion, Preset } from "../study";
import { type Context, type Part, SAME_SHARE, sameShares, studyLanguage } from "./context";
import { button, el, icon, setAttribute, setText, setVariable } from "./dom";
import { roomFor, setShare } from "./spread";
import { createStrip } from "./strip";

export function createWeights(context: Context): Part {
    const { text, study } = context;
    const rows = study.criteria.map((criterion, index) => createRow(context, criterion, index, () => update()));
    const presets = createPresets(context, () => update());
    const strip = createStrip(context);
    const element = el(
        "div",
        { class: "weights" },
        el("h2", {}, text.weightsTitle),
        el("p", { class: "quiet" }, text.weightsIntro),
        presets.element,
        el("ul", { class: "weight-list" }, ...rows.map((row) => row.element)),
        strip.element,
    );
    function update(): void {
        for (const part of [...rows, presets, strip]) part.update();
    }
    return { element, update };
}

// ---- one criterion ----

function createRow(context: Context, criterion: Criterion, index: number, refresh: () => void): Part {
    const { text, format, store, locked } = context;
    const usual = context.studyShares[index] ?? 0;
    const id = `weight-${index}`;
    const slider = el("input", { type: "range", id, min: 0, max: 100, step: 1 });
    const field = el("input", {
        type: "text",
        inputmode: "decimal",
        autocomplete: "off",
        "aria-label": text.weightPercent(criterion.title),
    });
    const lock = button(
        { class: "tool", "aria-label": text.lock(criterion.title), title: text.lock(criterion.title) },
        () => {
            locked[index] = !locked[index];
            refresh();
        },
    );
    const reset = button(
        { class: "tool", "aria-label": text.reset(criterion.title), title: text.reset(criterion.title) },
        () => {
            store.set({ weights: setShare(context.shares(), index, usual, locked, context.studyShares) });
            slider.focus(); // the button has nothing more to do
        },
        icon("reset"),
    );
    followSlider(context, slider, index);
    followField(context, field, index, refresh);
    const mark = el("span", {
        class: "study-mark",
        "aria-hidden": "true",
        title: text.studyMark(format.percent(usual, 1)),
    });
    mark.style.setProperty("--at", String(usual));
    const element = el(
        "li",
        { class: "weight" },
        el("label", { for: id, ...studyLanguage(context) }, criterion.title),
        el("span", { class: "weight-number" }, field, el("span", { "aria-hidden": "true" }, "%")),
        el("span", { class: "weight-slider" }, slider, mark),
        lock,
        reset,
    );
    function update(): void {
        const share = context.shares()[index] ?? 0;
        const held = locked[index] === true;
        const alone = roomAround(context, index) === 0;
        if (slider.valueAsNumber !== Math.round(share * 100)) slider.valueAsNumber = Math.round(share * 100);
        setVariable(slider, "--at", share.toFixed(3));
        setAttribute(slider, "aria-valuetext", format.percent(share, 1));
        const words = format.number(share * 100, 1);
        if (document.activeElement !== field && field.value !== words) field.value = words;
        setDisabled(held || alone, slider, field);
        setDisabled(held || alone || Math.abs(share - usual) < SAME_SHARE, reset);
        setAttribute(lock, "aria-pressed", String(held));
        if (lock.dataset["held"] !== String(held)) lock.replaceChildren(icon(held ? "lock" : "unlock"));
        lock.dataset["held"] = String(held);
        element.classList.toggle("held", held);
    }
    return { element, update };
}

function setDisabled(disabled: boolean, ...elements: readonly (HTMLInputElement | HTMLButtonElement)[]): void {
    for (const element of elements) if (element.disabled !== disabled) element.disabled = disabled;
}

// How far criterion `index` can move: 0 where all others are locked.
function roomAround(context: Context, index: number): number {
    const others = context.locked.some((held, k) => k !== index && !held);
    return others ? roomFor(context.shares(), index, context.locked) : 0;
}

// While the slider is dragged the others give way from where they stood at its start: dragged to the end and back, they
// are as before.
function followSlider(context: Context, slider: HTMLInputElement, index: number): void {
    const { store, locked, studyShares } = context;
    let start: readonly number[] | null = null;
    slider.addEventListener("input", () => {
        start ??= context.shares();
        setVariable(slider, "--at", String(slider.valueAsNumber / 100)); // with the thumb, before the rest of the panel
        store.set({ weights: setShare(start, index, slider.valueAsNumber / 100, locked, studyShares) });
    });
    // A drag that ends where it began makes no "change".
    for (const type of ["pointerdown", "keydown", "change"]) slider.addEventListener(type, () => (start = null));
}

function followField(context: Context, field: HTMLInputElement, index: number, refresh: () => void): void {
    const { store, format, locked, studyShares } = context;
    const set = (percent: number): void => {
        store.set({ weights: setShare(context.shares(), index, percent / 100, locked, studyShares) });
        field.value = format.number((context.shares()[index] ?? 0) * 100, 1);
    };
    field.addEventListener("change", () => {
        const percent = format.parse(field.value);
        if (Number.isFinite(percent)) set(percent);
        refresh();
    });
    field.addEventListener("blur", refresh);
    field.addEventListener("keydown", (event) => {
        const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        set((context.shares()[index] ?? 0) * 100 + step);
    });
}

// ---- sets of weights ----

function presetShares(context: Context, preset: Preset): number[] {
    return normalise(context.study.criteria.map(({ id }) => preset.weights[id] ?? 0));
}

function createPresets(context: Context, refresh: () => void): Part {
    const { text, study, store, language, locked } = context;
    const choose = (shares: readonly number[]): void => {
        locked.fill(false);
        store.set({ weights: shares });
        refresh(); // of the locks, where the weights stay
    };
    const chips = study.presets.map((preset) => {
        const shares = presetShares(context, preset);
        return { shares, chip: button({ class: "chip" }, () => choose(shares), preset.title[language]) };
    });
    const resetAll = (): void => {
        choose(context.studyShares);
        chips[0]?.chip.focus(); // the button has nothing more to do
    };
    const reset = button({ class: "chip chip-plain" }, resetAll, icon("reset"), text.resetAll);
    const sum = el("span", { class: "sum" });
    const element = el(
        "div",
        { class: "presets", role: "group", "aria-label": text.presets },
        ...chips.map(({ chip }) => chip),
        reset,
        sum,
    );
    function update(): void {
        const shares = context.shares();
        for (const { chip, shares: own } of chips) setAttribute(chip, "aria-pressed", String(sameShares(own, shares)));
        setDisabled(!context.changed() && !locked.some(Boolean), reset);
        setText(
            sum,
            `${text.sum} ${context.format.percent(
                shares.reduce((total, share) => total + share, 0),
                0,
            )}`,
        );
    }
    return { element, update };
}
