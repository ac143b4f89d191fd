/* Shapefiles: geometry through shapelib, attributes through dbf.h. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/build.h"
#include "input/dbf.h"
#include "input/encoding.h"
#include "input/reader.h"
#include "input/shapelib.h"
#include "input/source_files.h"
#include "input/stream.h"

enum { PRJ_LIMIT = 1 << 16, CPG_LIMIT = 64 };

static const double NO_MEASURE = -1e38; /* the format: any M below this means "no data" */

/* Everything open while one shapefile is read. */
typedef struct shapefile {
    tpk_sidecars files;
    tpk_shx index;
    SHPHandle shp;
    tpk_dbf *dbf; /* NULL: there is no table */
    char *cpg;
    tpk_build build;
} shapefile;

static tpk_geom_kind kind_of(int shape_type)
{
    switch (shape_type) {
    case SHPT_POINT:
    case SHPT_POINTZ:
    case SHPT_POINTM:
    case SHPT_MULTIPOINT:
    case SHPT_MULTIPOINTZ:
    case SHPT_MULTIPOINTM: return TPK_GEOM_POINT;
    case SHPT_ARC:
    case SHPT_ARCZ:
    case SHPT_ARCM: return TPK_GEOM_LINE;
    case SHPT_POLYGON:
    case SHPT_POLYGONZ:
    case SHPT_POLYGONM: return TPK_GEOM_POLYGON;
    default: return TPK_GEOM_NONE;
    }
}

static bool has_z(int shape_type)
{
    return shape_type >= SHPT_POINTZ && shape_type <= SHPT_MULTIPOINTZ;
}

static bool has_m(const SHPObject *object)
{
    if (!object->bMeasureIsUsed || !object->padfM) return false;
    for (int i = 0; i < object->nVertices; i++) {
        if (object->padfM[i] > NO_MEASURE) return true;
    }
    return false;
}

/* The text of a small file without what surrounds it; NULL when there is none. */
static tpk_status read_trimmed(const char *path, size_t limit, char **text, tpk_err *err)
{
    *text = NULL;
    if (!path) return TPK_OK;
    char *all = NULL;
    tpk_status status = tpk_stream_text(path, limit, &all, err);
    if (status != TPK_OK) return status;
    const char *start = strncmp(all, "\xEF\xBB\xBF", 3) == 0 ? all + 3 : all;
    while (isspace((unsigned char)*start)) start++;
    size_t n = strlen(start);
    while (n > 0 && isspace((unsigned char)start[n - 1])) n--;
    if (n > 0) {
        *text = tpk_strndup(start, n);
        if (!*text) status = tpk_err_memory(err);
    }
    tpk_free(all);
    return status;
}

static void close_all(shapefile *s)
{
    tpk_build_clear(&s->build);
    tpk_free(s->cpg);
    tpk_dbf_close(s->dbf);
    if (s->shp) SHPClose(s->shp);
    tpk_shx_clear(&s->index);
    tpk_sidecars_clear(&s->files);
}

static tpk_status open_all(shapefile *s, const tpk_layer_spec *spec, tpk_layer *layer, tpk_err *err)
{
    tpk_status status = tpk_sidecars_find(spec->path, &s->files, err);
    if (status == TPK_OK) status = tpk_shx_read(&s->files, &s->index, err);
    if (status != TPK_OK) return status;
    int type = s->index.shape_type;
    if (kind_of(type) == TPK_GEOM_NONE && type != SHPT_NULL) {
        return tpk_err_set(
            err, TPK_ERR_DATA,
            _("'%s' holds shapes of type %d (%s); points, lines and polygons can be used. Convert the layer "
              "in QGIS and save it again"),
            tpk_spec_path(spec), type, type == SHPT_MULTIPATCH ? "MultiPatch" : _("not of the format"));
    }
    status = tpk_shapelib_open_shp(&s->files, &s->index, &s->shp, err);
    if (status == TPK_OK && s->files.dbf) status = tpk_dbf_open(&s->files, &s->dbf, err);
    if (status == TPK_OK) status = read_trimmed(s->files.cpg, CPG_LIMIT, &s->cpg, err);
    if (status != TPK_OK) return status;
    layer->kind = kind_of(type);
    if (!tpk_build_start(&s->build, layer)) return tpk_err_memory(err);
    return s->dbf ? tpk_dbf_add_columns(s->dbf, &s->build, err) : TPK_OK;
}

