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
            "The map needs WebGL 2, which this browser does not offer. Use a current Firefox, Chrome, Edge or Safari, and switch on hardware acceleration.",
            "Peta memerlukan WebGL 2, yang tidak tersedia di peramban ini. Gunakan Firefox, Chrome, Edge, atau Safari terbaru, dan aktifkan akselerasi perangkat keras.",
        ),
    tooManyBands: (n: number) =>
        fault(
            `The study has ${n} bands of criteria and reasons, more than this computer's graphics can hold. The tables still work.`,
            `Studi ini memiliki ${n} pita kriteria dan alasan, lebih dari yang dapat ditampung grafik komputer ini. Tabel tetap berfungsi.`,
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
