#include "input/dbf.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/shapelib.h"
#include "input/stream.h"

enum { HEADER_BYTES = 32, FIELD_BYTES = 32, INTEGER_WIDTH = 15 /* digits a double holds exactly */ };

typedef struct dbf_field {
    int offset, width;
    char type; /* C N F L D */
    tpk_field_type column_type;
    char name[XBASE_FLDNAME_LEN_READ + 1];
} dbf_field;

struct tpk_dbf {
    DBFHandle handle;
    char *path;
    int64_t n_records;
    dbf_field *fields;
    size_t n_fields;
    int64_t n_passed_over; /* fields of types that are not read */
    int64_t n_not_numbers;
    int64_t bad_record; /* the first number that is none: where, and the text */
    char bad_field[XBASE_FLDNAME_LEN_READ + 1];
    char bad_text[64];
};

static tpk_status check_header(const char *path, int64_t *n_records, tpk_err *err)
{
    tpk_stream *stream = NULL;
    uint8_t h[HEADER_BYTES];
    tpk_status status = tpk_stream_open(path, &stream, err);
    if (status != TPK_OK) return status;
    uint64_t size = tpk_stream_size(stream);
    size_t got = tpk_stream_read(stream, 0, h, sizeof h);
    tpk_stream_close(stream);
    if (got < sizeof h) {
        return tpk_err_set(err, TPK_ERR_IO,
                           _("'%s' is cut off: it has %zu bytes; copy it again from its source"), path, got);
    }
    uint64_t n = (uint64_t)h[4] | (uint64_t)h[5] << 8 | (uint64_t)h[6] << 16 | (uint64_t)h[7] << 24;
    uint64_t header = (uint64_t)h[8] | (uint64_t)h[9] << 8, length = (uint64_t)h[10] | (uint64_t)h[11] << 8;
    if (header < HEADER_BYTES + 1 || length < 1 || n > INT32_MAX) {
        return tpk_err_set(
            err, TPK_ERR_DATA,
            _("'%s' is damaged: its header states %llu records of %llu bytes after a header of %llu bytes"),
            path, (unsigned long long)n, (unsigned long long)length, (unsigned long long)header);
    }
    if (header > size || n * length > size - header) {
        return tpk_err_set(
            err, TPK_ERR_IO,
            _("'%s' is cut off: its header states %llu records, which need %llu bytes; the file has %llu; "
              "copy it again from its source"),
            path, (unsigned long long)n, (unsigned long long)(header + n * length), (unsigned long long)size);
    }
    *n_records = (int64_t)n;
    return TPK_OK;
}

static tpk_status take_field(tpk_dbf *dbf, int i, tpk_err *err)
{
    dbf_field field = {.offset = dbf->handle->panFieldOffset[i], .width = dbf->handle->panFieldSize[i]};
    int width, decimals;
    DBFGetFieldInfo(dbf->handle, i, field.name, &width, &decimals);
    field.type = DBFGetNativeFieldType(dbf->handle, i);
    if (field.offset < 1 || field.width < 0 || field.offset + field.width > dbf->handle->nRecordLength) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("'%s' is damaged: field %d ends at byte %d of records of %d bytes"), dbf->path,
                           i + 1, field.offset + field.width, dbf->handle->nRecordLength);
    }
    switch (field.type) {
    case 'N':
    case 'F':
        field.column_type = field.type == 'N' && decimals == 0 && width <= INTEGER_WIDTH ? TPK_FIELD_INTEGER
                                                                                         : TPK_FIELD_NUMBER;
        break;
    case 'C':
    case 'D':
    case 'L': field.column_type = TPK_FIELD_TEXT; break;
    default: /* memos, pictures and binary numbers of dBase and FoxPro */ dbf->n_passed_over++; return TPK_OK;
    }
    dbf->fields[dbf->n_fields++] = field;
    return TPK_OK;
}

tpk_status tpk_dbf_open(const tpk_sidecars *files, tpk_dbf **out, tpk_err *err)
{
    *out = NULL;
    tpk_dbf *dbf = tpk_zalloc(1, sizeof *dbf);
    if (!dbf) return tpk_err_memory(err);
    tpk_status status = check_header(files->dbf, &dbf->n_records, err);
    if (status == TPK_OK) status = tpk_shapelib_open_dbf(files, &dbf->handle, err);
    if (status != TPK_OK) goto done;
    int n = DBFGetFieldCount(dbf->handle);
    dbf->path = tpk_strdup(files->dbf);
    dbf->fields = tpk_zalloc((size_t)(n < 0 ? 0 : n), sizeof *dbf->fields);
    if (!dbf->path || !dbf->fields) status = tpk_err_memory(err);
    for (int i = 0; status == TPK_OK && i < n; i++) status = take_field(dbf, i, err);
done:
    if (status == TPK_OK) {
        *out = dbf;
    } else {
        tpk_dbf_close(dbf);
    }
    return status;
}

void tpk_dbf_close(tpk_dbf *dbf)
{
    if (!dbf) return;
    if (dbf->handle) DBFClose(dbf->handle);
    tpk_free(dbf->path);
    tpk_free(dbf->fields);
    tpk_free(dbf);
}

int64_t tpk_dbf_n_records(const tpk_dbf *dbf)
{
    return dbf->n_records;
}

int tpk_dbf_driver(const tpk_dbf *dbf)
{
    return dbf->handle->iLanguageDriver;
}

