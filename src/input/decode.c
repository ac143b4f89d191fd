/* The last step of reading attributes: from the bytes of the file to UTF-8 columns of the layer. */
#include <assert.h>
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

/* ---- the texts of a column, each once however many features have it ---- */

typedef enum text_fate { TEXT_FINE, TEXT_CUT, TEXT_UNDECODABLE } text_fate;

/* By their start, as they lie in the column's bytes. Initialise with {0}. */
typedef struct texts {
    int64_t *start, *moved; /* before and after decoding */
    uint8_t *fate;
    size_t n;
} texts;

static void clear_texts(texts *t)
{
    tpk_free(t->start);
    tpk_free(t->moved);
    tpk_free(t->fate);
    *t = (texts){0};
}

static tpk_status find_texts(const tpk_column *column, texts *t, tpk_err *err)
{
    size_t n = 0;
    for (size_t at = 0; at < column->n_bytes; at += strlen(column->bytes + at) + 1) n++;
    t->start = tpk_alloc(n, sizeof *t->start);
    t->moved = tpk_alloc(n, sizeof *t->moved);
    t->fate = tpk_zalloc(n, sizeof *t->fate);
    if (!t->start || !t->moved || !t->fate) return tpk_err_memory(err);
    for (size_t at = 0; at < column->n_bytes; at += strlen(column->bytes + at) + 1) {
        t->start[t->n] = t->moved[t->n] = (int64_t)at;
        t->n++;
    }
    return TPK_OK;
}

static size_t text_at(const texts *t, int64_t start)
{
    size_t low = 0, high = t->n;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        *(t->start[mid] <= start ? &low : &high) = mid;
    }
    return low;
}

/* What became of the texts, told to the features that have them. */
static tpk_status settle(const tpk_build *build, tpk_column *column, const texts *t, const char *name,
                         int64_t *n_cut, tpk_err *err)
{
    for (size_t row = 0, next = 0; row < column->n; row++) {
        if (column->start[row] < 0) continue;
        bool is_first = next < t->n && t->start[next] == column->start[row];
        size_t i = is_first ? next++ : text_at(t, column->start[row]);
        column->start[row] = t->moved[i];
        *n_cut += t->fate[i] == TEXT_CUT;
        if (t->fate[i] != TEXT_UNDECODABLE) continue;
        tpk_status status = undecodable(build, column, row, name, err);
        if (status != TPK_OK) return status;
    }
    return TPK_OK;
}

static text_fate check_text(char *text, size_t width)
{
    size_t n = strlen(text);
    if (tpk_text_is_utf8(text, n)) return TEXT_FINE;
    size_t kept = n == width ? without_cut_tail(text, n) : n;
    if (!tpk_text_is_utf8(text, kept)) return TEXT_UNDECODABLE;
    text[kept] = '\0';
    return TEXT_CUT;
}

static tpk_status check_utf8(const tpk_build *build, tpk_column *column, int64_t *n_cut, tpk_err *err)
{
    if (column->n_bytes == 0 || tpk_text_is_utf8(column->bytes, column->n_bytes)) return TPK_OK;
    texts t = {0};
    tpk_status status = find_texts(column, &t, err);
    for (size_t i = 0; status == TPK_OK && i < t.n; i++)
        t.fate[i] = (uint8_t)check_text(column->bytes + t.start[i], column->width);
    if (status == TPK_OK) status = settle(build, column, &t, "UTF-8", n_cut, err);
    clear_texts(&t);
    return status;
}

/* The column's texts in UTF-8; one that does not decode stays as it is. */
static tpk_status decode_texts(tpk_column *column, texts *t, tpk_decoder *decoder, tpk_err *err)
{
    tpk_text all = {0};
    for (size_t i = 0; i < t->n; i++) {
        const char *text = column->bytes + t->start[i];
        t->moved[i] = (int64_t)all.length;
        if (!tpk_decoder_add(decoder, text, strlen(text), &all)) {
            t->fate[i] = TEXT_UNDECODABLE;
            if (!all.failed) all.length = (size_t)t->moved[i];
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

static tpk_status convert(const tpk_build *build, tpk_column *column, const char *name, tpk_decoder *decoder,
                          tpk_err *err)
{
    if (column->n_bytes == 0 || is_ascii(column->bytes, column->n_bytes)) return TPK_OK;
    texts t = {0};
    int64_t n_cut = 0;
    tpk_status status = find_texts(column, &t, err);
    if (status == TPK_OK) status = decode_texts(column, &t, decoder, err);
    if (status == TPK_OK) status = settle(build, column, &t, name, &n_cut, err);
    clear_texts(&t);
    return status;
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

/* The starts become the texts, in the same memory: pointers to all texts of a large layer beside their places
 * would be a third of it. */
static char **take_pointers(tpk_column *column)
{
    static_assert(sizeof(char *) <= sizeof(int64_t), "a pointer fits where a start was");
    char *block = (char *)column->start;
    for (size_t row = 0; row < column->n; row++) {
        int64_t start;
        memcpy(&start, block + row * sizeof start, sizeof start);
        char *text = start < 0 ? NULL : column->bytes + start;
        memcpy(block + row * sizeof text, &text, sizeof text);
    }
    column->start = NULL;
    return (char **)(void *)block;
}

static bool move_column(tpk_column *column, tpk_field *field)
{
    *field = (tpk_field){.name = column->name,
                         .type = column->type,
                         .number = column->number,
                         .width = column->width,
                         .n_nul = column->n_nul,
                         .undecoded = column->undecoded};
    column->name = NULL;
    column->number = NULL;
    column->undecoded = NULL;
    if (column->type != TPK_FIELD_TEXT) return true;
    if (column->n == 0) return (field->text = tpk_alloc(0, sizeof *field->text)) != NULL;
    field->text = take_pointers(column);
    field->bytes = column->bytes;
    column->bytes = NULL;
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
