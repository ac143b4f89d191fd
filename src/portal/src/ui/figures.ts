// Hectares and scores under the weights as they are. One question is asked at a time: weights that move on meanwhile are passed
// over for the newest, and what is shown is never older than the answer before.

import type { Summary } from "../cells";
import type { Store } from "../state";
import type { Study } from "../study";
import type { Summarise } from "../sums";

export interface Figures {
    readonly study: Summary; // with the project's weights
    summary(): Summary; // the newest answer
    isCurrent(): boolean; // it is of the weights as they are
}

// Follows the store; `changed` is called with every answer, `failed` where none came: other weights are asked about, these not again.
export async function followWeights(study: Study, store: Store, summarise: Summarise, changed: () => void, failed: () => void): Promise<Figures> {
    const usual = await summarise(study.criteria.map(({ weight }) => weight));
    let weights: readonly number[] | null = null; // of the answer
    let summary = usual;
    let asking = false;
    const isCurrent = (): boolean => weights === store.get().weights;

    async function ask(): Promise<void> {
        asking = true;
        let refused: readonly number[] | null = null;
        while (!isCurrent() && store.get().weights !== refused) {
            const own = store.get().weights;
            try {
                summary = await summarise(own);
                weights = own;
                changed();
            } catch {
                refused = own;
                failed();
            }
        }
        asking = false;
    }

    store.subscribe((now, before) => {
        if (now.weights !== before.weights && !asking) void ask();
    });
    await ask();
    return { study: usual, summary: () => summary, isCurrent };
}
