#include "output/checksums.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "input/store.h"

struct tpk_checksum {
    char *path;     /* owned */
    uint64_t stamp; /* of the file before it was read */
    char hex[65];
};

void tpk_checksums_clear(tpk_checksums *kept)
{
    for (size_t i = 0; i < kept->n; i++) tpk_free(kept->items[i].path);
    tpk_free(kept->items);
    *kept = (tpk_checksums){0};
}

static tpk_checksum *find(tpk_checksums *kept, const char *path)
{
    for (size_t i = 0; i < kept->n; i++) {
        if (strcmp(kept->items[i].path, path) == 0) return &kept->items[i];
    }
    return NULL;
}

/* A place for a file that has none; NULL: no memory. */
static tpk_checksum *add(tpk_checksums *kept, const char *path)
{
    if (!tpk_grow(&kept->items, &kept->capacity, kept->n + 1, sizeof *kept->items)) return NULL;
    tpk_checksum *item = &kept->items[kept->n];
    *item = (tpk_checksum){.path = tpk_strdup(path)};
    if (!item->path) return NULL;
    kept->n++;
    return item;
}

tpk_status tpk_checksums_get(tpk_checksums *kept, const char *path, char hex[65], tpk_err *err)
{
    uint64_t stamp = tpk_file_stamp(path);
    tpk_checksum *item = find(kept, path);
    if (!item && !(item = add(kept, path))) return tpk_err_memory(err);
    if (stamp == 0 || item->stamp != stamp) {
        item->stamp = 0; /* until it is read whole */
        tpk_status status = tpk_file_sha256(path, NULL, item->hex, err);
        if (status != TPK_OK) return status;
        item->stamp = stamp;
    }
    memcpy(hex, item->hex, sizeof item->hex);
    return TPK_OK;
}
