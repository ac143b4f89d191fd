#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "project/reader.h"

enum { MAX_LAYERS = 1000 }; /* far more than any study; layers are looked up one by one */

static bool is_virtual(const char *path)
{
    return strncmp(path, "/vsi", 4) == 0;
}

static const char *const ARCHIVES[] = {"/vsizip/", "/vsitar/", "/vsigzip/", "/vsi7z/", "/vsirar/"};
enum { N_ARCHIVES = sizeof ARCHIVES / sizeof *ARCHIVES };

/* "/vsizip/data.zip/roads.shp": an archive with a relative path. An absolute one is "/vsizip//home/...", a
 * chain "/vsizip/vsicurl/...". */
static size_t archive_prefix(const char *path)
{
    for (size_t i = 0; i < N_ARCHIVES; i++) {
        size_t n = strlen(ARCHIVES[i]);
        if (strncmp(path, ARCHIVES[i], n) != 0) continue;
        return path[n] == '/' || path[n] == '{' || strncmp(path + n, "vsi", 3) == 0 ? 0 : n;
    }
    return 0;
}

/* The path that the file system knows: "/home/data.zip/roads.shp" of one in an archive; NULL: only GDAL knows
 * it. */
static const char *disk_path(const char *path)
{
    if (!is_virtual(path)) return path;
    for (size_t i = 0; i < N_ARCHIVES; i++) {
        size_t n = strlen(ARCHIVES[i]);
        if (strncmp(path, ARCHIVES[i], n) == 0) return path[n] == '/' ? path + n : NULL;
    }
    return NULL;
}

char *tpk_join_path(tpk_reader *reader, const char *written)
{
    size_t prefix = archive_prefix(written);
    if (written[0] == '/' && prefix == 0) return tpk_reader_copy(reader, written);
    tpk_text path = {0};
    tpk_text_add_bytes(&path, written, prefix);
    tpk_text_addf(&path, "%s/%s", strcmp(reader->project->dir, "/") == 0 ? "" : reader->project->dir,
                  written + prefix);
    char *out = NULL;
    tpk_status status = tpk_text_take(&path, &out, NULL);
    if (status != TPK_OK) reader->report.status = status;
    return out;
}

/* The entry of the missing file's folder that it was most likely meant to be ("Jalan.shp" for "jalan.shp");
 * *suggestion stays NULL when none is near. */
static void nearest_file(tpk_reader *reader, const char *path, char **suggestion)
{
    enum { MOST = 2000 };
    const char *name = strrchr(path, '/') + 1;
    char *folder = tpk_strndup(path, (size_t)(name - path)), **names = tpk_zalloc(MOST, sizeof *names);
    DIR *dir = folder && names ? opendir(folder) : NULL;
    size_t n = 0;
    const struct dirent *item;
    while (dir && n < MOST && (item = readdir(dir))) {
        if (item->d_name[0] == '.') continue;
        if (!(names[n] = tpk_strdup(item->d_name))) break;
        n++;
    }
    if (dir) closedir(dir);
    const char *nearest = names ? tpk_text_nearest(name, (const char *const *)names, n) : NULL;
    if (nearest) *suggestion = tpk_reader_copy(reader, nearest);
    for (size_t i = 0; i < n; i++) tpk_free(names[i]);
    tpk_free(names);
    tpk_free(folder);
}

void tpk_report_missing(tpk_reader *reader, tpk_pos pos, const char *written, const char *path)
{
    char *suggestion = NULL;
    nearest_file(reader, path, &suggestion);
    if (strchr(written, '\\')) {
        tpk_report_add(&reader->report, pos, _("there is no file '%s'; separate folders with '/', not '\\'"),
                       written);
    } else if (suggestion) {
        tpk_report_add(&reader->report, pos, _("there is no file '%s'; did you mean '%s'?"), written,
                       suggestion);
    } else {
        tpk_report_add(&reader->report, pos, _("there is no file '%s'; it was looked for at %s"), written,
                       path);
    }
    tpk_free(suggestion);
}

