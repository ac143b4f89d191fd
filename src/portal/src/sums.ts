// The sums of cells.ts, worked out in a worker: a slider never waits for them.

import { decodeCells, summarise, type Summary } from "./cells";
import type { Study } from "./study";

// For any weights. Answers come in the order of the questions. Rejects with a Fault where nobody can work them out.
export type Summarise = (weights: readonly number[]) => Promise<Summary>;

declare const SUMS_WORKER: string; // sums.worker.ts, put here by build.mjs: from a file a page can load no other script into a worker

const PATIENCE_MS = 15_000; // a browser that ends a worker, for its memory's sake, need not say so

interface Waiting {
    readonly resolve: (answer: Summary | null) => void;
    readonly reject: (reason: Error) => void;
    readonly clock: ReturnType<typeof setTimeout>;
}

// Messages are answered in their order, until the worker fails or is silent for too long: then all are refused.
class Clerk {
    private readonly worker = new Worker(URL.createObjectURL(new Blob([SUMS_WORKER], { type: "text/javascript" })));
    private readonly waiting: Waiting[] = [];
    private failure: Error | null = null;

    constructor() {
        this.worker.onmessage = ({ data }: MessageEvent<Summary | null>) => {
            const { resolve, clock } = this.waiting.shift()!;
            clearTimeout(clock);
            resolve(data);
        };
        this.worker.onerror = (event) => {
            event.preventDefault(); // the page does the work, or tells why it cannot
            this.fail(event.message);
        };
    }

    ask(message: unknown): Promise<Summary | null> {
        return new Promise((resolve, reject) => {
            if (this.failure) throw this.failure;
            this.worker.postMessage(message);
            this.waiting.push({ resolve, reject, clock: setTimeout(() => this.fail("silent"), PATIENCE_MS) });
        });
    }

    private fail(what: string): void {
        this.failure = new Error(what);
        this.worker.terminate();
        for (const { reject, clock } of this.waiting.splice(0)) {
            clearTimeout(clock);
            reject(this.failure);
        }
    }
}

async function startWorker(study: Study, text: unknown): Promise<Summarise> {
    const clerk = new Clerk();
    await clerk.ask({ study, text });
    return async (weights) => (await clerk.ask(weights)) as Summary;
}

function workHere(study: Study, text: unknown): Summarise {
    const cells = decodeCells(study, text);
    return async (weights) => summarise(study, cells, weights);
}

// text: what cells.js holds; again: fetches it once more. Where no worker is to be had, or the one there was fails, the page does
// the work itself. Throws Fault.
export async function openSums(study: Study, text: unknown, again: () => Promise<unknown>): Promise<Summarise> {
    let own = await startWorker(study, text).catch(() => workHere(study, text));
    return async (weights) => {
        try {
            return await own(weights);
        } catch {
            own = workHere(study, await again());
            return own(weights);
        }
    };
}
