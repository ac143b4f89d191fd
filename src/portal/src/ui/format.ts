// Numbers and dates as the reader's language writes them: 1.234,5 in Indonesian, 1,234.5 in English.

import type { Criterion, Language } from "../study";

export interface Format {
    number(value: number, decimals: number): string;
    percent(share: number, decimals: number): string; // of a share of 1
    score(score: number | null): string;
    bound(score: number): string; // of a class or ramp: no more decimals than it has, two at most
    points(points: number | null): string;
    hectares(ha: number): string;
    about(ha: number): string; // hectares known to three digits
    bytes(bytes: number): string;
    // With its unit, or the category's name. A value without a unit may be a year or a code: its digits are not grouped.
    value(criterion: Criterion, value: number): string;
    roughValue(criterion: Criterion, value: number): string; // the same of a place nearby: to three digits where it has a unit
    date(iso: string): string; // by the reader's clock
    parse(text: string): number; // NaN: not a number
}

const LOCALES: Readonly<Record<Language, string>> = { id: "id-ID", en: "en-GB" };
const MISSING = "–";

const USUAL_DECIMALS = 6; // more only where all of them would be 0
const MOST_DECIMALS = 20; // that every browser writes

// Decimals that a value stored in steps of `step` can bear.
function decimalsOf(step: number): number {
    return step > 0 ? Math.min(Math.max(Math.ceil(-Math.log10(step)), 0), MOST_DECIMALS) : 2;
}

// Decimals that show three digits of a value.
function decimalsOfThree(value: number): number {
    return value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
}

type Write = Format["number"];

function createWrite(format: (decimals: number) => Intl.NumberFormat): Write {
    const formats = new Map<number, Intl.NumberFormat>();
    return (value, decimals) => {
        const own = formats.get(decimals) ?? format(decimals);
        formats.set(decimals, own);
        return own.format(Number(value.toPrecision(12))); // halves are rounded up whatever a sum did to their last bits
    };
}

// What rounds to nothing is 0, without sign or decimals.
function amountText(write: Write, { unit }: Criterion, value: number, decimals: number): string {
    const amount = Math.abs(value) < 0.5 * 10 ** -decimals ? "0" : write(value, decimals);
    return `${amount} ${unit === "percent" ? "%" : unit}`.trim();
}

function bytesText(number: Write, bytes: number): string {
    if (bytes < 1000) return `${number(bytes, 0)} B`;
    if (bytes < 1e6) return `${number(bytes / 1000, 0)} kB`;
    return bytes < 1e9 ? `${number(bytes / 1e6, 1)} MB` : `${number(bytes / 1e9, 1)} GB`;
}

// Both languages' marks are read: whatever comes last of "." and "," is the decimal mark.
export function parseNumber(text: string): number {
    const plain = text.replace(/[\s%]/g, "");
    const mark = Math.max(plain.lastIndexOf("."), plain.lastIndexOf(","));
    const digits = mark < 0 ? plain : `${plain.slice(0, mark).replace(/[.,]/g, "")}.${plain.slice(mark + 1)}`;
    return /^\d*\.?\d*$/.test(digits) && /\d/.test(digits) ? Number(digits) : NaN;
}

export function createFormat(language: Language): Format {
    const locale = LOCALES[language];
    const number = createWrite((decimals) => new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    const plain = createWrite((decimals) => new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: decimals }));
    const bounds = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    const rounded = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
    return {
        number,
        percent: (share, decimals) => number(share * 100, decimals) + (language === "id" ? " %" : "%"),
        score: (score) => (score === null ? MISSING : number(score, 3)),
        bound: (score) => bounds.format(score),
        points: (points) => (points === null ? MISSING : number(points, 1)),
        hectares: (ha) => number(ha, 0),
        about: (ha) => rounded.format(ha),
        bytes: (bytes) => bytesText(number, bytes),
        value(criterion, value) {
            if (criterion.categories) return criterion.categories[value] ?? MISSING;
            const decimals = Math.min(decimalsOf(criterion.value_scale), Math.max(USUAL_DECIMALS, decimalsOfThree(value)));
            return amountText(criterion.unit ? number : plain, criterion, value, decimals);
        },
        roughValue(criterion, value) {
            if (criterion.categories) return criterion.categories[value] ?? MISSING;
            const rough = criterion.unit ? Number(value.toPrecision(3)) : value;
            const decimals = Math.min(decimalsOf(criterion.value_scale), decimalsOfThree(rough));
            return amountText(criterion.unit ? number : plain, criterion, rough, decimals);
        },
        date: (iso) => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(iso)),
        parse: parseNumber,
    };
}
