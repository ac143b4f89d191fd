// Where the map's raster comes from: the full one, else the small copy beside it, else nowhere.

import { readBase } from "./basemap";
import { openMemberships, valueReader } from "./cog";
import { type FaultLog, faults } from "./faults";
import type { MapSources } from "./map";
import { openSmall } from "./small";
import { bandCount, type Study } from "./study";

export type LoadScript = (file: string) => Promise<void>;

async function openFull(study: Study): Promise<MapSources> {
    const raster = await openMemberships(study, bandCount(study));
    return { base: readBase(globalThis.TAPAK_BASE), raster, readValues: valueReader(study) };
}

async function openCopy(study: Study, loadScript: LoadScript): Promise<MapSources> {
    await loadScript("small.js");
    const raster = openSmall(globalThis.TAPAK_SMALL, bandCount(study));
    return { base: readBase(globalThis.TAPAK_BASE), raster, readValues: null };
}

// null: the map cannot be shown. What is lacking is told.
export async function openSources(study: Study, fromFile: boolean, loadScript: LoadScript, told: FaultLog): Promise<MapSources | null> {
    try {
        if (!fromFile) return await openFull(study);
    } catch (error) {
        told.add(error);
    }
    try {
        const sources = await openCopy(study, loadScript);
        if (!fromFile) told.add(faults.smallMap());
        return sources;
    } catch (error) {
        told.add(error);
        told.add(faults.noMap());
        return null;
    }
}
