// Building elements, the plain way.

type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

// An element with its attributes (true: present; false, null: left out) and children (null: left out).
export function el<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes: Attributes = {},
    ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === false) continue;
        element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.filter((child) => child !== null));
    return element;
}

// Paths on a grid of 20 x 20, drawn with a line of 1.6.
const ICONS = {
    lock: "M6 9V6.5a4 4 0 0 1 8 0V9M5 9h10v8H5z",
    unlock: "M6 9V6.5a4 4 0 0 1 7.6-1.8M5 9h10v8H5z",
    reset: "M4.5 4v4h4M4.8 8a6 6 0 1 1-.6 4",
    close: "M5 5l10 10M15 5L5 15",
    copy: "M7 7h9v9H7zM13 7V4H4v9h3",
    link: "M8.5 11.5l3-3M9 6.5l1.6-1.6a3.2 3.2 0 0 1 4.5 4.5L13.5 11M11 13.5l-1.6 1.6a3.2 3.2 0 0 1-4.5-4.5L6.5 9",
    picture: "M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M12.5 7.5h.1",
    print: "M6 8V3h8v5M6 14H3V8h14v6h-3M6 12h8v5H6z",
    download: "M10 3v9M6 8.5l4 4 4-4M4 16h12",
    target: "M10 2v5M10 13v5M2 10h5M13 10h5",
} as const;

export type IconName = keyof typeof ICONS;

// A picture beside words, or in a button that names itself: hidden from screen readers.
export function icon(name: IconName): SVGSVGElement {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
}

export function button(attributes: Attributes, act: () => void, ...children: readonly Child[]): HTMLButtonElement {
    const element = el("button", { type: "button", ...attributes }, ...children);
    element.addEventListener("click", act);
    return element;
}

// A square of a class's or layer's colour.
export function swatch(color: string): HTMLElement {
    const element = el("span", { class: "swatch", "aria-hidden": "true" });
    element.style.background = color;
    return element;
}

// Sets a text only where it differs: nothing is laid out again while a slider moves for what stays.
export function setText(element: HTMLElement, text: string): void {
    if (element.textContent !== text) element.textContent = text;
}

// The same of an attribute, and of a CSS variable.
export function setAttribute(element: HTMLElement, name: string, value: string): void {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function setVariable(element: HTMLElement, name: string, value: string): void {
    if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

// Makes what an element holds equal to `next`, touching only what differs: the rest is not laid out again while a slider moves, and
// keeps the focus. Listeners of `next` may be lost.
export function renew(element: Element, next: readonly Node[]): void {
    next.forEach((node, i) => {
        const old = element.childNodes[i];
        if (old === node) return;
        if (!old) element.append(node);
        else if (old instanceof HTMLElement && node instanceof HTMLElement && old.tagName === node.tagName) renewElement(old, node);
        else if (old instanceof Text && node instanceof Text && old.data !== node.data) old.data = node.data;
        else if (!old.isEqualNode(node)) old.replaceWith(node);
    });
    while (element.childNodes.length > next.length) element.lastChild?.remove();
}

function renewElement(old: HTMLElement, next: HTMLElement): void {
    for (const name of old.getAttributeNames()) if (!next.hasAttribute(name)) old.removeAttribute(name);
    for (const name of next.getAttributeNames()) setAttribute(old, name, next.getAttribute(name) ?? "");
    renew(old, [...next.childNodes]);
}
