// Weights that stay a whole: when one share is set, the others give way in proportion.

// Shares of 1 after criterion `index` was given `share`. Locked criteria keep theirs, so that `share` is cut to what they
// leave. The others keep their proportions; where all of them are 0, they take those of `usual` (or equal ones).
export function setShare(
    shares: readonly number[],
    index: number,
    share: number,
    locked: readonly boolean[],
    usual: readonly number[],
): number[] {
    const others = shares.map((_, k) => k).filter((k) => k !== index && !locked[k]);
    const room = roomFor(shares, index, locked);
    const own = others.length === 0 ? room : Math.min(Math.max(share, 0), room);
    const proportions = proportionsOf(others, [shares, usual]);
    const result = [...shares];
    result[index] = own;
    others.forEach((k, i) => (result[k] = (room - own) * (proportions[i] ?? 0)));
    return result;
}

// The greatest share that criterion `index` can be given: what the locked ones leave.
export function roomFor(shares: readonly number[], index: number, locked: readonly boolean[]): number {
    const held = shares.reduce((sum, share, k) => sum + (k !== index && locked[k] ? share : 0), 0);
    return Math.max(1 - held, 0);
}

// Of the first list that is not all 0 there; equal ones when none is.
function proportionsOf(which: readonly number[], lists: readonly (readonly number[])[]): number[] {
    for (const list of lists) {
        const sum = which.reduce((total, k) => total + (list[k] ?? 0), 0);
        if (sum > 0) return which.map((k) => (list[k] ?? 0) / sum);
    }
    return which.map(() => 1 / which.length);
}
