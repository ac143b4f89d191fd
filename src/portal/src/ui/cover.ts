// The panel "why here" must not lie on the point it speaks of.

import type { PortalMap } from "../map";
import { PHONE } from "./sheet";

const METRES_PER_DEGREE = 111_320; // of the equator
const SPARE = 24; // pixels

// Moves the map where the panel covers the point; on a phone the panel takes the lower part, else the right.
export function uncover(map: PortalMap, { lon, lat }: { lon: number; lat: number }): void {
    const panel = document.querySelector<HTMLElement>(".why")?.getBoundingClientRect();
    const whole = document.getElementById("map")?.getBoundingClientRect();
    if (!panel || !whole) return;
    const center = map.center();
    const metres = { x: METRES_PER_DEGREE * Math.cos((center.lat * Math.PI) / 180), y: METRES_PER_DEGREE };
    const right = ((lon - center.lon) * metres.x) / map.metresPerPixel();
    const down = ((center.lat - lat) * metres.y) / map.metresPerPixel();
    const covered = matchMedia(PHONE).matches
        ? down > panel.top - whole.top - whole.height / 2 - SPARE
        : right > panel.left - whole.left - whole.width / 2 - SPARE;
    if (covered) map.moveTo(lon, lat);
}
