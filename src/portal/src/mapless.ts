// In place of the map where it cannot be drawn: the tables around it need none.

import { type FaultLog, faults } from "./faults";
import type { PortalMap } from "./map";
import type { Study } from "./study";

export function createMapless(study: Study, told: FaultLog): PortalMap {
    const [lon, lat] = study.center;
    const none = (): void => {};
    const refuse = async (): Promise<never> => {
        throw faults.noMap();
    };
    return {
        layers: [],
        onClick: none,
        onFault: (listener) => told.listen(listener),
        read: refuse,
        center: () => ({ lon, lat }),
        project: () => ({ x: 0, y: 0 }),
        metresPerPixel: () => 1,
        showWhole: none,
        flyTo: none,
        moveTo: none,
        moveInto: none,
        setPadding: none,
        setLayerVisible: none,
        picture: refuse,
        resize: none,
        isIdle: () => true,
    };
}
