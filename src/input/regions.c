#include "input/regions.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "geo/segments.h"

/* Extents of the regencies' polygons in degrees. */
static const struct {
    const char *name;
    tpk_box box;
} BOXES[] = {
    {"Tanah Laut", {114.517, -4.178, 115.378, -3.509}},
    {"Kotabaru", {115.512, -4.745, 116.559, -2.306}},
    {"Banjar", {114.507, -3.731, 115.596, -2.828}},
    {"Barito Kuala", {114.347, -3.539, 114.862, -2.522}},
    {"Tapin", {114.803, -3.212, 115.508, -2.524}},
    {"Hulu Sungai Selatan", {114.867, -2.937, 115.599, -2.499}},
    {"Hulu Sungai Tengah", {115.156, -2.782, 115.892, -2.441}},
    {"Hulu Sungai Utara", {114.861, -2.555, 115.402, -2.305}},
    {"Tabalong", {115.154, -2.359, 115.754, -1.315}},
    {"Tanah Bumbu", {115.247, -3.861, 116.087, -3.057}},
    {"Balangan", {115.316, -2.591, 115.858, -1.979}},
    {"Banjarmasin", {114.522, -3.382, 114.660, -3.267}},
    {"Banjarbaru", {114.696, -3.597, 114.932, -3.371}},
};
enum { N_BOXES = sizeof BOXES / sizeof *BOXES };

/* Spellings met in real files; HULUSEI is handled apart. */
static const struct {
    const char *key, *means;
} SPELLINGS[] = {
    {"BARU", "KOTABARU"},       {"PULAULAUT", "KOTABARU"},    {"BALITOKUALA", "BARITOKUALA"},
    {"BATOLA", "BARITOKUALA"},  {"HSS", "HULUSUNGAISELATAN"}, {"HST", "HULUSUNGAITENGAH"},
    {"HSU", "HULUSUNGAIUTARA"}, {"TANBU", "TANAHBUMBU"},      {"TALA", "TANAHLAUT"},
};

typedef struct region {
    tpk_name_key key;
    char *name; /* owned */
    tpk_box box;
    tpk_geom *geoms; /* owned; views of the layer's features */
    size_t n_geoms, capacity;
    tpk_segments *segments; /* NULL: only the box is known */
} region;

struct tpk_regions {
    region *items;
    size_t n, capacity;
    uint32_t *slots; /* an open table of the keys: index + 1, 0 for none; at most half full */
    size_t n_slots;  /* a power of two */
    bool are_boxes;
};

/* In any locale alike. */
static char key_letter(char c)
{
    if (c >= 'a' && c <= 'z') return (char)(c - 32);
    bool is_kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
    return is_kept ? c : '\0';
}

tpk_name_key tpk_name_key_of(const char *text)
{
    tpk_name_key key = {{0}};
    size_t n = 0;
    for (; *text && n + 1 < sizeof key.text; text++) {
        char c = key_letter(*text);
        if (c) key.text[n++] = c;
    }
    return key;
}

/* Where the key is in the table, or the empty place for it. */
static size_t slot_of(const tpk_regions *regions, const char *key)
{
    uint64_t h = 0xCBF29CE484222325u; /* FNV-1a */
    for (const char *c = key; *c; c++) h = (h ^ (unsigned char)*c) * 0x100000001B3u;
    size_t slot = (size_t)(h ^ (h >> 32)) & (regions->n_slots - 1);
    while (regions->slots[slot] && strcmp(regions->items[regions->slots[slot] - 1].key.text, key) != 0)
        slot = (slot + 1) & (regions->n_slots - 1);
    return slot;
}

static int find_key(const tpk_regions *regions, const char *key)
{
    return regions->n_slots > 0 ? (int)regions->slots[slot_of(regions, key)] - 1 : -1;
}

static bool widen_slots(tpk_regions *regions)
{
    enum { FIRST_SLOTS = 64 };
    size_t n_slots = regions->n_slots ? 2 * regions->n_slots : FIRST_SLOTS;
    uint32_t *slots = tpk_zalloc(n_slots, sizeof *slots);
    if (!slots) return false;
    tpk_free(regions->slots);
    regions->slots = slots;
    regions->n_slots = n_slots;
    for (size_t i = 0; i < regions->n; i++)
        slots[slot_of(regions, regions->items[i].key.text)] = (uint32_t)i + 1;
    return true;
}

