/* How much of a polygon is of each class, and its mean score: the sums that zones and regions share. */
#ifndef TPK_ZONES_CLASS_SUM_H
#define TPK_ZONES_CLASS_SUM_H

#include <stdint.h>

#include "base/status.h"
#include "zones/cover.h"

/* What a cell is; also the pixel values of classes.tif. */
typedef enum tpk_cell_class {
    TPK_CELL_OUTSIDE = 0, /* outside the study area */
    TPK_CELL_S1 = 1,
    TPK_CELL_S2 = 2,
    TPK_CELL_S3 = 3,
    TPK_CELL_N = 4,
    TPK_CELL_EXCLUDED = 5,
    TPK_CELL_UNKNOWN = 6,
    TPK_CELL_CLASS_COUNT
} tpk_cell_class;

/* Exact sums in units of weight (zones/row_sum.h). Initialise with TPK_CLASS_SUM_INIT. */
typedef struct tpk_class_sum {
    tpk_int128 by_class[TPK_CELL_CLASS_COUNT];
    tpk_row_sum score; /* over the known cells, excluded ones counting 0 */
} tpk_class_sum;

#define TPK_CLASS_SUM_INIT ((tpk_class_sum){.score = TPK_ROW_SUM_INIT})

/* Adds a strip's cells; cell_class and score are the tile's arrays. The strip's weights of cells outside
 * the study area become 0 and its scores what each cell counts as (NaN: not known). TPK_ERR_BUG for a class
 * that does not exist. */
TPK_MUST_CHECK tpk_status tpk_class_sum_add(tpk_class_sum *sum, tpk_strip *strip, const uint8_t *cell_class,
                                            const float *score, tpk_err *err);
void tpk_class_sum_merge(tpk_class_sum *into, const tpk_class_sum *from);

/* The weight of the cells inside the study area. */
tpk_int128 tpk_class_sum_inside(const tpk_class_sum *sum);

/* The polygon's hectares by class, which add up to area_ha: `whole` is its weight, brought by tiles or not;
 * what is not inside the study area is outside. */
void tpk_class_sum_hectares(const tpk_class_sum *sum, tpk_int128 whole, double area_ha,
                            double class_ha[TPK_CELL_CLASS_COUNT]);

#endif
