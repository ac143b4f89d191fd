/* A GeoPackage of vector tables with their QGIS styles, through OGR. */
#ifndef TPK_OUTPUT_GPKG_H
#define TPK_OUTPUT_GPKG_H

#include "geo/crs.h"
#include "output/geojson.h"

typedef struct tpk_gpkg tpk_gpkg;

/* All tables are in crs (borrowed for the call). The same calls make the same bytes on every day. The file
 * appears at path only when finish succeeds; caller ends it with finish or abort. One thread at a time.
 * TPK_ERR_MEMORY, TPK_ERR_IO. */
TPK_MUST_CHECK tpk_status tpk_gpkg_open(const char *path, const tpk_crs *crs, tpk_gpkg **gpkg, tpk_err *err);

/* Begins a table of multi geometries of one kind (not TPK_GEOM_NONE); title is shown to people. Columns come
 * next, then features. */
TPK_MUST_CHECK tpk_status tpk_gpkg_begin_table(tpk_gpkg *gpkg, const char *table, const char *title,
                                               tpk_geom_kind kind, tpk_err *err);

/* A name that the table has already, whatever its capitals, or that GeoPackage keeps for itself gets an
 * underscore at its end. */
TPK_MUST_CHECK tpk_status tpk_gpkg_add_column(tpk_gpkg *gpkg, const char *name, tpk_column_type type,
                                              tpk_err *err);

/* values: one a column, in order; what is absent or no number is NULL. Texts are UTF-8. */
TPK_MUST_CHECK tpk_status tpk_gpkg_add(tpk_gpkg *gpkg, tpk_geom geom, const tpk_value *values, tpk_err *err);

/* qml becomes the style with which QGIS shows the table begun last. */
TPK_MUST_CHECK tpk_status tpk_gpkg_set_style(tpk_gpkg *gpkg, const char *qml, tpk_err *err);

TPK_MUST_CHECK tpk_status tpk_gpkg_finish(tpk_gpkg *gpkg, tpk_err *err); /* frees it in every case */
void tpk_gpkg_abort(tpk_gpkg *gpkg);                                     /* NULL is allowed */

#endif
