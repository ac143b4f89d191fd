/* A row of named values, the columns of a GeoJSON file and one feature's properties in step. */
#ifndef TPK_API_RECORD_H
#define TPK_API_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "output/geojson.h"
#include "output/gpkg.h"

/* Initialise with {0}. The same calls in the same order for every feature: the first feature's calls make the
 * columns. */
typedef struct tpk_record {
    struct tpk_record_item {
        char *name; /* owned */
        tpk_column_type type;
        tpk_value value; /* its text is borrowed */
    } * items;
    size_t n, capacity;
    bool failed; /* without memory; remembered */
} tpk_record;

/* text NULL: null; borrowed until the record is reset. */
void tpk_record_text(tpk_record *record, const char *text, const char *name_format, ...) TPK_PRINTF(3, 4);
/* NaN: null. */
void tpk_record_number(tpk_record *record, double number, const char *name_format, ...) TPK_PRINTF(3, 4);
void tpk_record_integer(tpk_record *record, double number, const char *name_format, ...) TPK_PRINTF(3, 4);
/* A column that this feature does not have. */
void tpk_record_absent(tpk_record *record, tpk_column_type type, const char *name);
void tpk_record_reset(tpk_record *record); /* no items; keeps the memory */
void tpk_record_clear(tpk_record *record); /* safe twice */

/* Declares the record's columns; then adds the record as a feature. TPK_ERR_MEMORY also for a record that
 * failed. */
TPK_MUST_CHECK tpk_status tpk_record_declare(const tpk_record *record, tpk_geojson *geojson, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_record_write(const tpk_record *record, tpk_geojson *geojson, tpk_geom geom,
                                           tpk_err *err);

/* The same for the table of a GeoPackage that was begun last. */
TPK_MUST_CHECK tpk_status tpk_record_declare_table(const tpk_record *record, tpk_gpkg *gpkg, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_record_write_row(const tpk_record *record, tpk_gpkg *gpkg, tpk_geom geom,
                                               tpk_err *err);

/* The same as lines of CSV at the end of csv: the columns' names; a row. A record that failed marks csv as
 * failed. */
void tpk_record_csv_header(const tpk_record *record, tpk_text *csv);
void tpk_record_csv_row(const tpk_record *record, tpk_text *csv);

#endif
