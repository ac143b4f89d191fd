#include "input/naming.h"

/* The likeliest first. */
static const char *const NAMES[] = {"nama", "name", "namobj", NULL};
static const char *const KINDS[] = {"komoditas", "jenis", "kategori", NULL};

static const tpk_field *first_text(const tpk_layer *layer, const char *const *names)
{
    for (; *names; names++) {
        const tpk_field *field = tpk_layer_field(layer, *names);
        if (field && field->type == TPK_FIELD_TEXT) return field;
    }
    return NULL;
}

const tpk_field *tpk_layer_naming_field(const tpk_layer *layer, bool with_kinds)
{
    const tpk_field *field = first_text(layer, NAMES);
    return field || !with_kinds ? field : first_text(layer, KINDS);
}
