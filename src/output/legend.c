#include "output/legend.h"

#include <string.h>

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