static bool add_points(tpk_build *build, const SHPObject *object)
{
    for (int i = 0; i < object->nVertices; i++) {
        double *to = tpk_build_part(build, 1, 0);
        if (!to) return false;
        to[0] = object->padfX[i];
        to[1] = object->padfY[i];
    }
    return true;
}

/* Parts of too few points are kept: the steps common to all readers count what they drop. */
static bool add_parts(tpk_build *build, const SHPObject *object)
{
    for (int part = 0; part < object->nParts; part++) {
        int start = object->panPartStart[part];
        int end = part + 1 < object->nParts ? object->panPartStart[part + 1] : object->nVertices;
        if (start < 0 || end > object->nVertices || end <= start) continue;
        double *to = tpk_build_part(build, end - start, TPK_RING_OUTER);
        if (!to) return false;
        for (int i = start; i < end; i++) {
            *to++ = object->padfX[i];
            *to++ = object->padfY[i];
        }
    }
    return true;
}

static tpk_status add_object(shapefile *s, tpk_layer *layer, const SHPObject *object, int record,
                             tpk_err *err)
{
    if (object->nSHPType == SHPT_NULL || object->nVertices == 0) return TPK_OK;
    tpk_geom_kind kind = kind_of(object->nSHPType);
    if (kind != layer->kind) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("record %d (counting from 0) is of another type (%s) than its file says (%s); "
                             "the file is damaged, copy it again from its source"),
                           record, SHPTypeName(object->nSHPType), SHPTypeName(s->index.shape_type));
    }
    layer->n_z += has_z(object->nSHPType);
    layer->n_m += has_m(object);
    bool added = kind == TPK_GEOM_POINT ? add_points(&s->build, object) : add_parts(&s->build, object);
    return added ? TPK_OK : tpk_err_memory(err);
}

static tpk_status read_records(shapefile *s, tpk_layer *layer, const tpk_control *control, tpk_err *err)
{
    enum { BYTES_A_POINT = 16 };
    int n = s->index.n_records;
    if (!tpk_build_reserve(&s->build, n, (int64_t)(s->index.shp_size / BYTES_A_POINT)))
        return tpk_err_memory(err);
    SHPSetFastModeReadObject(s->shp, 1);
    tpk_status status = TPK_OK;
    for (int record = 0; status == TPK_OK && record < n; record++) {
        if (record % TPK_READ_STRIDE == 0) status = tpk_read_progress(control, record, n, err);
        bool deleted = false;
        if (status == TPK_OK && s->dbf) status = tpk_dbf_read(s->dbf, record, &s->build, &deleted, err);
        if (status != TPK_OK) break;
        if (deleted) {
            layer->n_deleted++;
            continue;
        }
        if (!tpk_build_feature(&s->build, record)) return tpk_err_memory(err);
        SHPObject *object = SHPReadObject(s->shp, record);
        if (!object) {
            return tpk_err_set(
                err, TPK_ERR_DATA,
                _("record %d (counting from 0) is damaged: %s; copy the file again from its source"), record,
                tpk_shapelib_reason());
        }
        status = add_object(s, layer, object, record, err);
        SHPDestroyObject(object);
    }
    return status;
}

static tpk_text_claim claim_of(const shapefile *s, const tpk_layer_spec *spec)
{
    if (spec->encoding) return (tpk_text_claim){TPK_TEXT_PROJECT, spec->encoding};
    if (s->cpg) return (tpk_text_claim){TPK_TEXT_CPG, s->cpg};
    const char *driver = s->dbf ? tpk_encoding_of_driver(tpk_dbf_driver(s->dbf)) : NULL;
    return driver ? (tpk_text_claim){TPK_TEXT_DRIVER, driver} : (tpk_text_claim){TPK_TEXT_UNKNOWN, NULL};
}

