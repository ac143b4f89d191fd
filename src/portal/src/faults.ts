// What stops the map from being shown, told to the reader in both languages.

import type { Text } from "./study";

export class Fault extends Error {
    constructor(readonly text: Text) {
        super(text.en);
        this.name = "Fault";
    }
}

export function fault(en: string, id: string): Fault {
    return new Fault({ en, id });
}

// What went wrong so far, for whoever listens, also afterwards; each text once.
export class FaultLog {
    private readonly told: Text[] = [];
    private readonly listeners: ((text: Text) => void)[] = [];

    add = (error: unknown): void => {
        const { text } = error instanceof Fault ? error : faults.damaged("memberships.tif", String(error));
        if (this.told.some((other) => other.en === text.en)) return;
        this.told.push(text);
        for (const listener of this.listeners) listener(text);
    };

    listen(listener: (text: Text) => void): void {
        this.listeners.push(listener);
        this.told.forEach(listener);
    }
}

export const faults = {
    missing: (file: string) =>
        fault(
            `The file ${file} is missing or cannot be read. The folder “portal” of a result is shown as a whole: copy all its files, or run the study again.`,
            `Berkas ${file} tidak ada atau tidak dapat dibaca. Folder “portal” dari sebuah hasil ditampilkan utuh: salin semua berkasnya, atau jalankan studi itu lagi.`,
        ),
    format: (found: string) =>
        fault(
            `study.js has format ${found}; this page shows format 1. Copy page and data from the same run of Tapak.`,
            `study.js berformat ${found}; halaman ini menampilkan format 1. Salin halaman dan data dari hasil Tapak yang sama.`,
        ),
    damaged: (file: string, what: string) =>
        fault(
            `The file ${file} does not fit the study (${what}). Copy all files of the folder “portal” from the same run of Tapak.`,
            `Berkas ${file} tidak cocok dengan studi (${what}). Salin semua berkas folder “portal” dari hasil Tapak yang sama.`,
        ),
    noWebgl: () =>
        fault(
            "The map needs WebGL 2, which this browser does not offer. Use a current Firefox, Chrome, Edge or Safari, and switch on hardware acceleration. The tables work without it.",
            "Peta memerlukan WebGL 2, yang tidak tersedia di peramban ini. Gunakan Firefox, Chrome, Edge, atau Safari terbaru, dan aktifkan akselerasi perangkat keras. Tabel berfungsi tanpa peta.",
        ),
    smallMap: () =>
        fault(
            "The map is shown from a small copy, coarser and without the criteria's own values. Tables and weights work as ever.",
            "Peta ditampilkan dari salinan kecil, lebih kasar dan tanpa nilai asli kriteria. Tabel dan bobot tetap berfungsi.",
        ),
    oldFigures: () =>
        fault(
            "Hectares, scores and ranks are still those of earlier weights: this browser could not work out the new ones. Load the page again.",
            "Luas, skor, dan peringkat masih menurut bobot sebelumnya: peramban ini tidak dapat menghitung yang baru. Muat ulang halaman.",
        ),
    noMap: () =>
        fault(
            "The map cannot be shown. Tables, weights and files work without it.",
            "Peta tidak dapat ditampilkan. Tabel, bobot, dan unduhan tetap berfungsi tanpa peta.",
        ),
    tooManyBands: (n: number) =>
        fault(
            `The study has ${n} bands of criteria and reasons, more than this computer's graphics can weigh: the map stays without its colours. Tables, weights and “why here” work. Another browser or computer may show it.`,
            `Studi ini memiliki ${n} pita kriteria dan alasan, lebih dari yang dapat dihitung grafik komputer ini: peta tampil tanpa warna kesesuaian. Tabel, bobot, dan “mengapa di sini” tetap berfungsi. Peramban atau komputer lain mungkin dapat menampilkannya.`,
        ),
    http: (file: string, status: number) =>
        fault(
            `The server answered ${status} for ${file}: parts of the map are missing.`,
            `Server menjawab ${status} untuk ${file}: sebagian peta tidak tampil.`,
        ),
    network: (file: string) =>
        fault(
            `${file} could not be fetched: parts of the map are missing. Check the connection; moving the map tries again.`,
            `${file} tidak dapat diambil: sebagian peta tidak tampil. Periksa koneksi; menggeser peta akan mencoba lagi.`,
        ),
    noRanges: (file: string) =>
        fault(
            `The web server sends ${file} only as a whole, and it is too large for that. Use a server that answers range requests (nginx, Apache, object stores, tapak serve).`,
            `Server web hanya mengirim ${file} secara utuh, dan berkas itu terlalu besar. Gunakan server yang melayani permintaan rentang (nginx, Apache, penyimpanan objek, tapak serve).`,
        ),
};
