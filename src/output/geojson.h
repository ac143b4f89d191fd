/* GeoJSON as RFC 7946 wants it, through OGR: WGS 84, right-hand rings, bbox, no crs member, no NaN. */
#ifndef TPK_OUTPUT_GEOJSON_H
#define TPK_OUTPUT_GEOJSON_H

#include "geo/crs.h"
#include "geo/geom.h"

typedef enum tpk_column_type { TPK_COLUMN_TEXT, TPK_COLUMN_REAL, TPK_COLUMN_INTEGER } tpk_column_type;

/* One property value; NaN and NULL become null. */
typedef struct tpk_value {
    const char *text;
    double number;
} tpk_value;

typedef struct tpk_geojson tpk_geojson;

/* Coordinates given to tpk_geojson_add are in crs (borrowed until close) and are transformed to longitude and latitude; long edges are
 * densified (1 km) so that a straight map line stays one. name is the collection's title.
 * The file appears at path only when finish + publish succeed; caller ends it with publish or abort. */
TPK_MUST_CHECK tpk_status tpk_geojson_open(const char *path, const char *name, tpk_crs *crs, tpk_geojson **geojson, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_geojson_add_column(tpk_geojson *geojson, const char *name, tpk_column_type type, tpk_err *err);
/* values: one a column, in order. */
TPK_MUST_CHECK tpk_status tpk_geojson_add(tpk_geojson *geojson, tpk_geom geom, const tpk_value *values, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_geojson_finish(tpk_geojson *geojson, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_geojson_publish(tpk_geojson *geojson, tpk_err *err); /* frees it in every case */
void tpk_geojson_abort(tpk_geojson *geojson); /* NULL is allowed */

#endif