/* A name that is nearly that of a file may be a slip, which the planner should look at. */
static void ask_for_slip(tpk_reader *reader, tpk_layer_spec *layer)
{
    char *suggestion = NULL;
    nearest_file(reader, layer->path, &suggestion);
    layer->slip_told = suggestion != NULL;
    if (suggestion) {
        tpk_report_remark(&reader->report, TPK_WARNING, layer->pos,
                          _("layer '%s': there is no file '%s'; it is optional, so what needs it is left "
                            "out; did you mean '%s'?"),
                          layer->id, layer->written, suggestion);
    }
    tpk_free(suggestion);
}

/* Is "/vsizip//home/data.zip/roads.shp" in its archive? False when the archive is not there. */
static bool is_member(const tpk_reader *reader, const char *path)
{
    struct stat info;
    const char *on_disk = disk_path(path);
    bool has_archive = is_virtual(path) && on_disk && stat(on_disk, &info) != 0 && errno == ENOTDIR;
    return has_archive && (!reader->vocabulary->is_member || reader->vocabulary->is_member(path));
}

/* A shapefile that lost its .shp on the way is damaged, not absent. */
static bool has_other_parts(tpk_reader *reader, const char *path)
{
    static const char *const PARTS[] = {"dbf", "shx", "DBF", "SHX"};
    size_t n = strlen(path);
    if (n < 4 || strcasecmp(path + n - 4, ".shp") != 0) return false;
    char *other = tpk_reader_copy(reader, path);
    bool found = false;
    for (size_t i = 0; other && i < sizeof PARTS / sizeof *PARTS; i++) {
        struct stat info;
        memcpy(other + n - 3, PARTS[i], 3);
        const char *on_disk = disk_path(other);
        found |= (on_disk && stat(on_disk, &info) == 0) || is_member(reader, other);
    }
    tpk_free(other);
    return found;
}

static void note_absent(tpk_reader *reader, tpk_layer_spec *layer)
{
    if (has_other_parts(reader, layer->path)) {
        tpk_report_add(
            &reader->report, layer->pos,
            _("layer '%s': of the shapefile '%s' other parts are there, but not the .shp; copy all "
              "its parts, or take the others away"),
            layer->id, layer->written);
        return;
    }
    layer->absent = true;
    ask_for_slip(reader, layer);
}

/* In an archive that is there only GDAL can look: ENOTDIR is "/home/data.zip/roads.shp". */
static bool file_exists(tpk_reader *reader, tpk_layer_spec *layer)
{
    struct stat info;
    const char *path = disk_path(layer->path);
    if (!path || (is_virtual(layer->path) && !layer->optional)) return true; /* the look at it will tell */
    if (is_member(reader, layer->path) || stat(path, &info) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) {
        if (layer->optional)
            note_absent(reader, layer);
        else
            tpk_report_missing(reader, layer->pos, layer->written, layer->path);
    } else {
        char reason[128];
        const char *why = strerror_r(errno, reason, sizeof reason);
        tpk_report_add(&reader->report, layer->pos, _("the file '%s' cannot be reached: %s"), layer->written,
                       why);
    }
    return false;
}

static const char *crs_text(const tpk_reader *reader, size_t index)
{
    const char *stated = reader->project->layers[index].crs;
    return stated ? stated : reader->layers[index].peek.crs_text;
}

/* PROJ takes its time over a definition without code, and layers mostly share one: each text is looked at
 * once. */
static bool crs_is_known(const tpk_reader *reader, size_t index)
{
    const char *text = crs_text(reader, index);
    for (size_t i = 0; text && i < index; i++) {
        const char *other = crs_text(reader, i);
        if (reader->layers[i].crs_known && other && strcmp(text, other) == 0) return true;
    }
    return false;
}

/* A stated CRS can be judged whatever became of the file. */
static void check_crs(tpk_reader *reader, size_t index, tpk_pos pos)
{
    const tpk_layer_spec *layer = &reader->project->layers[index];
    tpk_layer_state *state = &reader->layers[index];
    if (!reader->vocabulary->check_layer_crs || (!layer->crs && !state->peeked)) return;
    tpk_err err = {0};
    tpk_status status =
        crs_is_known(reader, index)
            ? TPK_OK
            : reader->vocabulary->check_layer_crs(layer, state->peeked ? &state->peek : NULL, &err);
    state->crs_known = status == TPK_OK;
    if (status == TPK_ERR_MEMORY)
        reader->report.status = status;
    else if (status != TPK_OK)
        tpk_report_add(&reader->report, pos, _("layer '%s': %s"), layer->id, err.message);
}

