#include "output/pmtiles.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/file.h"
#include "output/gzip.h"
#include "output/json.h"

enum { HEAD_BYTES = 127, ROOT_END = 16384, FIRST_LEAF = 1024 };
enum { COMPRESSION_NONE = 1, COMPRESSION_GZIP = 2 };

typedef struct entry {
    uint64_t id, offset;  /* from the start of the section it points into */
    uint32_t length, run; /* run 0: a leaf directory */
} entry;

typedef struct entries {
    entry *items;
    size_t n, capacity;
} entries;

/* A stored tile, for finding equal ones. */
typedef struct content {
    uint64_t hash, offset;
    uint32_t length; /* 0: this place is free */
} content;

struct tpk_pmtiles {
    char *path, *temporary, *metadata; /* owned */
    int file;
    tpk_pmtiles_about about; /* its metadata is the copy above */
    entries tiles;
    content *contents; /* owned; open addressing, a power of two places */
    size_t n_places, n_contents;
    uint64_t n_addressed, data_bytes;
};

uint64_t tpk_tile_id(tpk_tile_address address)
{
    uint64_t id = 0, x = address.x, y = address.y;
    for (int z = 0; z < address.z; z++) id += (uint64_t)1 << (2 * z);
    for (uint64_t side = address.z > 0 ? (uint64_t)1 << (address.z - 1) : 0; side > 0; side /= 2) {
        uint64_t right = (x & side) > 0, low = (y & side) > 0;
        id += side * side * ((3 * right) ^ low);
        if (low) continue;
        if (right) {
            x = side - 1 - (x & (side - 1));
            y = side - 1 - (y & (side - 1));
        }
        uint64_t swapped = x;
        x = y;
        y = swapped;
    }
    return id;
}

tpk_status tpk_pmtiles_metadata(const char *name, const char *description, const char *attribution,
                                char **metadata, tpk_err *err)
{
    *metadata = NULL;
    json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "name", name, "description", description, "type", "overlay",
                          "attribution", attribution);
    tpk_status status = o ? tpk_json_text(o, metadata, err) : tpk_err_memory(err);
    json_decref(o);
    return status;
}

/* ---- writing ---- */

static tpk_status put(tpk_pmtiles *archive, const void *bytes, size_t n, uint64_t offset, tpk_err *err)
{
    int reason = tpk_file_put(archive->file, bytes, n, (long long)offset);
    return reason == 0 ? TPK_OK : tpk_file_error(err, _("the tiles"), archive->path, reason, (double)n);
}

static void archive_free(tpk_pmtiles *archive)
{
    if (archive->file >= 0) close(archive->file);
    void *const blocks[] = {archive->path,        archive->temporary, archive->metadata,
                            archive->tiles.items, archive->contents,  archive};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) tpk_free(blocks[i]);
}

void tpk_pmtiles_abort(tpk_pmtiles *archive)
{
    if (!archive) return;
    if (archive->file >= 0) unlink(archive->temporary);
    archive_free(archive);
}

static tpk_status check_about(const tpk_pmtiles_about *about, tpk_err *err)
{
    if (about->min_zoom >= 0 && about->min_zoom <= about->max_zoom && about->max_zoom <= TPK_MOST_ZOOM)
        return TPK_OK;
    return tpk_err_set(err, TPK_ERR_ARGUMENT, _("zooms %d to %d: they must rise and lie between 0 and %d"),
                       about->min_zoom, about->max_zoom, TPK_MOST_ZOOM);
}

tpk_status tpk_pmtiles_open(const char *path, const tpk_pmtiles_about *about, tpk_pmtiles **out, tpk_err *err)
{
    *out = NULL;
    tpk_status status = check_about(about, err);
    if (status != TPK_OK) return status;
    tpk_pmtiles *archive = tpk_zalloc(1, sizeof *archive);
    if (!archive) return tpk_err_memory(err);
    archive->file = -1;
    archive->path = tpk_strdup(path);
    archive->temporary = tpk_file_temporary(path);
    archive->metadata = tpk_strdup(about->metadata);
    archive->about = *about;
    archive->about.metadata = archive->metadata;
    if (!archive->path || !archive->temporary || !archive->metadata) {
        status = tpk_err_memory(err);
    } else {
        archive->file = open(archive->temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (archive->file < 0) status = tpk_file_error(err, _("the tiles"), path, errno, 0);
    }
    if (status == TPK_OK)
        *out = archive;
    else
        archive_free(archive);
    return status;
}

/* ---- equal tiles ---- */

static uint64_t hash_of(const uint8_t *bytes, size_t n) /* FNV-1a */
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}

/* A hash may lie: the stored bytes decide. */
static tpk_status is_stored(tpk_pmtiles *archive, const content *c, const void *bytes, bool *same,
                            tpk_err *err)
{
    uint8_t *stored = tpk_alloc(c->length, 1);
    if (!stored) return tpk_err_memory(err);
    ssize_t got = pread(archive->file, stored, c->length, (off_t)(ROOT_END + c->offset));
    int reason = got < 0 ? errno : EIO;
    *same = got == (ssize_t)c->length && memcmp(stored, bytes, c->length) == 0;
    tpk_free(stored);
    return got == (ssize_t)c->length ? TPK_OK : tpk_file_error(err, _("the tiles"), archive->path, reason, 0);
}

