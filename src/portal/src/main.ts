// Starts the page. The user interface is ui/index.ts:
//   export function startUi(study: Study, store: Store, map: PortalMap, summarise: Summarise): void
// #map is the element that holds the map.
