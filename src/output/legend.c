#include "output/legend.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"

tpk_status tpk_legend_check(const tpk_legend *legend, tpk_err *err)
{
    if (legend->n == 0) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT, _("the legend '%s' has no entries"), legend->title);
    }
    for (size_t i = 0; i < legend->n; i++) {
        double value = legend->entries[i].value;
        bool last_class = legend->kind == TPK_LEGEND_INTERVALS && i + 1 == legend->n && value > 0;
        if (!isfinite(value) && !(last_class && isinf(value))) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("the legend '%s': the value of '%s' is not a finite number"), legend->title,
                               legend->entries[i].label);
        }
        if (i > 0 && legend->kind != TPK_LEGEND_VALUES && !(value > legend->entries[i - 1].value)) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("the legend '%s': the value of '%s' is not above the one before it"),
                               legend->title, legend->entries[i].label);
        }
    }
    return TPK_OK;
}

tpk_status tpk_outline_check(const tpk_outline_style *style, tpk_err *err)
{
    return style->value_field ? tpk_legend_check(&style->classes, err) : TPK_OK;
}

void tpk_legend_palette(const tpk_legend *legend, tpk_rgb palette[256])
{
    memset(palette, 0, 256 * sizeof *palette);
    for (size_t i = 0; i < legend->n; i++) {
        const tpk_legend_entry *entry = &legend->entries[i];
        for (int value = 0; value < 256; value++) {
            if (entry->value == (double)value) palette[value] = entry->color;
        }
    }
}
