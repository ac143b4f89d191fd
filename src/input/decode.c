/* The last step of reading attributes: from the bytes of the file to UTF-8 columns of the layer. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "input/build.h"
#include "input/encoding.h"

static bool is_ascii(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)bytes[i] >= 0x80) return false;
    }
    return true;
}

/* Length of text without a character that its field's width cut in two; n when nothing was cut. */
static size_t without_cut_tail(const char *text, size_t n)
{
    size_t lead = n;
    while (lead > 0 && n - lead < 3 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80) lead--;
    if (lead == 0) return n;
    unsigned char c = (unsigned char)text[lead - 1];
    size_t expected = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
    return n - (lead - 1) < expected ? lead - 1 : n;
}

/* Facts about all texts and names. */
static void look(const tpk_build *build, bool *all_utf8, bool *all_ascii)
{
    *all_utf8 = *all_ascii = true;
    for (size_t i = 0; i < build->n_columns; i++) {
        const tpk_column *column = &build->columns[i];
        size_t name_length = strlen(column->name);
        if (!is_ascii(column->name, name_length)) *all_ascii = false;
        if (!tpk_text_is_utf8(column->name, name_length)) *all_utf8 = false;
        if (column->n_bytes == 0 || is_ascii(column->bytes, column->n_bytes)) continue;
        *all_ascii = false;
        if (!tpk_text_is_utf8(column->bytes, column->n_bytes))
            *all_utf8 = false; /* terminators keep texts apart */
    }
}

static tpk_status guess(bool all_utf8, char name[TPK_ENCODING_SIZE], const char *where, tpk_diags *diags)
{
    strcpy(name, all_utf8 ? "UTF-8" : "ISO-8859-1");
    if (all_utf8) return TPK_OK;
    return tpk_diag_add(
        diags, TPK_WARNING, where, (tpk_pos){0},
        _("nothing says how its texts are encoded and they are not UTF-8; read as ISO-8859-1. "
          "If names look wrong, state 'encoding:' for the layer in the project file"));
}

