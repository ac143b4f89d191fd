// Runs in the worker of sums.ts: the first message is the study and its cells, every other one weights, answered by their sums.

import { decodeCells, summarise, type Cells } from "./cells";
import type { Study } from "./study";

interface Opening {
    readonly study: Study;
    readonly text: unknown;
}

function answer(study: Study, cells: Cells): void {
    onmessage = ({ data }: MessageEvent<readonly number[]>) => postMessage(summarise(study, cells, data));
    postMessage(null);
}

onmessage = ({ data: { study, text } }: MessageEvent<Opening>) => answer(study, decodeCells(study, text));
