#include "output/labels.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const tpk_map_label CLASS_LABELS[TPK_CELL_CLASS_COUNT] = {
    [TPK_CELL_OUTSIDE] = TPK_LABEL_OUTSIDE,
    [TPK_CELL_S1] = TPK_LABEL_S1,
    [TPK_CELL_S2] = TPK_LABEL_S2,
    [TPK_CELL_S3] = TPK_LABEL_S3,
    [TPK_CELL_N] = TPK_LABEL_N,
    [TPK_CELL_EXCLUDED] = TPK_LABEL_EXCLUDED,
    [TPK_CELL_UNKNOWN] = TPK_LABEL_UNKNOWN,
};

const char *tpk_label_text(const tpk_styles *styles, tpk_map_label label, const char *language)
{
    const tpk_label_style *style = &styles->labels[label];
    return strcmp(language, "id") == 0 ? style->indonesian : style->english;
}

const char *tpk_label_class(const tpk_styles *styles, tpk_cell_class cell_class, const char *language)
{
    return tpk_label_text(styles, CLASS_LABELS[cell_class], language);
}

char *tpk_label_score(double score, const char *language, char buffer[32])
{
    for (int decimals = 2; decimals <= 17; decimals++) {
        snprintf(buffer, 32, "%.*f", decimals, score);
        if (strtod(buffer, NULL) == score) break;
    }
    char *point = strpbrk(buffer, ".,"); /* of the machine's locale */
    if (point) *point = strcmp(language, "id") == 0 ? ',' : '.';
    return buffer;
}

tpk_rgb tpk_label_class_color(const tpk_styles *styles, tpk_cell_class cell_class)
{
    return styles->labels[CLASS_LABELS[cell_class]].color;
}

/* The factors keep the nearest two of the default's 42 farthest apart. */
static uint8_t shade(uint8_t component, size_t round)
{
    if (round == 1) return (uint8_t)(component * 9 / 20);
    return (uint8_t)(round == 2 ? component + (255 - component) * 2 / 5 : component);
}

tpk_rgb tpk_label_list_color(const tpk_styles *styles, size_t index)
{
    const size_t round = index / styles->n_list % 3;
    tpk_rgb color = styles->list[index % styles->n_list];
    return (tpk_rgb){shade(color.r, round), shade(color.g, round), shade(color.b, round)};
}

char *tpk_label_from_id(const char *id)
{
    char *name = tpk_strdup(id);
    for (char *at = name; at && *at; at++) {
        if (*at == '_') *at = ' ';
    }
    if (name) *name = (char)toupper((unsigned char)*name);
    return name;
}
