#include "zones/class_sum.h"

#include <math.h>

#include "base/i18n.h"

tpk_status tpk_class_sum_add(tpk_class_sum *sum, tpk_strip *strip, const uint8_t *cell_class,
                             const float *score, tpk_err *err)
{
    tpk_strip *s = strip;
    int64_t by_class[TPK_CELL_CLASS_COUNT] = {0};
    const uint8_t *class_of = cell_class + s->first;
    const float *score_of = score + s->first;
    for (int i = 0; i < s->n; i++) {
        uint8_t class = class_of[i];
        if (class >= TPK_CELL_CLASS_COUNT) {
            return tpk_err_set(err, TPK_ERR_BUG, _("a cell has the unknown class %d"), class);
        }
        by_class[class] += (int64_t)s->weight[i];
        s->weight[i] = class == TPK_CELL_OUTSIDE ? 0 : s->weight[i];
        s->score[i] = class == TPK_CELL_EXCLUDED  ? 0
                      : class == TPK_CELL_UNKNOWN ? (double)NAN
                                                  : (double)score_of[i];
    }
    for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) sum->by_class[c] += by_class[c];
    tpk_row_sum_add(&sum->score, s->score, s->weight, s->n);
    return TPK_OK;
}

void tpk_class_sum_merge(tpk_class_sum *into, const tpk_class_sum *from)
{
    for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) into->by_class[c] += from->by_class[c];
    tpk_row_sum_merge(&into->score, &from->score);
}

tpk_int128 tpk_class_sum_inside(const tpk_class_sum *sum)
{
    tpk_int128 inside = 0;
    for (int c = TPK_CELL_OUTSIDE + 1; c < TPK_CELL_CLASS_COUNT; c++) inside += sum->by_class[c];
    return inside;
}

void tpk_class_sum_hectares(const tpk_class_sum *sum, tpk_int128 whole, double area_ha,
                            double class_ha[TPK_CELL_CLASS_COUNT])
{
    double ha_per_unit = whole > 0 ? area_ha / (double)whole : 0;
    for (int c = 0; c < TPK_CELL_CLASS_COUNT; c++) class_ha[c] = (double)sum->by_class[c] * ha_per_unit;
    class_ha[TPK_CELL_OUTSIDE] =
        whole > 0 ? (double)(whole - tpk_class_sum_inside(sum)) * ha_per_unit : area_ha;
}
