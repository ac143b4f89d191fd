// Tests one after the other, told as TAP.
let n = 0, failed = 0;

export async function test(name, body) {
    n++;
    try {
        await body();
        console.log(`ok ${n} - ${name}`);
    } catch (error) {
        failed++;
        console.log(`not ok ${n} - ${name}\n${String(error.stack).replace(/^/gm, "#   ")}`);
    }
}

// The last line; ends the program.
export function finish() {
    console.log(`1..${n}`);
    process.exit(failed ? 1 : 0);
}
