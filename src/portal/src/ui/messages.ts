// Short messages over the map, also read aloud. Those that are shown follow the language.

import type { Store } from "../state";
import type { Language } from "../study";
import { button, el, icon, setAttribute, setText } from "./dom";
import { TEXTS } from "./texts";

export type Words = (language: Language) => string;

export interface Messages {
    done(words: Words): void; // passes by itself, and in favour of the next
    fault(words: Words): () => void; // stays until the reader closes it, or what is returned is called: it is true no longer
}

const MESSAGE_MS = 8000;

interface Message {
    readonly element: HTMLElement;
    readonly passing: boolean;
    say(language: Language): void;
}

function createMessage(words: Words, passing: boolean, close: () => void): Message {
    const own = el("span");
    const tool = button({ class: "tool" }, close, icon("close"));
    return {
        element: el("div", { class: `message message-${passing ? "done" : "fault"}` }, own, tool),
        passing,
        say(language) {
            setText(own, words(language));
            setAttribute(tool, "aria-label", TEXTS[language].close);
        },
    };
}

// In `holder`, the newest lowest.
export function createMessages(holder: HTMLElement, store: Store): Messages {
    const shown = new Set<Message>();
    const remove = (message: Message): void => {
        shown.delete(message);
        message.element.remove();
    };
    function tell(words: Words, passing: boolean): () => void {
        const message = createMessage(words, passing, () => remove(message));
        message.say(store.get().language);
        for (const other of shown) {
            if (other.passing || other.element.textContent === message.element.textContent) remove(other);
        }
        shown.add(message);
        holder.append(message.element);
        if (passing) setTimeout(() => remove(message), MESSAGE_MS);
        return () => remove(message);
    }
    store.subscribe(({ language }, before) => {
        if (language !== before.language) for (const message of shown) message.say(language);
    });
    return { done: (words) => void tell(words, true), fault: (words) => tell(words, false) };
}