static size_t free_place(const content *contents, size_t n_places, uint64_t hash)
{
    size_t place = hash & (n_places - 1);
    while (contents[place].length > 0) place = (place + 1) & (n_places - 1);
    return place;
}

/* At most half of the places are taken. */
static tpk_status make_room(tpk_pmtiles *archive, tpk_err *err)
{
    if (2 * (archive->n_contents + 1) <= archive->n_places) return TPK_OK;
    size_t n_places = archive->n_places ? 2 * archive->n_places : 1024;
    content *larger = tpk_zalloc(n_places, sizeof *larger);
    if (!larger) return tpk_err_memory(err);
    for (size_t i = 0; i < archive->n_places; i++) {
        if (archive->contents[i].length > 0)
            larger[free_place(larger, n_places, archive->contents[i].hash)] = archive->contents[i];
    }
    tpk_free(archive->contents);
    archive->contents = larger;
    archive->n_places = n_places;
    return TPK_OK;
}

/* Where the tile's bytes stand, written now unless they do already. */
static tpk_status store(tpk_pmtiles *archive, const void *bytes, uint32_t n, uint64_t *offset, tpk_err *err)
{
    tpk_status status = make_room(archive, err);
    if (status != TPK_OK) return status;
    uint64_t hash = hash_of(bytes, n);
    size_t place = hash & (archive->n_places - 1);
    for (; archive->contents[place].length > 0; place = (place + 1) & (archive->n_places - 1)) {
        const content *c = &archive->contents[place];
        if (c->hash != hash || c->length != n) continue;
        bool same = false;
        status = is_stored(archive, c, bytes, &same, err);
        *offset = c->offset;
        if (status != TPK_OK || same) return status;
    }
    status = put(archive, bytes, n, ROOT_END + archive->data_bytes, err);
    if (status != TPK_OK) return status;
    *offset = archive->data_bytes;
    archive->contents[place] = (content){hash, *offset, n};
    archive->n_contents++;
    archive->data_bytes += n;
    return TPK_OK;
}

static tpk_status append(entries *list, entry one, tpk_err *err)
{
    if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items))
        return tpk_err_memory(err);
    list->items[list->n++] = one;
    return TPK_OK;
}

tpk_status tpk_pmtiles_add(tpk_pmtiles *archive, tpk_tile_address address, const void *bytes, size_t n,
                           tpk_err *err)
{
    uint64_t id = tpk_tile_id(address), offset;
    entry *last = archive->tiles.n > 0 ? &archive->tiles.items[archive->tiles.n - 1] : NULL;
    if (address.z < archive->about.min_zoom || address.z > archive->about.max_zoom || n == 0 ||
        n > UINT32_MAX || (last && id < last->id + last->run)) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("tile %d/%u/%u of %zu bytes: it is out of order, empty or beyond the zooms"),
                           address.z, address.x, address.y, n);
    }
    tpk_status status = store(archive, bytes, (uint32_t)n, &offset, err);
    if (status != TPK_OK) return status;
    archive->n_addressed++;
    if (last && id == last->id + last->run && last->offset == offset && last->length == n) {
        last->run++;
        return TPK_OK;
    }
    return append(&archive->tiles, (entry){id, offset, (uint32_t)n, 1}, err);
}

/* ---- directories ---- */

static void add_varint(tpk_text *bytes, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) tpk_text_add_bytes(bytes, &(char){(char)(value | 0x80)}, 1);
    tpk_text_add_bytes(bytes, &(char){(char)value}, 1);
}

/* Column by column, packed. Caller frees *packed with tpk_free. */
static tpk_status pack_directory(const entry *items, size_t n, uint8_t **packed, size_t *n_packed,
                                 tpk_err *err)
{
    tpk_text bytes = {0};
    add_varint(&bytes, n);
    for (size_t i = 0; i < n; i++) add_varint(&bytes, items[i].id - (i > 0 ? items[i - 1].id : 0));
    for (size_t i = 0; i < n; i++) add_varint(&bytes, items[i].run);
    for (size_t i = 0; i < n; i++) add_varint(&bytes, items[i].length);
    for (size_t i = 0; i < n; i++) {
        bool follows = i > 0 && items[i].offset == items[i - 1].offset + items[i - 1].length;
        add_varint(&bytes, follows ? 0 : items[i].offset + 1);
    }
    tpk_status status =
        bytes.failed ? tpk_err_memory(err) : tpk_gzip(bytes.data, bytes.length, packed, n_packed, err);
    tpk_text_clear(&bytes);
    return status;
}

/* What stands where in the file. */
typedef struct layout {
    uint64_t root_bytes, leaves_offset, leaves_bytes, metadata_bytes;
} layout;

