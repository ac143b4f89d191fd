// The map as a picture to pass on: title, map, legend, scale bar, date, and the weights where they are not the study's.

import type { Context } from "./context";
import { el } from "./dom";
import { rampBounds } from "./legend";

const FONT = "system-ui, sans-serif";
const INK = "#16232d";
const QUIET = "#4d5b66";
const MARGIN = 24;
const HEAD = 78;
const LEGEND = 108;
const NOTE_LINE = 16;

interface Sheet {
    readonly pen: CanvasRenderingContext2D;
    readonly width: number; // CSS pixels
    readonly mapHeight: number;
    readonly notes: readonly string[]; // lines below the legend
}

// PNG. Throws where the map cannot be drawn.
export async function makePicture(context: Context): Promise<Blob> {
    const map = await createImageBitmap(await context.map.picture());
    const density = Math.max(map.width / document.getElementById("map")!.clientWidth, 1);
    const [width, mapHeight] = [map.width / density, map.height / density];
    const canvas = el("canvas");
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no 2d canvas");
    const notes = notesOf(context).flatMap((words) => wrapped(pen, words, width - 2 * MARGIN));
    const height = HEAD + mapHeight + LEGEND + notes.length * NOTE_LINE;
    [canvas.width, canvas.height] = [map.width, Math.round(height * density)];
    pen.scale(density, density);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(map, 0, HEAD, width, mapHeight);
    const sheet = { pen, width, mapHeight, notes };
    drawHead(context, sheet);
    drawLegend(context, sheet);
    drawScale(context, sheet);
    drawNotes(sheet);
    return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    });
}

function write(
    pen: CanvasRenderingContext2D,
    words: string,
    x: number,
    y: number,
    size: number,
    color = INK,
    weight = 400,
): void {
    pen.font = `${weight} ${size}px ${FONT}`;
    pen.fillStyle = color;
    pen.fillText(words, x, y);
}

function drawHead(context: Context, { pen, width }: Sheet): void {
    const { study, text, format, store } = context;
    const what = store.get().coloring === "score" ? text.scoreLegend : text.classLegend;
    const weights = context.changed() ? text.ownWeights : text.studyWeights;
    write(pen, study.title, MARGIN, 34, fittingSize(pen, study.title, width - 2 * MARGIN, 21), INK, 600);
    write(pen, `${what} · ${weights} · ${format.date(new Date().toISOString())}`, MARGIN, 58, 13, QUIET);
}

function fittingSize(pen: CanvasRenderingContext2D, words: string, room: number, size: number): number {
    pen.font = `600 ${size}px ${FONT}`;
    return Math.min(size, (size * room) / pen.measureText(words).width);
}

function drawLegend(context: Context, sheet: Sheet): void {
    const { study, language, text, store } = context;
    const top = HEAD + sheet.mapHeight + 20;
    if (store.get().coloring === "class") {
        study.classes.forEach(({ color, label }, i) =>
            drawEntry(sheet, color, label[language], MARGIN + Math.floor(i / 3) * 170, top + (i % 3) * 22),
        );
        return;
    }
    drawRamp(context, sheet, top);
    drawEntry(sheet, study.zero_color, text.zeroLabel, MARGIN, top + 40);
    const unknown = study.classes.find(({ id }) => id === "unknown");
    if (unknown) drawEntry(sheet, unknown.color, unknown.label[language], MARGIN + 170, top + 40);
}

function drawRamp(context: Context, { pen }: Sheet, top: number): void {
    const length = 300;
    const gradient = pen.createLinearGradient(MARGIN, 0, MARGIN + length, 0);
    for (const [score, color] of context.study.ramp) gradient.addColorStop(score, color);
    pen.fillStyle = gradient;
    pen.fillRect(MARGIN, top, length, 12);
    pen.textAlign = "center";
    for (const bound of rampBounds(context)) {
        write(pen, context.format.bound(bound), MARGIN + bound * length, top + 27, 11, QUIET);
    }
    pen.textAlign = "start";
}

function drawEntry({ pen }: Sheet, color: string, words: string, x: number, y: number): void {
    pen.fillStyle = color;
    pen.fillRect(x, y, 14, 14);
    pen.strokeStyle = QUIET;
    pen.lineWidth = 0.5;
    pen.strokeRect(x, y, 14, 14);
    write(pen, words, x + 22, y + 12, 12);
}

// The greatest of 1, 2, 5 times a power of ten metres that fits in `room` pixels.
export function scaleLength(metresPerPixel: number, room: number): number {
    const most = metresPerPixel * room;
    const power = 10 ** Math.floor(Math.log10(most));
    return ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power;
}

function drawScale(context: Context, { pen, width, mapHeight }: Sheet): void {
    const metresPerPixel = context.map.metresPerPixel();
    const metres = scaleLength(metresPerPixel, Math.min(160, width / 3));
    const length = metres / metresPerPixel;
    const [x, y] = [width - MARGIN - length, HEAD + mapHeight - 22];
    pen.fillStyle = "rgba(255, 255, 255, 0.88)";
    pen.fillRect(x - 12, y - 24, length + 24, 36);
    pen.strokeStyle = INK;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(x, y - 6);
    pen.lineTo(x, y);
    pen.lineTo(x + length, y);
    pen.lineTo(x + length, y - 6);
    pen.stroke();
    pen.textAlign = "center";
    write(
        pen,
        metres >= 1000 ? `${context.format.number(metres / 1000, 0)} km` : `${context.format.number(metres, 0)} m`,
        x + length / 2,
        y - 9,
        12,
    );
    pen.textAlign = "start";
}

function notesOf(context: Context): string[] {
    const { study, text, format } = context;
    const weights = study.criteria.map(({ title }, k) => `${title} ${format.percent(context.shares()[k] ?? 0, 1)}`);
    return [
        ...(context.changed() ? [`${text.weightsNow}: ${weights.join("; ")}`] : []),
        ...(study.note ? [study.note] : []),
        text.indicative,
        ...(study.sources.length > 0 ? [`${text.sourcesTitle}: ${study.sources.join("; ")}`] : []),
    ];
}

const NOTE_SIZE = 11;

function drawNotes({ pen, mapHeight, notes }: Sheet): void {
    notes.forEach((line, i) => write(pen, line, MARGIN, HEAD + mapHeight + LEGEND + i * NOTE_LINE, NOTE_SIZE, QUIET));
}

// In lines no longer than `room` pixels.
function wrapped(pen: CanvasRenderingContext2D, words: string, room: number): string[] {
    pen.font = `400 ${NOTE_SIZE}px ${FONT}`;
    const lines: string[] = [];
    for (const word of words.split(" ")) {
        const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
        if (lines.length > 0 && pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
        else lines.push(word);
    }
    return lines;
}

// Prints the picture with the tables of the page (app.css, @media print).
export function printPicture(_context: Context, picture: Blob): void {
    const image = el("img", { class: "print-picture", alt: "" });
    image.src = URL.createObjectURL(picture);
    image.addEventListener("load", () => {
        document.body.prepend(image);
        window.print();
        image.remove();
        URL.revokeObjectURL(image.src);
    });
}
