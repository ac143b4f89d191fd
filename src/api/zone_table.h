/* The zones of a study: read from their layer, measured by a run, ranked, written with the overlay. */
#ifndef TPK_API_ZONE_TABLE_H
#define TPK_API_ZONE_TABLE_H

#include "api/record.h"
#include "api/study.h"
#include "output/geojson.h"
#include "output/staging.h"

/* The zone layer and a view of each zone's geometry; empty when the project has no zones. */
typedef struct tpk_zone_shapes {
    const tpk_layer *layer;              /* borrowed from the store */
    const tpk_field *id, *name;          /* borrowed, as the next two */
    const tpk_field *stated_area, *note; /* NULL when the project names none; stated_area holds numbers */
    tpk_geom *geoms;                     /* owned; layer->n_features */
    size_t n;
} tpk_zone_shapes;

/* TPK_ERR_DATA: two zones with one id, a zone without id or geometry, stated areas that are text. Caller
 * frees with tpk_zone_shapes_clear. */
TPK_MUST_CHECK tpk_status tpk_zone_shapes_read(const tpk_study *study, tpk_zone_shapes *shapes, tpk_err *err);
void tpk_zone_shapes_clear(tpk_zone_shapes *shapes);

/* What sums up the zones during the computation. Errors of tpk_zonal_new. Caller frees with
 * tpk_zonal_free. */
TPK_MUST_CHECK tpk_status tpk_zone_sums_new(const tpk_study *study, const tpk_zone_shapes *shapes,
                                            tpk_zonal **zonal, tpk_err *err);

/* shapes->n rows (all zero before) from their figures: names, stated hectares, ranks; rows own the figures
 * from then on, after an error too. Caller frees with tpk_zone_rows_free. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_zone_rows_fill(const tpk_zone_shapes *shapes, const tpk_zone_stats *stats,
                                             tpk_zone_row *rows, tpk_err *err);

/* Fills study->zones from the sums: names, stated hectares, figures, ranks; with the findings about them
 * (api/findings.h). */
TPK_MUST_CHECK tpk_status tpk_zone_table_fill(tpk_study *study, const tpk_zone_shapes *shapes,
                                              const tpk_zonal_acc *sums, tpk_err *err);

/* The zones against one layer of the project's `overlay`. */
typedef struct tpk_layer_overlay {
    const char *id;          /* borrowed */
    const tpk_layer *layer;  /* borrowed */
    const tpk_field *naming; /* borrowed; its text names a feature; NULL: no field has a usual name */
    tpk_overlay overlay;
} tpk_layer_overlay;

/* One item for each layer of project->overlay; a note says what names the features. Caller frees with
 * tpk_overlays_free. */
TPK_MUST_CHECK tpk_status tpk_overlays_run(tpk_study *study, const tpk_zone_shapes *shapes,
                                           tpk_layer_overlay **overlays, tpk_err *err);
void tpk_overlays_free(tpk_layer_overlay *overlays, size_t n);

/* A feature for each row; overlays NULL: without their figures. */
TPK_MUST_CHECK tpk_status tpk_zone_rows_write(const tpk_study *study, const tpk_zone_row *rows,
                                              const tpk_zone_shapes *shapes,
                                              const tpk_layer_overlay *overlays, tpk_geojson *geojson,
                                              tpk_err *err);

/* Fills record (reset first) with all that zones.geojson says of one of the rows; overlays as above. */
void tpk_zone_describe(const tpk_study *study, const tpk_zone_row *rows, const tpk_layer_overlay *overlays,
                       size_t zone, tpk_record *record);

/* zones.geojson with its style, overlay.geojson, in the staging. */
TPK_MUST_CHECK tpk_status tpk_zone_table_write(tpk_study *study, const tpk_zone_shapes *shapes,
                                               const tpk_layer_overlay *overlays, tpk_staging *staging,
                                               tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_overlays_write(tpk_study *study, const tpk_layer_overlay *overlays,
                                             tpk_staging *staging, tpk_err *err);

#endif
