/* zones.geojson and overlay.geojson. */
#include <math.h>
#include <string.h>

#include "api/record.h"
#include "api/styles.h"
#include "api/zone_table.h"
#include "base/mem.h"
#include "base/text.h"

/* ---- zones.geojson ---- */

static void describe_scores(const tpk_study *study, const tpk_zone_row *row, tpk_record *record)
{
    const tpk_zone_stats *stats = &row->stats;
    tpk_record_text(record, row->id, "id");
    tpk_record_text(record, row->name, "name");
    tpk_record_integer(record, row->rank, "rank");
    tpk_record_number(record, stats->score_mean, "score_mean");
    tpk_record_number(record, stats->score_min, "score_min");
    tpk_record_number(record, stats->score_max, "score_max");
    tpk_record_number(record, stats->area_ha, "area_ha");
    tpk_record_number(record, row->stated_area_ha, "stated_area_ha");
    tpk_record_number(record, (stats->area_ha / row->stated_area_ha - 1) * 100, "area_difference_pct");
    tpk_record_number(record, stats->class_ha[TPK_CELL_S1], "class_S1_ha");
    tpk_record_number(record, stats->class_ha[TPK_CELL_S2], "class_S2_ha");
    tpk_record_number(record, stats->class_ha[TPK_CELL_S3], "class_S3_ha");
    tpk_record_number(record, stats->class_ha[TPK_CELL_N], "class_N_ha");
    tpk_record_number(record, stats->class_ha[TPK_CELL_EXCLUDED], "excluded_ha");
    tpk_record_number(record, stats->class_ha[TPK_CELL_UNKNOWN], "unknown_ha");
    tpk_record_number(record, stats->class_ha[TPK_CELL_OUTSIDE], "outside_ha");
    const tpk_criterion_spec *limiting =
        stats->limiting < 0 ? NULL : study->plan->criteria[stats->limiting].spec;
    tpk_record_text(record, limiting ? limiting->id : NULL, "limiting");
    tpk_record_text(record, limiting ? limiting->title : NULL, "limiting_title");
}

/* Categories have no mean: their numbers follow the alphabet. */
static void describe_criterion(const tpk_plan_criterion *criterion, const tpk_zone_criterion *found,
                               tpk_record *record)
{
    const char *id = criterion->spec->id;
    size_t n_categories;
    const char *const *categories = tpk_source_categories(criterion->source, &n_categories);
    bool is_number = n_categories == 0;
    tpk_record_number(record, is_number ? found->mean : (double)NAN, "%s_mean", id);
    tpk_record_number(record, is_number ? found->min : (double)NAN, "%s_min", id);
    tpk_record_number(record, is_number ? found->max : (double)NAN, "%s_max", id);
    if (!is_number)
        tpk_record_text(record, found->dominant < 0 ? NULL : categories[found->dominant], "%s_dominant", id);
    tpk_record_number(record, found->membership_mean, "%s_membership", id);
    tpk_record_number(record, found->unknown_ha, "%s_unknown_ha", id);
}

static void describe_parts(const tpk_study *study, const tpk_zone_row *row, tpk_record *record)
{
    for (size_t k = 0; k < study->plan->n_criteria; k++) {
        describe_criterion(&study->plan->criteria[k], &row->stats.criteria[k], record);
    }
    for (size_t k = 0; k < study->plan->n_constraints; k++) {
        tpk_record_number(record, row->stats.constraint_ha[k], "%s_ha", study->plan->constraints[k].spec->id);
    }
}

static void describe_overlay(const tpk_layer_overlay *item, size_t zone, tpk_record *record)
{
    const tpk_zone_overlay *result = &item->overlay.zones[zone];
    const char *nearest =
        item->naming && result->nearest_feature >= 0 ? item->naming->text[result->nearest_feature] : NULL;
    if (item->layer->kind == TPK_GEOM_POINT)
        tpk_record_integer(record, result->measure, "%s_n", item->id);
    else
        tpk_record_number(record, result->measure, "%s_%s", item->id,
                          item->layer->kind == TPK_GEOM_LINE ? "km" : "ha");
    tpk_record_number(record, result->nearest_m, "%s_nearest_m", item->id);
    tpk_record_text(record, nearest, "%s_nearest_name", item->id);
}

