// The panel "why here" must not lie on the point it speaks of.

import type { PortalMap } from "../map";
import { PHONE } from "./sheet";

const LABEL = 72; // pixels that a name takes beside its place

// Where the panel or the legend covers the point the map moves: on a phone the legend takes the upper part and the panel the lower,
// else the lower and the right. The point then stands in the middle of what is free.
export function uncover(map: PortalMap, { lon, lat }: { lon: number; lat: number }): void {
    const [whole, panel, legend] = ["#map", ".why", ".legend"].map((name) => document.querySelector(name)?.getBoundingClientRect());
    if (!whole || !panel || !legend) return;
    const at = map.project(lon, lat);
    const [x, y] = [whole.left + at.x, whole.top + at.y];
    if (!holds(panel, x, y, LABEL) && !holds(legend, x, y, 0)) return;
    const [right, top, bottom] = matchMedia(PHONE).matches ? [whole.right, legend.bottom, panel.top] : [panel.left, whole.top, legend.top];
    map.moveInto(lon, lat, { x: within(x, whole.left, right) - whole.left, y: within(y, top, bottom) - whole.top });
}

// Does the box, grown by `around`, hold the place?
function holds({ left, right, top, bottom }: DOMRect, x: number, y: number, around: number): boolean {
    return x >= left - around && x <= right + around && y >= top - around && y <= bottom + around;
}

// Stays where there is room for a name, else comes to the middle.
function within(at: number, from: number, to: number): number {
    return at > from && at < to - LABEL ? at : (from + to) / 2;
}
