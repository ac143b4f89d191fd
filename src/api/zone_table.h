/* The zones of a study: read from their layer, measured by a run, ranked, written with the overlay. */
#ifndef TPK_API_ZONE_TABLE_H
#define TPK_API_ZONE_TABLE_H

#include "api/study.h"
#include "output/geojson.h"
#include "output/staging.h"

/* The zone layer and a view of each zone's geometry; empty when the project has no zones. */
typedef struct tpk_zone_shapes {
    const tpk_layer *layer; /* borrowed from the store */
    tpk_geom *geoms;        /* owned; layer->n_features */
    size_t n;
} tpk_zone_shapes;

/* TPK_ERR_DATA: two zones with one id, a zone without id or geometry. Caller frees with tpk_zone_shapes_clear. */
TPK_MUST_CHECK tpk_status tpk_zone_shapes_read(tpk_study *study, tpk_zone_shapes *shapes, tpk_err *err);
void tpk_zone_shapes_clear(tpk_zone_shapes *shapes);

/* Fills study->zones from the sums: names, stated hectares, figures, ranks. Warns of zones that are partly outside. */
TPK_MUST_CHECK tpk_status tpk_zone_table_fill(tpk_study *study, const tpk_zone_shapes *shapes, const tpk_zonal_acc *sums, tpk_err *err);

/* The zones against one layer of the project's `overlay`. */
typedef struct tpk_layer_overlay {
    const char *id;         /* borrowed */
    const tpk_layer *layer; /* borrowed */
    tpk_overlay overlay;
} tpk_layer_overlay;

/* One item for each layer of project->overlay. Caller frees with tpk_overlays_free. */
TPK_MUST_CHECK tpk_status tpk_overlays_run(tpk_study *study, const tpk_zone_shapes *shapes, tpk_layer_overlay **overlays, tpk_err *err);
void tpk_overlays_free(tpk_layer_overlay *overlays, size_t n);

/* zones.geojson with its style, overlay.geojson, in the staging. */
TPK_MUST_CHECK tpk_status tpk_zone_table_write(tpk_study *study, const tpk_zone_shapes *shapes, const tpk_layer_overlay *overlays,
                                               tpk_staging *staging, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_overlays_write(tpk_study *study, const tpk_layer_overlay *overlays, tpk_staging *staging, tpk_err *err);

#endif
