// The panel "why here" must not lie on the point it speaks of.

import type { PortalMap } from "../map";
import { PHONE } from "./sheet";

const SPARE = 24; // pixels

// Where the panel covers the point the map moves by the shortest way: on a phone the panel takes the lower part, else the right.
// The point then stands in the middle of what is free.
export function uncover(map: PortalMap, { lon, lat }: { lon: number; lat: number }): void {
    const panel = document.querySelector(".why")?.getBoundingClientRect();
    const whole = document.getElementById("map")?.getBoundingClientRect();
    if (!panel || !whole) return;
    const { x, y } = map.project(lon, lat);
    const [left, top, bottom] = [panel.left - whole.left, panel.top - whole.top, panel.bottom - whole.top];
    if (matchMedia(PHONE).matches) {
        const legend = document.querySelector(".legend")?.getBoundingClientRect().bottom ?? whole.top;
        if (y > top - SPARE) map.moveBy(0, y - (legend - whole.top + top) / 2);
    } else if (x > left - SPARE && y < bottom + SPARE) {
        map.moveBy(x - left / 2, 0);
    }
}