tpk_status tpk_dbf_add_columns(tpk_dbf *dbf, tpk_build *build, tpk_err *err)
{
    for (size_t i = 0; i < dbf->n_fields; i++) {
        const dbf_field *field = &dbf->fields[i];
        size_t width = field->type == 'C' ? (size_t)field->width : 0;
        if (!tpk_build_column(build, field->name, field->column_type, width)) return tpk_err_memory(err);
    }
    return TPK_OK;
}

/* Without what pads it: everything from the first NUL on, and trailing blanks. */
static size_t text_length(const char *bytes, size_t width)
{
    size_t n = strnlen(bytes, width);
    while (n > 0 && bytes[n - 1] == ' ') n--;
    return n;
}

static double read_number(tpk_dbf *dbf, const dbf_field *field, const char *bytes, int64_t record)
{
    char text[XBASE_FLD_MAX_WIDTH + 1];
    size_t n = text_length(bytes, (size_t)field->width), skip = 0;
    while (skip < n && bytes[skip] == ' ') skip++;
    if (skip == n || bytes[skip] == '*')
        return (double)NAN; /* stars: the number did not fit, the usual sign of NULL */
    memcpy(text, bytes + skip, n - skip);
    text[n - skip] = '\0';
    double number;
    if (tpk_text_to_number(text, &number)) return number;
    if (dbf->n_not_numbers++ == 0) {
        dbf->bad_record = record;
        memcpy(dbf->bad_field, field->name, sizeof dbf->bad_field);
        size_t kept = 0; /* ASCII only: the bytes may be in any encoding */
        for (; text[kept] && kept + 1 < sizeof dbf->bad_text; kept++) {
            dbf->bad_text[kept] = text[kept] >= ' ' && text[kept] < 0x7F ? text[kept] : '?';
        }
        dbf->bad_text[kept] = '\0';
    }
    return (double)NAN;
}

static bool add_date(tpk_column *column, const char *bytes, size_t n)
{
    bool is_date = n == 8;
    for (size_t i = 0; is_date && i < n; i++) is_date = bytes[i] >= '0' && bytes[i] <= '9';
    if (!is_date) return tpk_build_text(column, bytes, n);
    if (strncmp(bytes, "00000000", 8) == 0) return tpk_build_text(column, NULL, 0);
    char date[11] = {bytes[0], bytes[1], bytes[2], bytes[3], '/', bytes[4],
                     bytes[5], '/',      bytes[6], bytes[7], '\0'};
    return tpk_build_text(column, date, 10);
}

static bool add_logical(tpk_column *column, const char *bytes, size_t n)
{
    if (n > 0 && strchr("TtYy", bytes[0])) return tpk_build_text(column, "T", 1);
    if (n > 0 && strchr("FfNn", bytes[0])) return tpk_build_text(column, "F", 1);
    return tpk_build_text(column, NULL, 0);
}

/* bytes NULL: the record is beyond the end of the table. */
static bool add_value(tpk_dbf *dbf, const dbf_field *field, tpk_column *column, const char *bytes,
                      int64_t record)
{
    if (column->type != TPK_FIELD_TEXT) {
        return tpk_build_number(column, bytes ? read_number(dbf, field, bytes, record) : (double)NAN);
    }
    if (!bytes) return tpk_build_text(column, NULL, 0);
    size_t n = text_length(bytes, (size_t)field->width);
    column->n_nul += strnlen(bytes, (size_t)field->width) < (size_t)field->width;
    if (field->type == 'D') return add_date(column, bytes, n);
    if (field->type == 'L') return add_logical(column, bytes, n);
    return tpk_build_text(column, bytes, n);
}

tpk_status tpk_dbf_read(tpk_dbf *dbf, int64_t record, tpk_build *build, bool *deleted, tpk_err *err)
{
    *deleted = false;
    const char *tuple = NULL;
    if (record < dbf->n_records) {
        tuple = DBFReadTuple(dbf->handle, (int)record);
        if (!tuple) {
            return tpk_err_set(err, TPK_ERR_IO, _("'%s': record %lld (counting from 0) cannot be read: %s"),
                               dbf->path, (long long)record, tpk_shapelib_reason());
        }
        *deleted = tuple[0] == '*';
        if (*deleted) return TPK_OK;
    }
    for (size_t i = 0; i < dbf->n_fields; i++) {
        const dbf_field *field = &dbf->fields[i];
        const char *bytes = tuple ? tuple + field->offset : NULL;
        if (!add_value(dbf, field, &build->columns[i], bytes, record)) return tpk_err_memory(err);
    }
    return TPK_OK;
}

tpk_status tpk_dbf_remark(const tpk_dbf *dbf, const char *where, tpk_diags *diags)
{
    tpk_status status = TPK_OK;
    if (dbf->n_not_numbers > 0) {
        status = tpk_diag_add(
            diags, TPK_WARNING, where, (tpk_pos){0},
            _("%lld values of number fields are no numbers and count as unknown; the first is '%s' in field "
              "'%s' of record %lld (counting from 0)"),
            (long long)dbf->n_not_numbers, dbf->bad_text, dbf->bad_field, (long long)dbf->bad_record);
    }
    if (status == TPK_OK && dbf->n_passed_over > 0) {
        status = tpk_diag_add(diags, TPK_NOTE, where, (tpk_pos){0},
                              _("%lld fields of the DBF table have a type that is not read (memo or binary)"),
                              (long long)dbf->n_passed_over);
    }
    return status;
}
