#include "api/record.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "output/csv.h"

static void add_take(tpk_record *record, char *name, tpk_column_type type, tpk_value value)
{
    if (!name || record->failed ||
        !tpk_grow(&record->items, &record->capacity, record->n + 1, sizeof *record->items)) {
        record->failed = true;
        tpk_free(name);
        return;
    }
    record->items[record->n++] = (struct tpk_record_item){name, type, value};
}

static void add_formatted(tpk_record *record, tpk_column_type type, tpk_value value, const char *name_format,
                          va_list args)
{
    char name[512];
    int n = vsnprintf(name, sizeof name, name_format, args);
    bool fits = n >= 0 && (size_t)n < sizeof name;
    add_take(record, fits ? tpk_strdup(name) : NULL, type, value);
}

void tpk_record_text(tpk_record *record, const char *text, const char *name_format, ...)
{
    va_list args;
    va_start(args, name_format);
    add_formatted(record, TPK_COLUMN_TEXT, (tpk_value){.text = text, .number = (double)NAN}, name_format,
                  args);
    va_end(args);
}

void tpk_record_number(tpk_record *record, double number, const char *name_format, ...)
{
    va_list args;
    va_start(args, name_format);
    add_formatted(record, TPK_COLUMN_REAL, (tpk_value){.number = number}, name_format, args);
    va_end(args);
}

void tpk_record_integer(tpk_record *record, double number, const char *name_format, ...)
{
    va_list args;
    va_start(args, name_format);
    add_formatted(record, TPK_COLUMN_INTEGER, (tpk_value){.number = number}, name_format, args);
    va_end(args);
}

void tpk_record_absent(tpk_record *record, tpk_column_type type, const char *name)
{
    add_take(record, tpk_strdup(name), type, (tpk_value){.number = (double)NAN, .absent = true});
}

void tpk_record_reset(tpk_record *record)
{
    for (size_t i = 0; i < record->n; i++) tpk_free(record->items[i].name);
    record->n = 0;
    record->failed = false;
}

void tpk_record_clear(tpk_record *record)
{
    tpk_record_reset(record);
    tpk_free(record->items);
    *record = (tpk_record){0};
}

tpk_status tpk_record_declare(const tpk_record *record, tpk_geojson *geojson, tpk_err *err)
{
    if (record->failed) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < record->n && status == TPK_OK; i++) {
        status = tpk_geojson_add_column(geojson, record->items[i].name, record->items[i].type, err);
    }
    return status;
}

/* In the order of the columns. Caller frees; NULL: no memory, or the record failed. */
static tpk_value *values_of(const tpk_record *record)
{
    tpk_value *values = record->failed ? NULL : tpk_alloc(record->n, sizeof *values);
    for (size_t i = 0; values && i < record->n; i++) values[i] = record->items[i].value;
    return values;
}

tpk_status tpk_record_write(const tpk_record *record, tpk_geojson *geojson, tpk_geom geom, tpk_err *err)
{
    tpk_value *values = values_of(record);
    tpk_status status = values ? tpk_geojson_add(geojson, geom, values, err) : tpk_err_memory(err);
    tpk_free(values);
    return status;
}

tpk_status tpk_record_declare_table(const tpk_record *record, tpk_gpkg *gpkg, tpk_err *err)
{
    if (record->failed) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < record->n && status == TPK_OK; i++) {
        status = tpk_gpkg_add_column(gpkg, record->items[i].name, record->items[i].type, err);
    }
    return status;
}

tpk_status tpk_record_write_row(const tpk_record *record, tpk_gpkg *gpkg, tpk_geom geom, tpk_err *err)
{
    tpk_value *values = values_of(record);
    tpk_status status = values ? tpk_gpkg_add(gpkg, geom, values, err) : tpk_err_memory(err);
    tpk_free(values);
    return status;
}

void tpk_record_csv_header(const tpk_record *record, tpk_text *csv)
{
    csv->failed |= record->failed;
    for (size_t i = 0; i < record->n; i++) tpk_csv_text(csv, i == 0, record->items[i].name);
    tpk_csv_end_row(csv);
}

void tpk_record_csv_row(const tpk_record *record, tpk_text *csv)
{
    csv->failed |= record->failed;
    for (size_t i = 0; i < record->n; i++) {
        const struct tpk_record_item *item = &record->items[i];
        if (item->type == TPK_COLUMN_TEXT)
            tpk_csv_text(csv, i == 0, item->value.text);
        else
            tpk_csv_number(csv, i == 0, item->value.number);
    }
    tpk_csv_end_row(csv);
}
