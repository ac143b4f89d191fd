#include "api/qgis_looks.h"

#include <string.h>

#include "output/labels.h"

/* The first with which a word of the id begins decides: "jalan_nasional", "roads", not "electricity". */
static const struct {
    const char *word;
    tpk_layer_look look;
} LOOKS[] = {
    {"jalan", {{150, 50, 40}, true}},         {"road", {{150, 50, 40}, true}},
    {"kota", {{30, 30, 30}, true}},           {"town", {{30, 30, 30}, true}},
    {"city", {{30, 30, 30}, true}},           {"cities", {{30, 30, 30}, true}},
    {"pantai", {{60, 100, 150}, false}},      {"coast", {{60, 100, 150}, false}},
    {"sungai", {{50, 120, 190}, false}},      {"river", {{50, 120, 190}, false}},
    {"danau", {{50, 120, 190}, false}},       {"lake", {{50, 120, 190}, false}},
    {"bandara", {{110, 60, 140}, false}},     {"airport", {{110, 60, 140}, false}},
    {"pelabuhan", {{20, 60, 130}, false}},    {"port", {{20, 60, 130}, false}},
    {"gardu", {{200, 140, 0}, false}},        {"listrik", {{200, 140, 0}, false}},
    {"power", {{200, 140, 0}, false}},        {"pembangkit", {{200, 100, 0}, false}},
    {"permukiman", {{110, 110, 110}, false}}, {"settlement", {{110, 110, 110}, false}},
    {"lindung", {{30, 120, 60}, false}},      {"hutan", {{30, 120, 60}, false}},
    {"protected", {{30, 120, 60}, false}},    {"forest", {{30, 120, 60}, false}},
    {"gambut", {{120, 90, 60}, false}},       {"peat", {{120, 90, 60}, false}},
    {"sawah", {{140, 170, 60}, false}},
};

static bool has_word(const char *id, const char *word)
{
    for (const char *at = id; (at = strstr(at, word)); at++) {
        if (at == id || at[-1] == '_') return true;
    }
    return false;
}

tpk_layer_look tpk_layer_look_of(const tpk_styles *styles, const char *id, size_t index)
{
    for (size_t i = 0; i < sizeof LOOKS / sizeof *LOOKS; i++) {
        if (has_word(id, LOOKS[i].word)) return LOOKS[i].look;
    }
    return (tpk_layer_look){tpk_label_list_color(styles, index), false};
}

tpk_qgs_look tpk_layer_symbol(tpk_geom_kind kind)
{
    if (kind == TPK_GEOM_POINT) return TPK_LOOK_POINT;
    return kind == TPK_GEOM_LINE ? TPK_LOOK_LINE : TPK_LOOK_AREA;
}
