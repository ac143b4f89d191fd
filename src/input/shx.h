/* The index of a shapefile, checked against the .shp file; rebuilt in memory when it is missing or damaged.
 *
 * shapelib trusts the lengths it finds. Everything that could make it read beyond the file is refused here,
 * before it is asked. Format: ESRI Shapefile Technical Description, July 1998. */
#ifndef TPK_INPUT_SHX_H
#define TPK_INPUT_SHX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "input/sidecars.h"

/* Initialise with {0}. */
typedef struct tpk_shx {
    uint8_t *bytes; /* owned; a whole .shx file: header and one entry a record */
    size_t n_bytes;
    int32_t n_records;
    int shape_type;    /* as the .shp header says: SHPT_... */
    uint64_t shp_size; /* bytes of the .shp file */
    bool rebuilt;
} tpk_shx;

/* TPK_ERR_IO: unreadable, cut off (naming the record), not a .shp file, or longer than its header
 * says with zeros there (preallocated, sparse). TPK_ERR_DATA: a record with an impossible length. */
TPK_MUST_CHECK tpk_status tpk_shx_read(const tpk_sidecars *files, tpk_shx *index, tpk_err *err);
void tpk_shx_clear(tpk_shx *index); /* safe twice */

#endif