static tpk_status choose(const tpk_build *build, tpk_text_claim claim, char name[TPK_ENCODING_SIZE],
                         const char *where, tpk_diags *diags, tpk_err *err)
{
    bool all_utf8, all_ascii, is_known = claim.said && tpk_encoding_find(claim.said, name);
    look(build, &all_utf8, &all_ascii);
    tpk_status status = TPK_OK;
    if (claim.source == TPK_TEXT_PROJECT && !is_known) {
        return tpk_err_set(err, TPK_ERR_DATA,
                           _("the encoding '%s' is not known; use for example UTF-8, ISO-8859-1 or CP1252"),
                           claim.said);
    }
    if (claim.source == TPK_TEXT_CPG && !is_known) {
        status = tpk_diag_add(diags, TPK_WARNING, where, (tpk_pos){0},
                              _("its .cpg file names an unknown encoding, '%s'"), claim.said);
    }
    /* driver 0x57, "ANSI", is what tools write that do not care; UTF-8 by accident is next to impossible */
    if (build->keep_bytes && (!is_known || (claim.source == TPK_TEXT_FORMAT && !all_utf8))) {
        strcpy(name, "UTF-8"); /* what is not is marked text by text */
        return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
    }
    bool is_weak = claim.source == TPK_TEXT_DRIVER && !all_ascii && all_utf8;
    if (is_weak) strcpy(name, "UTF-8");
    if (!is_known || (claim.source == TPK_TEXT_FORMAT && !all_utf8)) {
        if (status == TPK_OK) status = guess(all_utf8, name, where, diags);
    }
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

/* The text stays as it is in the file. */
static tpk_status mark(tpk_column *column, size_t row, tpk_err *err)
{
    if (!column->undecoded) column->undecoded = tpk_zalloc(column->n, 1);
    if (!column->undecoded) return tpk_err_memory(err);
    column->undecoded[row] = 1;
    return TPK_OK;
}

static tpk_status undecodable(const tpk_build *build, tpk_column *column, size_t row, const char *name,
                              tpk_err *err)
{
    if (build->keep_bytes) return mark(column, row, err);
    return tpk_err_set(
        err, TPK_ERR_DATA,
        _("feature %lld, field '%s': the text is not %s, which is its stated encoding; state the right "
          "'encoding:' for the layer in the project file, for example ISO-8859-1"),
        (long long)build->layer->fid[row], column->name, name);
}

static tpk_status check_utf8(const tpk_build *build, tpk_column *column, int64_t *n_cut, tpk_err *err)
{
    if (column->n_bytes == 0 || tpk_text_is_utf8(column->bytes, column->n_bytes)) return TPK_OK;
    for (size_t row = 0; row < column->n; row++) {
        if (column->start[row] < 0) continue;
        char *text = column->bytes + column->start[row];
        size_t n = strlen(text);
        if (tpk_text_is_utf8(text, n)) continue;
        size_t kept = n == column->width ? without_cut_tail(text, n) : n;
        if (!tpk_text_is_utf8(text, kept)) {
            tpk_status status = undecodable(build, column, row, "UTF-8", err);
            if (status != TPK_OK) return status;
            continue;
        }
        text[kept] = '\0';
        (*n_cut)++;
    }
    return TPK_OK;
}

static tpk_status convert(const tpk_build *build, tpk_column *column, const char *name, tpk_decoder *decoder,
                          tpk_err *err)
{
    if (column->n_bytes == 0 || is_ascii(column->bytes, column->n_bytes)) return TPK_OK;
    tpk_text all = {0};
    for (size_t row = 0; row < column->n; row++) {
        if (column->start[row] < 0) continue;
        const char *text = column->bytes + column->start[row];
        column->start[row] = (int64_t)all.length;
        if (!tpk_decoder_add(decoder, text, strlen(text), &all)) {
            tpk_status status = undecodable(build, column, row, name, err);
            if (status != TPK_OK) {
                tpk_text_clear(&all);
                return status;
            }
            if (!all.failed) all.length = (size_t)column->start[row];
            tpk_text_add(&all, text);
        }
        tpk_text_add_bytes(&all, "", 1);
    }
    size_t n_bytes = all.length;
    char *bytes;
    tpk_status status = tpk_text_take(&all, &bytes, err);
    if (status != TPK_OK) return status;
    tpk_free(column->bytes);
    column->bytes = bytes;
    column->n_bytes = n_bytes;
    return TPK_OK;
}

/* A name must never stop a layer: what does not decode is read as ISO-8859-1. */
static tpk_status convert_name(tpk_column *column, const char *name, tpk_err *err)
{
    size_t n = strlen(column->name);
    if (is_ascii(column->name, n)) return TPK_OK;
    bool is_utf8 = strcmp(name, "UTF-8") == 0;
    if (is_utf8) {
        size_t kept = without_cut_tail(column->name, n);
        if (kept > 0 && tpk_text_is_utf8(column->name, kept)) {
            column->name[kept] = '\0';
            return TPK_OK;
        }
    }
    tpk_text decoded = {0};
    bool is_done = false;
    for (int attempt = is_utf8; attempt < 2 && !is_done; attempt++) {
        tpk_text_clear(&decoded);
        tpk_decoder *decoder = tpk_decoder_new(attempt == 0 ? name : "ISO-8859-1");
        if (!decoder) return tpk_err_memory(err);
        is_done = tpk_decoder_add(decoder, column->name, n, &decoded);
        tpk_decoder_free(decoder);
    }
    char *taken;
    tpk_status status = tpk_text_take(&decoded, &taken, err);
    if (status != TPK_OK) return status;
    tpk_free(column->name);
    column->name = taken;
    return TPK_OK;
}

static tpk_status decode_all(tpk_build *build, const char *name, const char *where, tpk_diags *diags,
                             tpk_err *err)
{
    tpk_decoder *decoder = NULL;
    bool is_utf8 = strcmp(name, "UTF-8") == 0;
    if (!is_utf8 && !(decoder = tpk_decoder_new(name))) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    int64_t n_cut = 0;
    for (size_t i = 0; status == TPK_OK && i < build->n_columns; i++) {
        tpk_column *column = &build->columns[i];
        status = convert_name(column, name, err);
        if (status != TPK_OK || column->type != TPK_FIELD_TEXT) continue;
        status =
            is_utf8 ? check_utf8(build, column, &n_cut, err) : convert(build, column, name, decoder, err);
    }
    tpk_decoder_free(decoder);
    if (status == TPK_OK && n_cut > 0 &&
        tpk_diag_add(diags, TPK_NOTE, where, (tpk_pos){0},
                     _("%lld texts end in the middle of a character, cut by the width of their field; "
                       "the broken character was left out"),
                     (long long)n_cut) != TPK_OK) {
        status = tpk_err_memory(err);
    }
    return status;
}

static bool move_column(tpk_column *column, tpk_field *field)
{
    *field = (tpk_field){.name = column->name,
                         .type = column->type,
                         .number = column->number,
                         .bytes = column->bytes,
                         .width = column->width,
                         .n_nul = column->n_nul,
                         .undecoded = column->undecoded};
    column->name = NULL;
    column->number = NULL;
    column->bytes = NULL;
    column->undecoded = NULL;
    if (column->type != TPK_FIELD_TEXT) return true;
    field->text = tpk_alloc(column->n, sizeof *field->text);
    if (!field->text) return false;
    for (size_t row = 0; row < column->n; row++) {
        field->text[row] = column->start[row] < 0 ? NULL : field->bytes + column->start[row];
    }
    return true;
}

tpk_status tpk_build_finish(tpk_build *build, tpk_text_claim claim, const char *where, tpk_diags *diags,
                            tpk_err *err)
{
    tpk_layer *layer = build->layer;
    char name[TPK_ENCODING_SIZE];
    tpk_status status = choose(build, claim, name, where, diags, err);
    if (status == TPK_OK) status = decode_all(build, name, where, diags, err);
    if (status != TPK_OK) return status;
    layer->encoding = tpk_strdup(name);
    layer->encoding_said = tpk_strdup(claim.said);
    layer->fields = tpk_zalloc(build->n_columns, sizeof *layer->fields);
    if (!layer->encoding || !layer->fields || (claim.said && !layer->encoding_said))
        return tpk_err_memory(err);
    for (size_t i = 0; i < build->n_columns; i++) {
        bool moved = move_column(&build->columns[i], &layer->fields[layer->n_fields++]);
        if (!moved) return tpk_err_memory(err);
    }
    layer->part_start = build->geom.part_start;
    layer->ring_role = build->geom.ring_role;
    layer->xy = build->geom.xy;
    build->geom = (tpk_geom_buffer){0};
    return TPK_OK;
}