void tpk_zone_describe(const tpk_study *study, const tpk_zone_row *rows, const tpk_layer_overlay *overlays,
                       size_t zone, tpk_record *record)
{
    tpk_record_reset(record);
    describe_scores(study, &rows[zone], record);
    describe_parts(study, &rows[zone], record);
    for (size_t i = 0; overlays && i < study->project->n_overlay; i++)
        describe_overlay(&overlays[i], zone, record);
    const char *note = rows[zone].note;
    if (note) tpk_record_text(record, *note ? note : NULL, "note");
}

static tpk_status write_zone(const tpk_study *study, const tpk_zone_row *rows, const tpk_zone_shapes *shapes,
                             const tpk_layer_overlay *overlays, size_t zone, tpk_record *record,
                             tpk_geojson *geojson, tpk_err *err)
{
    tpk_zone_describe(study, rows, overlays, zone, record);
    tpk_status status = zone == 0 ? tpk_record_declare(record, geojson, err) : TPK_OK;
    return status == TPK_OK ? tpk_record_write(record, geojson, shapes->geoms[zone], err) : status;
}

tpk_status tpk_zone_rows_write(const tpk_study *study, const tpk_zone_row *rows,
                               const tpk_zone_shapes *shapes, const tpk_layer_overlay *overlays,
                               tpk_geojson *geojson, tpk_err *err)
{
    tpk_record record = {0};
    tpk_status status = TPK_OK;
    for (size_t zone = 0; zone < shapes->n && status == TPK_OK; zone++)
        status = write_zone(study, rows, shapes, overlays, zone, &record, geojson, err);
    tpk_record_clear(&record);
    return status;
}

tpk_status tpk_zone_table_write(tpk_study *study, const tpk_zone_shapes *shapes,
                                const tpk_layer_overlay *overlays, tpk_staging *staging, tpk_err *err)
{
    const char *path = tpk_staging_path(staging, "zones.geojson");
    if (!path) return tpk_err_memory(err);
    tpk_geojson *geojson = NULL;
    tpk_status status =
        tpk_geojson_open(path, study->project->title, study->project->note, study->plan->crs, &geojson, err);
    if (status == TPK_OK) status = tpk_zone_rows_write(study, study->zones, shapes, overlays, geojson, err);
    if (status == TPK_OK) status = tpk_geojson_finish(geojson, err);
    if (status != TPK_OK) {
        tpk_geojson_abort(geojson);
        return status;
    }
    status = tpk_geojson_publish(geojson, err);
    return status == TPK_OK ? tpk_styles_write_zones(study, staging, err) : status;
}

/* ---- overlay.geojson ---- */

/* A column for an attribute; attributes of one name and kind in several layers share it. */
typedef struct attribute_column {
    char *property;   /* owned */
    const char *name; /* borrowed; the attribute's */
    tpk_field_type type;
} attribute_column;

typedef struct attribute_columns {
    attribute_column *items;
    size_t n, capacity;
} attribute_columns;

static const char *const OWN_PROPERTIES[] = {"zone",      "layer", "area_ha",
                                             "length_km", "count", "zone_share_pct"};

/* Readers of GeoJSON that make tables of it (OGR) tell no small letters from large ones. */
static bool is_taken(const attribute_columns *columns, const char *property)
{
    for (size_t i = 0; i < sizeof OWN_PROPERTIES / sizeof *OWN_PROPERTIES; i++) {
        if (tpk_text_equal_fold(OWN_PROPERTIES[i], property)) return true;
    }
    for (size_t i = 0; i < columns->n; i++) {
        if (tpk_text_equal_fold(columns->items[i].property, property)) return true;
    }
    return false;
}

static const attribute_column *find_column(const attribute_columns *columns, const tpk_field *field)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (columns->items[i].type == field->type && strcmp(columns->items[i].name, field->name) == 0)
            return &columns->items[i];
    }
    return NULL;
}

/* The attribute's own name; when that is taken "layer_name", then "layer_name_2" and so on. Caller frees;
 * NULL: no memory. */
static char *choose_property(const attribute_columns *columns, const char *name, const char *layer_id)
{
    char *property = tpk_strdup(name);
    for (int attempt = 1; property && is_taken(columns, property); attempt++) {
        tpk_free(property);
        tpk_text text = {0};
        tpk_text_addf(&text, "%s_%s", layer_id, name);
        if (attempt > 1) tpk_text_addf(&text, "_%d", attempt);
        if (tpk_text_take(&text, &property, NULL) != TPK_OK) property = NULL;
    }
    return property;
}

