// Parts of a file from servers that only send it whole.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { load } from "./site.mjs";

const { RangeClient } = await load("cog.ts");
const fetchOfNode = globalThis.fetch;
afterEach(() => (globalThis.fetch = fetchOfNode));

// A body of 10 bytes a piece; `cancelled` tells whether the rest was refused.
function bodyOf(pieces, state = {}) {
    let sent = 0;
    return new ReadableStream({
        pull(stream) {
            if (sent === pieces) return stream.close();
            if (sent === state.breaksAt) return stream.error(new Error("lost"));
            stream.enqueue(new Uint8Array(10).fill(sent++));
        },
        cancel: () => void (state.cancelled = true),
    });
}

const request = (client, range) => client.request({ headers: { Range: range } });

test("the whole is fetched once and cut", async () => {
    let fetched = 0;
    globalThis.fetch = async () => (fetched++, new Response(bodyOf(3)));
    const client = new RangeClient("http://x/a", "a");
    for (const range of ["bytes=8-11", "bytes=8-11"]) {
        const part = await request(client, range);
        assert.equal(part.getHeader("content-range"), "bytes 8-11/30");
        assert.deepEqual([...new Uint8Array(await part.getData())], [0, 0, 1, 1]);
    }
    assert.equal(fetched, 1);
});

test("a download that broke off is tried again", async () => {
    const bodies = [bodyOf(3, { breaksAt: 1 }), bodyOf(3)];
    globalThis.fetch = async () => new Response(bodies.shift());
    const client = new RangeClient("http://x/a", "a");
    await assert.rejects(request(client, "bytes=0-3"));
    assert.equal((await (await request(client, "bytes=0-3")).getData()).byteLength, 4);
});

test("a whole that is too large is refused and not fetched on, with its length stated or not", async () => {
    for (const headers of [{ "Content-Length": "1000" }, {}]) {
        const state = {};
        globalThis.fetch = async () => new Response(bodyOf(100, state), { headers });
        const client = new RangeClient("http://x/a", "a", 25);
        await assert.rejects(request(client, "bytes=0-3"), ({ text }) => text.en.includes("only as a whole"));
        assert.ok(state.cancelled);
    }
});
