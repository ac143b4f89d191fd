/* Texts that the width of their column cut.
 *
 * Two signs: another column of the same feature goes on where the text ends; or more different names end
 * exactly at the width than one and two characters before it, as the tail of longer names does that was
 * folded onto one length. Codes all have the width, and are no names. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/tally.h"

enum {
    NARROWEST = 8,       /* classes and codes fill narrow columns */
    FEWEST_NAMES = 4,    /* of one length; fewer are chance */
    FEWEST_CONTINUED = 2 /* "Banjar" beside "Banjarmasin" may be two things once */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Bytes in the file. Every encoding but UTF-8 that layers come in has one byte a character. */
static size_t stored_length(const tpk_layer *layer, const char *text)
{
    if (!layer->encoding || strcmp(layer->encoding, "UTF-8") == 0) return strlen(text);
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* A name and not a code or a number: it ends in a letter, and two of three characters are letters. */
static bool is_name(const char *text)
{
    size_t n_letters = 0, n = strlen(text);
    for (const char *c = text; *c; c++) n_letters += is_letter(*c);
    return n > 0 && is_letter(text[n - 1]) && 3 * n_letters >= 2 * n;
}

static const char *name_at(const tpk_field *field, int64_t f)
{
    const char *text = field->text[f];
    return text && !(field->undecoded && field->undecoded[f]) && is_name(text) ? text : NULL;
}

static bool is_full(const tpk_layer *layer, const tpk_field *field, int64_t f)
{
    const char *name = name_at(field, f);
    return name && stored_length(layer, name) == field->width;
}

/* The column that has the feature's text in full: the same beginning, then more of the same word. */
static const tpk_field *continued_in(const tpk_layer *layer, const tpk_field *field, int64_t f)
{
    size_t n = strlen(field->text[f]);
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *other = &layer->fields[i];
        const char *text = other->type == TPK_FIELD_TEXT && other != field ? name_at(other, f) : NULL;
        if (text && strncmp(text, field->text[f], n) == 0 && is_letter(text[n])) return other;
    }
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* names: room for one a feature. */
static bool lengths_pile_up(const tpk_layer *layer, const tpk_field *field, const char **names)
{
    size_t n = 0, n_full = 0, n_just_shorter = 0, n_shorter = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        if ((names[n] = name_at(field, f))) n++;
    }
    if (n > 0) qsort(names, n, sizeof *names, by_text);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(names[i - 1], names[i]) == 0) continue;
        size_t length = stored_length(layer, names[i]);
        n_full += length == field->width;
        n_shorter += length < field->width;
        n_just_shorter += length < field->width && length + 2 >= field->width;
    }
    return n_full >= FEWEST_NAMES && n_full >= n_just_shorter && n_full <= n_shorter;
}

static bool add_cut(const tpk_layer *layer, const tpk_field *field, int64_t f, tpk_tally *tally)
{
    const tpk_field *whole = continued_in(layer, field, f);
    char *text =
        whole ? tpk_finding_text(_("%s = '%s', in full '%s' (%s)"), field->name, field->text[f],
                                 whole->text[f], whole->name)
              : tpk_finding_text(_("%s = '%s' (width %zu)"), field->name, field->text[f], field->width);
    if (text) tpk_tally_add(tally, layer, f, text);
    tpk_free(text);
    return text != NULL;
}

/* False without memory. */
static bool look_at_column(const tpk_layer *layer, const tpk_field *field, const char **names,
                           tpk_tally *tally)
{
    int64_t n_full = 0, n_continued = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (!is_full(layer, field, f)) continue;
        n_full++;
        n_continued += continued_in(layer, field, f) != NULL;
    }
    if (n_full == 0) return true;
    if (n_continued < FEWEST_CONTINUED && !lengths_pile_up(layer, field, names)) return true;
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (is_full(layer, field, f) && !add_cut(layer, field, f, tally)) return false;
    }
    return true;
}

static tpk_status text_cut(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    const char **names = tpk_alloc((size_t)layer->n_features + 1, sizeof *names);
    if (!names) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < layer->n_fields && !tally.failed && status == TPK_OK; i++) {
        const tpk_field *field = &layer->fields[i];
        status = tpk_check_cell(subject, i, 0, err);
        if (status != TPK_OK || field->type != TPK_FIELD_TEXT || field->width < NARROWEST) continue;
        if (!look_at_column(layer, field, names, &tally)) tally.failed = true;
    }
    tpk_free(names);
    if (status != TPK_OK) tpk_tally_clear(&tally);
    if (tally.n == 0 && !tally.failed) return status;
    char *found =
        tpk_finding_text(NG_("%lld name ends exactly where its column ends, as if it were cut",
                             "%lld names end exactly where their column ends, as if they were cut", tally.n),
                         (long long)tally.n);
    char *change = tpk_finding_text(
        "%s",
        _("write the condition for the cut name (\"nama LIKE 'Hulu Sungai Sel%'\"), use a column that has "
          "the names in full, or ask the office for the table with wider columns"));
    return tpk_tally_report_take(
        &tally, findings, "text_cut", TPK_GRAVITY_REMARK, found,
        _("a condition or a join with the full name misses these features, and names that begin alike cannot "
          "be told apart"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_TEXT_CUT = {
    .id = "text_cut",
    .summary = N_("texts cut at the width of their column"),
    .for_vectors = true,
    .examine = text_cut,
};
