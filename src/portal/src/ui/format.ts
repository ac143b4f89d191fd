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
    value(criterion: Criterion, value: number): string; // with its unit, or the category's name
    roughValue(criterion: Criterion, value: number): string; // the same to three digits: of a place nearby
    date(iso: string): string;
    parse(text: string): number; // NaN: not a number
}

const LOCALES: Readonly<Record<Language, string>> = { id: "id-ID", en: "en-GB" };
const MISSING = "–";

// Decimals that a value stored in steps of `step` can bear.
function decimalsOf(step: number): number {
    return step > 0 ? Math.min(Math.max(Math.ceil(-Math.log10(step)), 0), 6) : 2;
}

// Decimals that show three digits of a value.
function decimalsOfThree(value: number): number {
    return value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
}

function valueText(number: Format["number"], { categories, unit }: Criterion, value: number, decimals: number): string {
    if (categories) return categories[value] ?? MISSING;
    return `${number(value, decimals)} ${unit === "percent" ? "%" : unit}`.trim();
}

function bytesText(number: Format["number"], bytes: number): string {
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
    const formats = new Map<number, Intl.NumberFormat>();
    const number = (value: number, decimals: number): string => {
        const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
        const format = formats.get(decimals) ?? new Intl.NumberFormat(locale, options);
        formats.set(decimals, format);
        return format.format(Number(value.toPrecision(12))); // halves are rounded up whatever a sum did to their last bits
    };
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
        value: (criterion, value) => valueText(number, criterion, value, decimalsOf(criterion.value_scale)),
        roughValue(criterion, value) {
            const rough = criterion.categories ? value : Number(value.toPrecision(3));
            return valueText(number, criterion, rough, Math.min(decimalsOf(criterion.value_scale), decimalsOfThree(rough)));
        },
        date: (iso) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso)),
        parse: parseNumber,
    };
}