static tpk_status add_column(attribute_columns *columns, const tpk_field *field, const char *layer_id,
                             tpk_err *err)
{
    if (find_column(columns, field)) return TPK_OK;
    char *property = choose_property(columns, field->name, layer_id);
    if (!property || !tpk_grow(&columns->items, &columns->capacity, columns->n + 1, sizeof *columns->items)) {
        tpk_free(property);
        return tpk_err_memory(err);
    }
    columns->items[columns->n++] = (attribute_column){property, field->name, field->type};
    return TPK_OK;
}

static void columns_clear(attribute_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++) tpk_free(columns->items[i].property);
    tpk_free(columns->items);
}

static const tpk_column_type COLUMN_TYPES[] = {[TPK_FIELD_TEXT] = TPK_COLUMN_TEXT,
                                               [TPK_FIELD_INTEGER] = TPK_COLUMN_INTEGER,
                                               [TPK_FIELD_NUMBER] = TPK_COLUMN_REAL};

static void describe_attribute(const attribute_column *column, const tpk_field *field, int64_t feature,
                               tpk_record *record)
{
    switch (column->type) {
    case TPK_FIELD_TEXT: tpk_record_text(record, field->text[feature], "%s", column->property); break;
    case TPK_FIELD_INTEGER: tpk_record_integer(record, field->number[feature], "%s", column->property); break;
    case TPK_FIELD_NUMBER: tpk_record_number(record, field->number[feature], "%s", column->property); break;
    }
}

static void describe_piece(const tpk_study *study, const tpk_layer_overlay *item, const tpk_piece *piece,
                           const attribute_columns *columns, tpk_record *record)
{
    tpk_geom_kind kind = item->layer->kind;
    tpk_record_text(record, study->zones[piece->zone].id, "zone");
    tpk_record_text(record, item->id, "layer");
    tpk_record_number(record, kind == TPK_GEOM_POLYGON ? piece->measure : (double)NAN, "area_ha");
    tpk_record_number(record, kind == TPK_GEOM_LINE ? piece->measure : (double)NAN, "length_km");
    tpk_record_integer(record, kind == TPK_GEOM_POINT ? piece->measure : (double)NAN, "count");
    tpk_record_number(record, piece->share_pct, "zone_share_pct");
    for (size_t i = 0; i < columns->n; i++) {
        const attribute_column *column = &columns->items[i];
        const tpk_field *field = tpk_layer_field(item->layer, column->name);
        bool has = field && find_column(columns, field) == column;
        if (has)
            describe_attribute(column, field, piece->feature, record);
        else
            tpk_record_absent(record, COLUMN_TYPES[column->type], column->property);
    }
}

static tpk_status write_pieces(const tpk_study *study, const tpk_layer_overlay *overlays,
                               const attribute_columns *columns, tpk_geojson *geojson, tpk_err *err)
{
    tpk_record record = {0};
    tpk_status status = TPK_OK;
    bool first = true;
    for (size_t i = 0; i < study->project->n_overlay; i++) {
        for (size_t k = 0; k < overlays[i].overlay.n_pieces && status == TPK_OK; k++, first = false) {
            const tpk_piece *piece = &overlays[i].overlay.pieces[k];
            tpk_record_reset(&record);
            describe_piece(study, &overlays[i], piece, columns, &record);
            if (first) status = tpk_record_declare(&record, geojson, err);
            if (status == TPK_OK)
                status = tpk_record_write(&record, geojson, tpk_geom_buffer_view(&piece->geom), err);
        }
    }
    tpk_record_clear(&record);
    return status;
}

tpk_status tpk_overlays_write(tpk_study *study, const tpk_layer_overlay *overlays, tpk_staging *staging,
                              tpk_err *err)
{
    const char *path = tpk_staging_path(staging, "overlay.geojson");
    if (!path) return tpk_err_memory(err);
    attribute_columns columns = {0};
    tpk_geojson *geojson = NULL;
    tpk_status status =
        tpk_geojson_open(path, study->project->title, study->project->note, study->plan->crs, &geojson, err);
    for (size_t i = 0; i < study->project->n_overlay; i++) {
        for (size_t f = 0; f < overlays[i].layer->n_fields && status == TPK_OK; f++) {
            status = add_column(&columns, &overlays[i].layer->fields[f], overlays[i].id, err);
        }
    }
    if (status == TPK_OK) status = write_pieces(study, overlays, &columns, geojson, err);
    if (status == TPK_OK) status = tpk_geojson_finish(geojson, err);
    columns_clear(&columns);
    if (status != TPK_OK) {
        tpk_geojson_abort(geojson);
        return status;
    }
    return tpk_geojson_publish(geojson, err);
}
