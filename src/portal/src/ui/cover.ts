// The panel "why here" must not lie on the point it speaks of.

import type { PortalMap } from "../map";
import { PHONE } from "./sheet";

const SPARE = 24; // pixels

// Moves the map where the panel covers the point; on a phone the panel takes the lower part, else the right.
export function uncover(map: PortalMap, { lon, lat }: { lon: number; lat: number }): void {
    const panel = document.querySelector(".why")?.getBoundingClientRect();
    const whole = document.getElementById("map")?.getBoundingClientRect();
    if (!panel || !whole) return;
    const { x, y } = map.project(lon, lat);
    const below = y > panel.top - whole.top - SPARE;
    const right = x > panel.left - whole.left - SPARE;
    if (matchMedia(PHONE).matches ? below : right && y < panel.bottom - whole.top + SPARE) map.moveTo(lon, lat);
}