/* name: of no region yet. */
static region *add_region(tpk_regions *regions, const char *name)
{
    if (2 * (regions->n + 1) > regions->n_slots && !widen_slots(regions)) return NULL;
    if (!tpk_grow(&regions->items, &regions->capacity, regions->n + 1, sizeof *regions->items)) return NULL;
    region *made = &regions->items[regions->n];
    *made = (region){.key = tpk_name_key_of(name), .name = tpk_strdup(name), .box = TPK_BOX_EMPTY};
    regions->slots[slot_of(regions, made->key.text)] = (uint32_t)++regions->n;
    return made->name ? made : NULL;
}

static bool add_boxes(tpk_regions *regions)
{
    regions->are_boxes = true;
    for (size_t i = 0; i < N_BOXES; i++) {
        region *made = add_region(regions, BOXES[i].name);
        if (!made) return false;
        made->box = BOXES[i].box;
    }
    return true;
}

static tpk_box grow_box(tpk_box box, tpk_box by)
{
    return tpk_box_is_empty(box) ? by : tpk_box_is_empty(by) ? box : tpk_box_union(box, by);
}

/* A regency cut into many features is one region. */
static bool add_feature(tpk_regions *regions, const char *name, tpk_geom geom)
{
    tpk_name_key key = tpk_name_key_of(name);
    int known = find_key(regions, key.text);
    region *into = known >= 0 ? &regions->items[known] : add_region(regions, name);
    if (!into || !tpk_grow(&into->geoms, &into->capacity, into->n_geoms + 1, sizeof *into->geoms))
        return false;
    into->geoms[into->n_geoms++] = geom;
    into->box = grow_box(into->box, tpk_geom_box(geom));
    return true;
}

static tpk_status add_layer(tpk_regions *regions, const tpk_layer *layer, const char *field_name,
                            tpk_err *err)
{
    const tpk_field *field = field_name ? tpk_layer_field(layer, field_name) : NULL;
    if (!field || field->type != TPK_FIELD_TEXT || layer->kind != TPK_GEOM_POLYGON)
        return add_boxes(regions) ? TPK_OK : tpk_err_memory(err);
    for (int64_t f = 0; f < layer->n_features; f++) {
        tpk_geom geom = tpk_layer_geom(layer, f);
        if (!field->text[f] || geom.n_parts == 0) continue;
        if (!add_feature(regions, field->text[f], geom)) return tpk_err_memory(err);
    }
    for (size_t i = 0; i < regions->n; i++) {
        region *r = &regions->items[i];
        tpk_status status = tpk_segments_new(r->geoms, (int64_t)r->n_geoms, &r->segments, err);
        if (status != TPK_OK) return status;
    }
    return TPK_OK;
}

tpk_status tpk_regions_new(const tpk_layer *layer, const char *field, tpk_regions **out, tpk_err *err)
{
    *out = NULL;
    tpk_regions *regions = tpk_zalloc(1, sizeof *regions);
    if (!regions) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    if (layer)
        status = add_layer(regions, layer, field, err);
    else if (!add_boxes(regions))
        status = tpk_err_memory(err);
    if (status != TPK_OK) {
        tpk_regions_free(regions);
        return status;
    }
    *out = regions;
    return TPK_OK;
}

void tpk_regions_free(tpk_regions *regions)
{
    if (!regions) return;
    for (size_t i = 0; i < regions->n; i++) {
        tpk_segments_free(regions->items[i].segments);
        tpk_free(regions->items[i].geoms);
        tpk_free(regions->items[i].name);
    }
    tpk_free(regions->items);
    tpk_free(regions->slots);
    tpk_free(regions);
}

bool tpk_regions_are_boxes(const tpk_regions *regions)
{
    return regions->are_boxes;
}

/* key and what it may stand for. */
static int find_spelling(const tpk_regions *regions, const char *key)
{
    int found = find_key(regions, key);
    for (size_t i = 0; found < 0 && i < sizeof SPELLINGS / sizeof *SPELLINGS; i++) {
        if (strcmp(SPELLINGS[i].key, key) == 0) found = find_key(regions, SPELLINGS[i].means);
    }
    if (found < 0 && strncmp(key, "HULUSEI", 7) == 0) {
        char full[80] = "HULUSUNGAI";
        strncat(full, key + 7, sizeof full - strlen(full) - 1);
        found = find_key(regions, full);
    }
    return found;
}

