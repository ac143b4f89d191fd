/* GeoJSON as RFC 7946 wants it, through OGR: WGS 84, right-hand rings, bbox, no crs member, no NaN. */
#ifndef TPK_OUTPUT_GEOJSON_H
#define TPK_OUTPUT_GEOJSON_H

#include <stdbool.h>

#include "geo/crs.h"
#include "geo/geom.h"

/* Reals are rounded to 6 decimals and written with at most 15 digits, coordinates to 7 decimals (about 1 cm).
 */
typedef enum tpk_column_type { TPK_COLUMN_TEXT, TPK_COLUMN_REAL, TPK_COLUMN_INTEGER } tpk_column_type;

/* One property value; NULL (text) and NaN or infinity (numbers) become null. Zero-initialise what is not
 * said. */
typedef struct tpk_value {
    const char *text;
    double number;
    bool absent; /* this feature does not have the property at all: not even null is written */
} tpk_value;

typedef struct tpk_geojson tpk_geojson;

/* Coordinates given to tpk_geojson_add are in crs (borrowed until finish) and are transformed to longitude
 * and latitude; edges longer than 1000 map units of a projected crs are densified so that a straight map line
 * stays one. name is the collection's title, description a remark on all of it (a member beside name; NULL:
 * none). The file appears at path only when finish and publish succeed; caller ends it with publish or abort.
 * One thread at a time. path NULL: no file, tpk_geojson_take_text ends it. TPK_ERR_MEMORY, TPK_ERR_IO. */
TPK_MUST_CHECK tpk_status tpk_geojson_open(const char *path, const char *name, const char *description,
                                           tpk_crs *crs, tpk_geojson **geojson, tpk_err *err);

/* All columns before the first feature. TPK_ERR_ARGUMENT for a name that is there already, or after a
 * feature. */
TPK_MUST_CHECK tpk_status tpk_geojson_add_column(tpk_geojson *geojson, const char *name, tpk_column_type type,
                                                 tpk_err *err);

/* values: one a column, in order. A geometry without parts is written as null. TPK_ERR_CRS when a point
 * cannot be transformed, TPK_ERR_ARGUMENT for text that is not UTF-8, TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_geojson_add(tpk_geojson *geojson, tpk_geom geom, const tpk_value *values,
                                          tpk_err *err);

/* Leaves the complete file under its temporary name. */
TPK_MUST_CHECK tpk_status tpk_geojson_finish(tpk_geojson *geojson, tpk_err *err);
/* The document as a text, where no path was given; frees geojson in every case. Caller frees *text with
 * tpk_free. TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_geojson_take_text(tpk_geojson *geojson, char **text, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_geojson_publish(tpk_geojson *geojson,
                                              tpk_err *err); /* frees it in every case */
void tpk_geojson_abort(tpk_geojson *geojson);                /* NULL is allowed */

#endif