static tpk_status write_leaf(tpk_pmtiles *archive, const entry *items, size_t n, layout *l, entries *root,
                             tpk_err *err)
{
    uint8_t *packed = NULL;
    size_t n_packed;
    tpk_status status = pack_directory(items, n, &packed, &n_packed, err);
    if (status == TPK_OK) status = put(archive, packed, n_packed, l->leaves_offset + l->leaves_bytes, err);
    if (status == TPK_OK)
        status = append(root, (entry){items[0].id, l->leaves_bytes, (uint32_t)n_packed, 0}, err);
    l->leaves_bytes += n_packed;
    tpk_free(packed);
    return status;
}

/* Leaves of `side` entries each, and the root that lists them. */
static tpk_status write_leaves(tpk_pmtiles *archive, size_t side, layout *l, uint8_t **root, size_t *n_root,
                               tpk_err *err)
{
    entries list = {0};
    tpk_status status = TPK_OK;
    l->leaves_bytes = 0;
    for (size_t i = 0; i < archive->tiles.n && status == TPK_OK; i += side) {
        size_t left = archive->tiles.n - i;
        status = write_leaf(archive, archive->tiles.items + i, left < side ? left : side, l, &list, err);
    }
    if (status == TPK_OK) status = pack_directory(list.items, list.n, root, n_root, err);
    tpk_free(list.items);
    return status;
}

/* All in the root when it fits; else the smallest leaves with which it does. */
static tpk_status write_directories(tpk_pmtiles *archive, layout *l, tpk_err *err)
{
    const size_t room = ROOT_END - HEAD_BYTES;
    uint8_t *root = NULL;
    size_t n_root = 0;
    tpk_status status = pack_directory(archive->tiles.items, archive->tiles.n, &root, &n_root, err);
    for (size_t side = FIRST_LEAF; status == TPK_OK && n_root > room; side *= 2) {
        tpk_free(root);
        root = NULL;
        status = write_leaves(archive, side, l, &root, &n_root, err);
    }
    if (status == TPK_OK) status = put(archive, root, n_root, HEAD_BYTES, err);
    l->root_bytes = n_root;
    tpk_free(root);
    return status;
}

static tpk_status write_metadata(tpk_pmtiles *archive, layout *l, tpk_err *err)
{
    uint8_t *packed = NULL;
    size_t n;
    tpk_status status = tpk_gzip(archive->metadata, strlen(archive->metadata), &packed, &n, err);
    if (status == TPK_OK) status = put(archive, packed, n, l->leaves_offset + l->leaves_bytes, err);
    l->metadata_bytes = n;
    tpk_free(packed);
    return status;
}

/* ---- the head ---- */

static uint8_t *put_number(uint8_t *at, uint64_t value, int n_bytes)
{
    for (int i = 0; i < n_bytes; i++) *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

static uint8_t *put_position(uint8_t *at, double lon_deg, double lat_deg)
{
    at = put_number(at, (uint32_t)(int32_t)lround(lon_deg * 1e7), 4);
    return put_number(at, (uint32_t)(int32_t)lround(lat_deg * 1e7), 4);
}

static tpk_status write_head(tpk_pmtiles *archive, const layout *l, tpk_err *err)
{
    const tpk_pmtiles_about *about = &archive->about;
    const tpk_box *box = &about->lonlat;
    const uint64_t numbers[] = {HEAD_BYTES,        l->root_bytes,       l->leaves_offset + l->leaves_bytes,
                                l->metadata_bytes, l->leaves_offset,    l->leaves_bytes,
                                ROOT_END,          archive->data_bytes, archive->n_addressed,
                                archive->tiles.n,  archive->n_contents};
    uint8_t head[HEAD_BYTES], *at = head;
    memcpy(at, "PMTiles\3", 8);
    at += 8;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) at = put_number(at, numbers[i], 8);
    *at++ = 1; /* clustered: the data stand in the order of their ids */
    *at++ = COMPRESSION_GZIP;
    *at++ = about->type == TPK_TILES_MVT ? COMPRESSION_GZIP : COMPRESSION_NONE;
    *at++ = (uint8_t)about->type;
    *at++ = (uint8_t)about->min_zoom;
    *at++ = (uint8_t)about->max_zoom;
    at = put_position(at, box->x_min, box->y_min);
    at = put_position(at, box->x_max, box->y_max);
    *at++ = (uint8_t)about->min_zoom;
    put_position(at, (box->x_min + box->x_max) / 2, (box->y_min + box->y_max) / 2);
    return put(archive, head, sizeof head, 0, err);
}

tpk_status tpk_pmtiles_finish(tpk_pmtiles *archive, tpk_err *err)
{
    layout l = {.leaves_offset = ROOT_END + archive->data_bytes};
    tpk_status status = write_directories(archive, &l, err);
    if (status == TPK_OK) status = write_metadata(archive, &l, err);
    if (status == TPK_OK) status = write_head(archive, &l, err);
    uint64_t end = l.leaves_offset + l.leaves_bytes + l.metadata_bytes;
    if (status == TPK_OK && ftruncate(archive->file, (off_t)end) != 0)
        status = tpk_file_error(err, _("the tiles"), archive->path, errno, 0);
    if (status != TPK_OK) {
        tpk_pmtiles_abort(archive);
        return status;
    }
    status = tpk_file_publish(archive->path, err);
    archive_free(archive);
    return status;
}