static tpk_status remark(const shapefile *s, const char *where, tpk_diags *diags)
{
    const tpk_pos nowhere = {0};
    tpk_status status = TPK_OK;
    if (s->index.rebuilt) {
        status = tpk_diag_add(
            diags, TPK_WARNING, where, nowhere,
            s->files.shx ? _("its .shx index is damaged and was rebuilt in memory from the .shp file")
                         : _("its .shx index is missing and was rebuilt in memory from the .shp file"));
    }
    if (status == TPK_OK && !s->dbf) {
        status = tpk_diag_add(
            diags, TPK_WARNING, where, nowhere,
            _("its .dbf table is missing: it has no attributes, and shapes that were deleted count like the "
              "others, so that the map may be wrong; ask for the whole shapefile"));
    }
    if (status == TPK_OK && s->dbf && tpk_dbf_n_records(s->dbf) != s->index.n_records) {
        status = tpk_diag_add(
            diags, TPK_WARNING, where, nowhere,
            _("the .shp file has %ld records and the .dbf table %lld; they were joined in order, "
              "attributes without a row are unknown"),
            (long)s->index.n_records, (long long)tpk_dbf_n_records(s->dbf));
    }
    if (status == TPK_OK && s->build.layer->n_deleted > 0) {
        status = tpk_diag_add(diags, TPK_NOTE, where, nowhere,
                              _("%lld records marked as deleted in the .dbf table were left out"),
                              (long long)s->build.layer->n_deleted);
    }
    return status == TPK_OK && s->dbf ? tpk_dbf_remark(s->dbf, where, diags) : status;
}

/* Where the file would state its CRS. */
static const char *crs_place(const shapefile *s)
{
    return s->files.prj ? _("its .prj file is empty") : _("its .prj file is missing");
}

tpk_status tpk_shapefile_read(const tpk_layer_spec *spec, const char *where, const tpk_control *control,
                              tpk_raw *raw, tpk_diags *diags, tpk_err *err)
{
    shapefile s = {0};
    tpk_status status = TPK_OK;
    tpk_layer *layer = raw->layer = tpk_zalloc(1, sizeof *layer);
    if (!layer) return tpk_err_memory(err);
    s.build.keep_bytes = raw->keep_bytes;
    status = tpk_source_files_of_shapefile(spec, &layer->files, err);
    if (status == TPK_OK) status = open_all(&s, spec, layer, err);
    if (status == TPK_OK) status = read_records(&s, layer, control, err);
    if (status == TPK_OK) status = read_trimmed(s.files.prj, PRJ_LIMIT, &raw->crs_text, err);
    if (status != TPK_OK) goto done;
    layer->n_read = s.index.n_records;
    layer->shx_rebuilt = s.index.rebuilt;
    layer->lacks_table = !s.dbf;
    layer->driver = tpk_strdup("shapelib");
    raw->crs_place = crs_place(&s);
    if (!layer->driver || remark(&s, where, diags) != TPK_OK) {
        status = tpk_err_memory(err);
        goto done;
    }
    status = tpk_build_finish(&s.build, claim_of(&s, spec), where, diags, err);
done:
    close_all(&s);
    return status;
}

static tpk_box header_box(SHPHandle shp)
{
    int n = 0;
    double low[4], high[4];
    SHPGetInfo(shp, &n, NULL, low, high);
    bool known = n > 0 && isfinite(low[0]) && isfinite(low[1]) && isfinite(high[0]) && isfinite(high[1]);
    return known ? (tpk_box){low[0], low[1], high[0], high[1]} : TPK_BOX_EMPTY;
}

tpk_status tpk_shapefile_peek(const tpk_layer_spec *spec, tpk_peek *peek, tpk_err *err)
{
    shapefile s = {0};
    tpk_layer *layer = tpk_zalloc(1, sizeof *layer);
    if (!layer) return tpk_err_memory(err);
    tpk_status status = open_all(&s, spec, layer, err);
    if (status == TPK_OK) status = tpk_build_finish(&s.build, claim_of(&s, spec), NULL, NULL, err);
    if (status == TPK_OK) status = read_trimmed(s.files.prj, PRJ_LIMIT, &peek->crs_text, err);
    if (status != TPK_OK) goto done;
    peek->is_vector = true;
    peek->kind = layer->kind;
    peek->box = header_box(s.shp);
    peek->crs_place = crs_place(&s);
    peek->fields = tpk_zalloc(layer->n_fields, sizeof *peek->fields);
    peek->types = tpk_zalloc(layer->n_fields, sizeof *peek->types);
    if (!peek->fields || !peek->types) status = tpk_err_memory(err);
    for (size_t i = 0; status == TPK_OK && i < layer->n_fields; i++) {
        peek->types[i] = layer->fields[i].type;
        peek->fields[peek->n_fields++] = layer->fields[i].name;
        layer->fields[i].name = NULL;
    }
done:
    close_all(&s);
    tpk_layer_free(layer);
    return status;
}