/* Opens the layer's file for a look and checks what the spec says about it. */
static void peek_layer(tpk_reader *reader, size_t index, tpk_pos band_pos)
{
    const tpk_layer_spec *layer = &reader->project->layers[index];
    tpk_layer_state *state = &reader->layers[index];
    if (!reader->vocabulary->peek) return;
    tpk_err err = {0};
    tpk_status status = reader->vocabulary->peek(layer, &state->peek, &err);
    if (status == TPK_ERR_MEMORY) {
        reader->report.status = status;
    } else if (status != TPK_OK) {
        tpk_report_add(&reader->report, layer->pos, _("layer '%s': %s"), layer->id, err.message);
    } else {
        state->peeked = true;
        if (state->peek.is_raster && !state->peek.is_vector && layer->band > state->peek.n_bands) {
            tpk_report_add(&reader->report, band_pos, _("layer '%s' has no band %d; its bands: 1 to %d"),
                           layer->id, layer->band, state->peek.n_bands);
        }
    }
}

static bool read_band(tpk_reader *reader, const tpk_yaml *node, int *band)
{
    const tpk_param_spec *spec = &TPK_SECTIONS[TPK_SECTION_LAYER].keys[TPK_LAYER_BAND].value;
    double number = 1;
    if (!tpk_read_number(reader, node, spec, &number)) return false;
    if (number != floor(number)) {
        tpk_report_type(reader, node, spec->name, _("a whole number"));
        return false;
    }
    *band = (int)number;
    return true;
}

/* What the file is looked at for. */
static void check_file(tpk_reader *reader, size_t index, const tpk_yaml_entry *const *found)
{
    tpk_layer_spec *layer = &reader->project->layers[index];
    const tpk_yaml_entry *band = found[TPK_LAYER_BAND], *where = found[TPK_LAYER_WHERE];
    if (!file_exists(reader, layer)) return;
    peek_layer(reader, index, band ? band->value->pos : layer->pos);
    if (layer->where && where && !tpk_reader_failed(reader))
        tpk_check_where(reader, where->value->pos, layer->where, (int)index);
}

/* False when something was wrong, so that the file is not looked at. */
static bool read_details(tpk_reader *reader, const tpk_yaml *node, tpk_layer_spec *layer,
                         const tpk_yaml_entry *const *found)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_LAYER].keys;
    struct {
        int key;
        char **text;
    } texts[] = {{TPK_LAYER_PATH, &layer->written},
                 {TPK_LAYER_WHERE, &layer->where},
                 {TPK_LAYER_CRS, &layer->crs},
                 {TPK_LAYER_ENCODING, &layer->encoding},
                 {TPK_LAYER_SUBLAYER, &layer->sublayer},
                 {TPK_LAYER_SOURCE, &layer->source}};
    bool good = found[TPK_LAYER_PATH] != NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const tpk_yaml_entry *entry = found[texts[i].key];
        if (entry && !tpk_read_text(reader, entry->value, &keys[texts[i].key].value, texts[i].text))
            good = false;
    }
    if (found[TPK_LAYER_BAND] && !read_band(reader, found[TPK_LAYER_BAND]->value, &layer->band)) good = false;
    const tpk_yaml_entry *nodata = found[TPK_LAYER_NODATA];
    if (nodata && !tpk_read_number(reader, nodata->value, &keys[TPK_LAYER_NODATA].value, &layer->nodata))
        good = false;
    const tpk_yaml_entry *repair = found[TPK_LAYER_REPAIR];
    if (repair && !tpk_read_choice(reader, repair->value, &keys[TPK_LAYER_REPAIR].value, &layer->repair))
        good = false;
    const tpk_yaml_entry *optional = found[TPK_LAYER_OPTIONAL];
    if (optional &&
        !tpk_read_flag(reader, optional->value, &keys[TPK_LAYER_OPTIONAL].value, &layer->optional))
        good = false;
    layer->pos = found[TPK_LAYER_PATH] ? found[TPK_LAYER_PATH]->value->pos : node->pos;
    return good;
}

