// The sums of cells.ts, worked out in a worker: a slider never waits for them.

import { decodeCells, summarise, type Summary } from "./cells";
import type { Study } from "./study";

// For any weights. Answers come in the order of the questions.
export type Summarise = (weights: readonly number[]) => Promise<Summary>;

declare const SUMS_WORKER: string; // sums.worker.ts, put here by build.mjs: from a file a page can load no other script into a worker

function startWorker(study: Study, text: unknown): Promise<Summarise> {
    const url = URL.createObjectURL(new Blob([SUMS_WORKER], { type: "text/javascript" }));
    const worker = new Worker(url);
    const waiting: ((answer: Summary) => void)[] = [];
    const ask: Summarise = (weights) =>
        new Promise((answer) => {
            waiting.push(answer);
            worker.postMessage(weights);
        });
    return new Promise((resolve, reject) => {
        worker.onerror = (event) => {
            event.preventDefault(); // the page tells it
            reject(new Error(event.message));
        };
        worker.onmessage = () => {
            URL.revokeObjectURL(url);
            worker.onmessage = ({ data }: MessageEvent<Summary>) => waiting.shift()?.(data);
            resolve(ask);
        };
        worker.postMessage({ study, text });
    });
}

// text: what cells.js holds. Where no worker is to be had the page does the work itself, and tells what is wrong with the file.
// Throws Fault.
export async function openSums(study: Study, text: unknown): Promise<Summarise> {
    try {
        return await startWorker(study, text);
    } catch {
        const cells = decodeCells(study, text);
        return async (weights) => summarise(study, cells, weights);
    }
}
