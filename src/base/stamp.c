#include "base/stamp.h"

#include <stdbool.h>
#include <sys/stat.h>

/* FNV-1a, 64 bits. */
static void add(uint64_t *stamp, uint64_t number)
{
    for (int byte = 0; byte < 8; byte++)
        *stamp = (*stamp ^ (number >> (8 * byte) & 0xFF)) * UINT64_C(0x100000001b3);
}

static uint64_t stamp_of(const char *path, bool any_change)
{
    uint64_t stamp = UINT64_C(0xcbf29ce484222325);
    struct stat facts;
    if (stat(path, &facts) != 0 || !S_ISREG(facts.st_mode)) return 0;
    add(&stamp, (uint64_t)facts.st_ino);
    add(&stamp, (uint64_t)facts.st_size);
    add(&stamp, (uint64_t)facts.st_mtim.tv_sec);
    add(&stamp, (uint64_t)facts.st_mtim.tv_nsec);
    if (!any_change) return stamp;
    /* A program may set the time above, but not this one. */
    add(&stamp, (uint64_t)facts.st_ctim.tv_sec);
    add(&stamp, (uint64_t)facts.st_ctim.tv_nsec);
    return stamp;
}

uint64_t tpk_file_stamp(const char *path)
{
    return stamp_of(path, true);
}

uint64_t tpk_content_stamp(const char *path)
{
    return stamp_of(path, false);
}

uint64_t tpk_stamp_join(uint64_t first, uint64_t second)
{
    if (second != 0) add(&first, second);
    return first;
}