static void read_layer(tpk_reader *reader, const tpk_yaml_entry *entry, size_t index)
{
    tpk_layer_spec *layer = &reader->project->layers[index];
    const tpk_yaml_entry *found[TPK_LAYER_COUNT] = {0};
    size_t before = reader->report.n;
    double band = 1;
    if (tpk_text_to_number(TPK_SECTIONS[TPK_SECTION_LAYER].keys[TPK_LAYER_BAND].value.default_text, &band))
        layer->band = (int)band;
    layer->nodata = (double)NAN;
    layer->pos = entry->key->pos;
    if (entry->value->kind == TPK_YAML_SCALAR) { /* the short form, `id: path` */
        tpk_param_spec path = {.name = entry->key->text};
        layer->pos = entry->value->pos;
        if (!tpk_read_text(reader, entry->value, &path, &layer->written)) return;
    } else {
        char *where = tpk_report_format(&reader->report, _("layer '%s'"), entry->key->text);
        bool is_map =
            where && tpk_read_section(reader, entry->value, where, entry->key->pos, TPK_SECTION_LAYER, found);
        tpk_free(where);
        if (!is_map || !read_details(reader, entry->value, layer, found)) return;
    }
    layer->path = tpk_join_path(reader, layer->written);
    if (layer->path && layer->optional && !disk_path(layer->path)) {
        tpk_report_add(&reader->report, found[TPK_LAYER_OPTIONAL]->key->pos,
                       _("layer '%s' cannot be optional: whether '%s' is there cannot be looked up; give a "
                         "file, or take 'optional' away"),
                       layer->id, layer->written);
    }
    if (layer->path && reader->report.n == before) check_file(reader, index, found);
    const tpk_yaml_entry *crs = found[TPK_LAYER_CRS];
    if (!tpk_reader_failed(reader))
        check_crs(reader, index, layer->crs && crs ? crs->value->pos : layer->pos);
}

void tpk_read_layers(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_yaml *map = entry->value;
    if (map->kind != TPK_YAML_MAP || map->n == 0) {
        tpk_report_type(reader, map, "layers", _("a map of ids to layers"));
        return;
    }
    tpk_project *project = reader->project;
    project->layers = tpk_reader_alloc(reader, map->n, sizeof *project->layers);
    reader->layers = tpk_reader_alloc(reader, map->n, sizeof *reader->layers);
    reader->layer_ids = tpk_reader_alloc(reader, map->n, sizeof *reader->layer_ids);
    for (size_t i = 0; i < map->n && !tpk_reader_failed(reader); i++) {
        if (map->entries[i].duplicate) continue;
        const tpk_yaml *key = map->entries[i].key;
        if (project->n_layers == MAX_LAYERS) {
            tpk_report_add(&reader->report, key->pos, _("more than %d layers"), MAX_LAYERS);
            return;
        }
        tpk_check_id(reader, key, _("layer"));
        size_t index = project->n_layers;
        char *id = tpk_reader_copy(reader, key->text);
        if (!id) return;
        project->layers[index].id = id;
        reader->layer_ids[index] = id;
        project->n_layers++;
        read_layer(reader, &map->entries[i], index);
    }
}

static int find_layer(const tpk_reader *reader, const char *id)
{
    for (size_t i = 0; i < reader->project->n_layers; i++) {
        if (strcmp(reader->layer_ids[i], id) == 0) return (int)i;
    }
    return -1;
}

bool tpk_read_layer_id(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, char **text,
                       int *index)
{
    *index = -1;
    if (node->kind != TPK_YAML_SCALAR || tpk_yaml_is_nothing(node)) {
        tpk_report_type(reader, node, spec->name, tpk_param_type_text(spec->type));
        return false;
    }
    if (!(*text = tpk_reader_copy(reader, node->text))) return false;
    int layer = find_layer(reader, node->text);
    if (layer < 0 && reader->project->n_layers == 0) return false; /* no layers at all, which was reported */
    if (layer < 0) {
        char *what =
            tpk_report_format(&reader->report, _("'%s': there is no layer '%s'"), spec->name, node->text);
        tpk_report_unknown(&reader->report, node->pos, what, node->text, _("the layers are:"),
                           reader->layer_ids, reader->project->n_layers);
        tpk_free(what);
        return false;
    }
    const tpk_layer_state *state = &reader->layers[layer];
    bool wants_raster = spec->type == TPK_PARAM_RASTER;
    if (state->peeked && !(wants_raster ? state->peek.is_raster : state->peek.is_vector)) {
        tpk_report_add(&reader->report, node->pos,
                       wants_raster ? _("'%s' needs a raster layer; layer '%s' (%s) is a vector")
                                    : _("'%s' needs a vector layer; layer '%s' (%s) is a raster"),
                       spec->name, node->text, reader->project->layers[layer].written);
        return false;
    }
    *index = layer;
    return true;
}

