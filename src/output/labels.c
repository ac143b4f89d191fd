#include "output/labels.h"

#include <string.h>

typedef struct words {
    const char *indonesian, *english;
} words;

static const words WORDS[TPK_LABEL_COUNT] = {
    [TPK_LABEL_SCORE] = {"Nilai kesesuaian", "Suitability score"},
    [TPK_LABEL_SCORE_ZERO] = {"0: dikecualikan, atau terburuk pada semua kriteria",
                              "0: excluded, or worst in every criterion"},
    [TPK_LABEL_CLASSES] = {"Kelas kesesuaian", "Suitability class"},
    [TPK_LABEL_REASONS] = {"Alasan dikecualikan", "Reasons for exclusion"},
    [TPK_LABEL_LIMITING] = {"Kriteria pembatas", "Limiting criterion"},
    [TPK_LABEL_ZONES] = {"Zona industri", "Industrial zones"},
    [TPK_LABEL_REGIONS] = {"Wilayah", "Regions"},
    [TPK_LABEL_OUTSIDE] = {"Di luar wilayah studi", "Outside the study area"},
    [TPK_LABEL_S1] = {"S1 Sangat sesuai", "S1 Highly suitable"},
    [TPK_LABEL_S2] = {"S2 Cukup sesuai", "S2 Moderately suitable"},
    [TPK_LABEL_S3] = {"S3 Sesuai marginal", "S3 Marginally suitable"},
    [TPK_LABEL_N] = {"N Tidak sesuai", "N Not suitable"},
    [TPK_LABEL_EXCLUDED] = {"Dikecualikan", "Excluded"},
    [TPK_LABEL_UNKNOWN] = {"Tidak diketahui", "Unknown"},
    [TPK_LABEL_NO_REASON] = {"Tidak dikecualikan", "Not excluded"},
    [TPK_LABEL_NOTHING_LIMITS] = {"Tidak ada pembatas", "Nothing limits"},
};

static const tpk_label CLASS_LABELS[TPK_CELL_CLASS_COUNT] = {
    [TPK_CELL_OUTSIDE] = TPK_LABEL_OUTSIDE,
    [TPK_CELL_S1] = TPK_LABEL_S1,
    [TPK_CELL_S2] = TPK_LABEL_S2,
    [TPK_CELL_S3] = TPK_LABEL_S3,
    [TPK_CELL_N] = TPK_LABEL_N,
    [TPK_CELL_EXCLUDED] = TPK_LABEL_EXCLUDED,
    [TPK_CELL_UNKNOWN] = TPK_LABEL_UNKNOWN,
};

static const tpk_rgb CLASS_COLORS[TPK_CELL_CLASS_COUNT] = {
    [TPK_CELL_OUTSIDE] = {255, 255, 255}, [TPK_CELL_S1] = {0, 80, 120}, [TPK_CELL_S2] = {80, 170, 190},
    [TPK_CELL_S3] = {246, 211, 120},      [TPK_CELL_N] = {190, 90, 20}, [TPK_CELL_EXCLUDED] = {95, 95, 95},
    [TPK_CELL_UNKNOWN] = {235, 225, 245},
};

static const tpk_rgb LIST_COLORS[] = {
    {51, 34, 136},   {136, 204, 238}, {68, 170, 153}, {17, 119, 51},  {153, 153, 51}, {221, 204, 119},
    {204, 102, 119}, {136, 34, 85},   {170, 68, 153}, {238, 119, 51}, {0, 119, 187},  {187, 187, 187},
};

const char *tpk_label_text(tpk_label label, const char *language)
{
    return strcmp(language, "id") == 0 ? WORDS[label].indonesian : WORDS[label].english;
}

const char *tpk_label_class(tpk_cell_class cell_class, const char *language)
{
    return tpk_label_text(CLASS_LABELS[cell_class], language);
}

tpk_rgb tpk_label_class_color(tpk_cell_class cell_class)
{
    return CLASS_COLORS[cell_class];
}

/* The factors keep the nearest two of all 36 farthest apart. */
static uint8_t shade(uint8_t component, size_t round)
{
    if (round == 1) return (uint8_t)(component * 11 / 20);
    return (uint8_t)(round == 2 ? component + (255 - component) * 2 / 5 : component);
}

tpk_rgb tpk_label_list_color(size_t index)
{
    const size_t n = sizeof LIST_COLORS / sizeof *LIST_COLORS, round = index / n % 3;
    tpk_rgb color = LIST_COLORS[index % n];
    return (tpk_rgb){shade(color.r, round), shade(color.g, round), shade(color.b, round)};
}