int tpk_regions_find(const tpk_regions *regions, const char *text)
{
    static const char *const BEFORE[] = {"KABUPATEN", "KAB", "KOTAMADYA", "KODYA", "KOTA"};
    tpk_name_key key = tpk_name_key_of(text);
    if (!key.text[0]) return -1;
    int found = find_spelling(regions, key.text);
    for (size_t i = 0; found < 0 && i < sizeof BEFORE / sizeof *BEFORE; i++) {
        size_t n = strlen(BEFORE[i]);
        if (strncmp(key.text, BEFORE[i], n) == 0) found = find_spelling(regions, key.text + n);
    }
    /* the regions themselves may be called "Kota Banjarmasin" */
    for (size_t i = 0; found < 0 && i < sizeof BEFORE / sizeof *BEFORE; i++) {
        char full[80];
        size_t n = strlen(BEFORE[i]);
        memcpy(full, BEFORE[i], n);
        memcpy(full + n, key.text, strlen(key.text) + 1);
        found = find_key(regions, full);
    }
    return found;
}

const char *tpk_regions_name(const tpk_regions *regions, int index)
{
    return regions->items[index].name;
}

static bool in_box(tpk_box box, double x, double y, double margin)
{
    return x >= box.x_min - margin && x <= box.x_max + margin && y >= box.y_min - margin &&
           y <= box.y_max + margin;
}

bool tpk_regions_hold(const tpk_regions *regions, int index, double lon, double lat, double margin_deg)
{
    const region *r = &regions->items[index];
    if (!in_box(r->box, lon, lat, margin_deg)) return false;
    if (!r->segments || tpk_segments_contain(r->segments, lon, lat)) return true;
    return margin_deg > 0 && tpk_segments_nearest2(r->segments, lon, lat, NULL) <= margin_deg * margin_deg;
}

bool tpk_regions_meet(const tpk_regions *regions, int index, tpk_box lonlat, double margin_deg)
{
    tpk_box box = regions->items[index].box;
    return lonlat.x_min <= box.x_max + margin_deg && lonlat.x_max >= box.x_min - margin_deg &&
           lonlat.y_min <= box.y_max + margin_deg && lonlat.y_max >= box.y_min - margin_deg;
}

bool tpk_regions_any(const tpk_regions *regions, double lon, double lat)
{
    if (regions->are_boxes) return false;
    for (size_t i = 0; i < regions->n; i++) {
        if (tpk_regions_hold(regions, (int)i, lon, lat, 0)) return true;
    }
    return false;
}

/* ---- columns ---- */

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (tpk_text_equal_fold(name, *names)) return true;
    }
    return false;
}

static bool names_a_region(const tpk_layer *layer, const tpk_field *field, const tpk_regions *regions,
                           const tpk_control *control)
{
    const char *last = NULL; /* equal texts often follow each other, in one place */
    for (int64_t f = 0; f < layer->n_features && !tpk_cancelled(control); f++) {
        const char *text = field->text[f];
        if (!text || text == last) continue;
        if (tpk_regions_find(regions, text) >= 0) return true;
        last = text;
    }
    return false;
}

const tpk_field *tpk_region_column(const tpk_layer *layer, const tpk_regions *regions,
                                   const tpk_control *control)
{
    static const char *const NAMES[] = {"kabkota",    "kab_kota",   "kabkot",     "kabupaten",  "kab",
                                        "nm_kab",     "nama_kab",   "namakab",    "nm_kabkota", "nama_kabko",
                                        "wadmkk",     "wiadkk",     "regency",    "name_2",     "laa",
                                        "kabupaten_", "kota_kab",   "kabupatenk", "kab_kab",    "adm2_en",
                                        "adm2_name",  "kabupaten1", "city",       NULL};
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (field->type == TPK_FIELD_TEXT && is_one_of(field->name, NAMES) &&
            names_a_region(layer, field, regions, control))
            return field;
    }
    return NULL;
}

const tpk_field *tpk_province_column(const tpk_layer *layer)
{
    static const char *const NAMES[] = {"provinsi", "province",  "propinsi",  "prov",
                                        "nm_prov",  "nama_prov", "wadmpr",    "name_1",
                                        "nam_prov", "adm1_en",   "adm1_name", NULL};
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (field->type == TPK_FIELD_TEXT && is_one_of(field->name, NAMES)) return field;
    }
    return NULL;
}
