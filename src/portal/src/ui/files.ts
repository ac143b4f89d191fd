// The section of downloads: the picture and link of what is shown, and every file of the study.

import { copyText } from "./clipboard";
import type { Context, Part } from "./context";
import { button, el, icon } from "./dom";
import { writeLink } from "./permalink";
import { makePicture, printPicture } from "./picture";

export function createFiles(context: Context): Part {
    const { text, study } = context;
    const styles = study.files.filter(isStyle).map((file) => fileLink(context, file));
    const element = el(
        "div",
        {},
        el("h2", {}, text.filesTitle),
        el("h3", {}, text.pictureTitle),
        el(
            "div",
            { class: "actions" },
            button({ class: "action" }, () => void withPicture(context, save), icon("picture"), text.savePicture),
            button({ class: "action" }, () => void withPicture(context, printPicture), icon("print"), text.print),
            button({ class: "action" }, () => void copyLink(context), icon("link"), text.copyLink),
        ),
        el("h3", {}, text.resultFiles),
        el("p", { class: "quiet" }, text.filesIntro),
        el("ul", { class: "file-list" }, ...study.files.filter((file) => !isStyle(file)).map((file) => fileLink(context, file))),
        styles.length > 0 ? el("details", {}, el("summary", {}, text.styleFiles), el("ul", { class: "file-list" }, ...styles)) : null,
    );
    return { element, update() {} };
}

async function withPicture(context: Context, use: (context: Context, picture: Blob) => void): Promise<void> {
    try {
        use(context, await makePicture(context));
    } catch {
        context.tell((text) => text.pictureFailed);
    }
}

function save(context: Context, picture: Blob): void {
    const url = URL.createObjectURL(picture);
    const name = context.study.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
    el("a", { href: url, download: `${name}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    context.tell((text) => text.pictureSaved);
}

async function copyLink(context: Context): Promise<void> {
    const link = new URL(writeLink(context.study, context.store.get()), location.href); // the address is a moment late
    const copied = await copyText(link.href);
    context.tell((text) => (copied ? text.linkCopied : text.copyFailed));
}

type ResultFile = Context["study"]["files"][number];

function isStyle({ path }: ResultFile): boolean {
    return /\.(qml|sld)$/.test(path);
}

function fileLink(context: Context, file: ResultFile): HTMLElement {
    const name = file.path.split("/").pop() ?? file.path;
    const size = file.bytes === null ? "" : ` · ${context.format.bytes(file.bytes)}`;
    return el(
        "li",
        {},
        el(
            "a",
            { href: file.path, download: name },
            el("span", { class: "file-title" }, file.title[context.language]),
            el("span", { class: "file-name" }, `${name}${size}`),
            icon("download"),
        ),
    );
}