bool tpk_check_polygons(tpk_reader *reader, tpk_pos pos, const char *name, int index)
{
    if (index < 0 || !reader->layers[index].peeked) return true;
    tpk_geom_kind kind = reader->layers[index].peek.kind;
    if (kind == TPK_GEOM_POLYGON || kind == TPK_GEOM_NONE) return true;
    const tpk_layer_spec *layer = &reader->project->layers[index];
    tpk_report_add(&reader->report, pos, _("'%s' needs a layer of polygons; layer '%s' (%s) holds %s"), name,
                   layer->id, layer->written, kind == TPK_GEOM_POINT ? _("points") : _("lines"));
    return false;
}

/* The field's position as tpk_layer_field finds it; -1 when the layer has none. */
static int find_field(const tpk_peek *peek, const char *field)
{
    char cut[11];
    snprintf(cut, sizeof cut, "%s", field);
    const char *const wanted[] = {field, field, cut};
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < peek->n_fields; i++) {
            bool same = k == 0 ? strcmp(peek->fields[i], field) == 0
                               : tpk_text_equal_fold(peek->fields[i], wanted[k]);
            if (same) return (int)i;
        }
    }
    return -1;
}

bool tpk_check_field(tpk_reader *reader, tpk_pos pos, const char *name, const char *field, int index)
{
    if (index < 0 || !reader->layers[index].peeked) return true;
    const tpk_peek *peek = &reader->layers[index].peek;
    if (find_field(peek, field) >= 0) return true;
    const tpk_layer_spec *layer = &reader->project->layers[index];
    const char *const *fields = (const char *const *)peek->fields;
    const char *nearest = tpk_text_nearest(field, fields, peek->n_fields);
    char *list = tpk_report_names(&reader->report, fields, peek->n_fields);
    if (list && nearest) {
        tpk_report_add(&reader->report, pos,
                       _("'%s': layer '%s' (%s) has no field '%s'; did you mean '%s'? Its fields: %s"), name,
                       layer->id, layer->written, field, nearest, list);
    } else if (list) {
        tpk_report_add(&reader->report, pos, _("'%s': layer '%s' (%s) has no field '%s'; its fields: %s"),
                       name, layer->id, layer->written, field, peek->n_fields ? list : _("(none)"));
    }
    tpk_free(list);
    return false;
}

bool tpk_check_number_field(tpk_reader *reader, tpk_pos pos, const char *name, const char *field, int index)
{
    if (index < 0 || !reader->layers[index].peeked) return true;
    const tpk_peek *peek = &reader->layers[index].peek;
    int i = find_field(peek, field);
    if (i < 0 || peek->types[i] != TPK_FIELD_TEXT) return true;
    const tpk_layer_spec *layer = &reader->project->layers[index];
    tpk_report_add(
        &reader->report, pos,
        _("'%s': field '%s' of layer '%s' (%s) holds text or dates; hectares need a field of numbers. "
          "Convert it, for example with QGIS's field calculator, and name the new field"),
        name, peek->fields[i], layer->id, layer->written);
    return false;
}

bool tpk_check_where(tpk_reader *reader, tpk_pos pos, const char *where, int index)
{
    if (index < 0 || !reader->layers[index].peeked || !reader->layers[index].peek.is_vector) return true;
    if (!reader->vocabulary->check_where) return true;
    tpk_err err = {0};
    tpk_status status = reader->vocabulary->check_where(&reader->layers[index].peek, where, &err);
    if (status == TPK_OK) return true;
    if (status == TPK_ERR_MEMORY)
        reader->report.status = status;
    else
        tpk_report_add(&reader->report, pos, _("'%s': layer '%s' (%s): %s"), "where",
                       reader->project->layers[index].id, reader->project->layers[index].written,
                       err.message);
    return false;
}
