/* Rings of polygons brought into the order every kernel expects (geom.h). */
#ifndef TPK_INPUT_RINGS_H
#define TPK_INPUT_RINGS_H

#include "geo/geom_buffer.h"

/* Memory kept from one polygon to the next. */
typedef struct tpk_rings tpk_rings;

/* NULL when memory is exhausted. Caller frees with tpk_rings_free. */
tpk_rings *tpk_rings_new(void);
void tpk_rings_free(tpk_rings *rings);

/* Appends the rings of `polygon` to `out`: closed, outer rings counter-clockwise and each followed by its
 * holes, holes clockwise. When roles_known is false, a ring is a hole when it lies inside an odd number of
 * the others, whatever its direction: many files get the direction wrong. Rings without area and repeated
 * rings are left out; *mended tells that this, or the closing of a ring, happened. False when memory is
 * exhausted. */
bool tpk_rings_order(tpk_rings *rings, tpk_geom polygon, bool roles_known, tpk_geom_buffer *out,
                     bool *mended);

#endif
