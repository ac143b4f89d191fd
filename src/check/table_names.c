/* Placeholders where a name should stand, and one name spelt in several ways. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

/* ---- placeholder_names ---- */

static bool is_placeholder(const char *text)
{
    static const char *const WORDS[] = {"Area Tidak Terdefinisi",
                                        "tidak terdefinisi",
                                        "tidak ada data",
                                        "tidak diketahui",
                                        "tanpa nama",
                                        "belum ada nama",
                                        "n/a",
                                        "na",
                                        "null",
                                        "<null>",
                                        "none",
                                        "nan",
                                        "unknown",
                                        "unk",
                                        "undefined",
                                        "unnamed",
                                        "no name",
                                        "no data",
                                        "xxx",
                                        "tba",
                                        "to be confirmed",
                                        "#n/a",

                                        "-99",
                                        "-999",
                                        "-9999",
                                        "999999"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (tpk_text_equal_fold(text, WORDS[i])) return true;
    }
    /* codes: 63.--.--.---- has no district or village; 71.05/71.10 is claimed by two */
    size_t n = strspn(text, "0123456789.-/");
    if (text[n] != '\0' || text[0] < '0' || text[0] > '9' || !strchr(text, '.')) return false;
    const char *slash = strchr(text, '/');
    return strstr(text, ".--") || (slash && strchr(slash, '.'));
}

/* A number that stands for nothing: BIG's TIPADM 999, and the usual -9999 everywhere. */
static bool is_placeholder_number(const char *name, double value)
{
    return value == -9999 || value == -99999 || value == -32768 ||
           (value == 999 && tpk_text_equal_fold(name, "TIPADM"));
}

static tpk_status placeholder_names(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        bool is_text = field->type == TPK_FIELD_TEXT;
        for (int64_t f = 0; f < layer->n_features; f++) {
            tpk_status status = tpk_check_cell(subject, i, f, err);
            if (status != TPK_OK) {
                tpk_tally_clear(&tally);
                return status;
            }
            bool found = is_text ? field->text[f] && !(field->undecoded && field->undecoded[f]) &&
                                       is_placeholder(field->text[f])
                                 : is_placeholder_number(field->name, field->number[f]);
            if (!found) continue;
            char number[32];
            char *text =
                tpk_finding_text("%s = %s", field->name,
                                 is_text ? field->text[f] : tpk_text_from_number(field->number[f], number));
            if (text) tpk_tally_add(&tally, layer, f, text);
            if (!text) tally.failed = true;
            tpk_free(text);
        }
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(NG_("%lld value is a placeholder, not a name, code or number",
                                       "%lld values are placeholders, not names, codes or numbers", tally.n),
                                   (long long)tally.n);
    char *change = tpk_finding_text(
        _("leave such features out in the project file, under layers: %s: {path: ..., where: \"...\"}, "
          "or ask the office for their values"),
        tpk_subject_id(subject));
    return tpk_tally_report_take(&tally, findings, "placeholder_names", TPK_GRAVITY_REMARK, found,
                                 _("they would count as a class, a name or a measured value of their own"),
                                 change, err);
}

/* ---- names_join: spellings of one name in a column ---- */

enum {
    MOST_SPELLINGS = 20000
}; /* a column with more different texts is no list of names that others join to */

static bool is_kept(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static char folded(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Compares letters only: without blanks, hyphens, points and case. */
static int compare_folded(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && !is_kept(folded(*a))) a++;
        while (*b && !is_kept(folded(*b))) b++;
        unsigned char x = (unsigned char)folded(*a), y = (unsigned char)folded(*b);
        if (x != y || !x) return (x > y) - (x < y);
    }
}

static int by_fold(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    int order = compare_folded(x, y);
    return order ? order : strcmp(x, y);
}

/* Names only: four letters and more, no digits ("1-2" and "12" are different things), no addresses of pages.
 */
static bool is_name(const char *text)
{
    size_t n_letters = 0;
    for (const char *c = text; *c; c++) {
        if (*c >= '0' && *c <= '9') return false;
        n_letters += is_kept(folded(*c));
    }
    return n_letters >= 4 && !strstr(text, "://");
}

/* The column's different texts, in an open table of `capacity` places (a power of two); false when there are
 * too many. */
/* A column that others join to repeats its names; in one of single names ("Suka Maju", "Sukamaju") two
 * spellings are two places. */
static bool distinct(const tpk_layer *layer, const tpk_field *field, const char **table, size_t capacity,
                     size_t *n)
{
    int64_t n_names = 0;
    *n = 0;
    memset(table, 0, capacity * sizeof *table);
    for (int64_t f = 0; f < layer->n_features; f++) {
        const char *text = field->text[f];
        if (!text || (field->undecoded && field->undecoded[f]) || !is_name(text)) continue;
        n_names++;
        uint64_t h = 0xCBF29CE484222325u; /* FNV-1a */
        for (const char *c = text; *c; c++) h = (h ^ (unsigned char)*c) * 0x100000001B3u;
        size_t place = (size_t)(h ^ (h >> 32)) & (capacity - 1);
        while (table[place] && strcmp(table[place], text) != 0) place = (place + 1) & (capacity - 1);
        if (table[place]) continue;
        if (++*n > MOST_SPELLINGS) return false;
        table[place] = text;
    }
    return (int64_t)*n * 3 <= n_names;
}

static const char *const REGENCIES[] = {
    "tanahlaut",         "kotabaru",         "banjar",          "baritokuala", "tapin",
    "hulusungaiselatan", "hulusungaitengah", "hulusungaiutara", "tabalong",    "tanahbumbu",
    "balangan",          "banjarmasin",      "banjarbaru"};
enum { N_REGENCIES = sizeof REGENCIES / sizeof REGENCIES[0], WORD_SIZE = 40 };

static bool is_regency(const char *text)
{
    for (size_t i = 0; i < N_REGENCIES; i++) {
        if (compare_folded(text, REGENCIES[i]) == 0) return true;
    }
    return false;
}

/* Letters to change, put in or leave out between two words of less than 40 letters. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_SIZE], n = strlen(b);
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t changed = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = shorter < changed ? shorter : changed;
        }
    }
    return row[n];
}

/* The regency that a misspelt text (letters only) means; NULL: none. */
static const char *meant_regency(const char *text)
{
    enum { MOST_LETTERS = 2, SHORTEST = 8 }; /* short names resemble each other by chance */
    char word[WORD_SIZE];
    size_t n = 0;
    for (const char *c = text; *c && n + 1 < sizeof word; c++) {
        if (is_kept(folded(*c))) word[n++] = folded(*c);
    }
    word[n] = '\0';
    for (size_t i = 0; n >= SHORTEST && i < N_REGENCIES; i++) {
        if (distance(word, REGENCIES[i]) <= MOST_LETTERS) return REGENCIES[i];
    }
    return NULL;
}

static bool add_pair(tpk_tally *tally, const char *column, const char *a, const char *b)
{
    char *text = tpk_finding_text("%s: '%s' / '%s'", column, a, b);
    if (text) tpk_tally_add_value(tally, text);
    tpk_free(text);
    return text != NULL;
}

/* texts: the n different ones. */
static bool look_at_column(const tpk_field *field, const char **texts, size_t n, tpk_tally *tally)
{
    size_t n_regencies = 0;
    qsort(texts, n, sizeof *texts, by_fold);
    for (size_t i = 0; i < n; i++) {
        n_regencies += is_regency(texts[i]);
        bool same = i > 0 && compare_folded(texts[i - 1], texts[i]) == 0;
        if (same && !add_pair(tally, field->name, texts[i - 1], texts[i])) return false;
    }
    for (size_t i = 0; n_regencies >= 3 && i < n; i++) {
        const char *meant = is_regency(texts[i]) ? NULL : meant_regency(texts[i]);
        if (meant && !add_pair(tally, field->name, texts[i], meant)) return false;
    }
    return true;
}

static tpk_status names_join(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    size_t capacity = 4;
    while (capacity < 2 * (size_t)MOST_SPELLINGS && capacity < 2 * (size_t)layer->n_features) capacity *= 2;
    const char **table = tpk_alloc(capacity + 1, sizeof *table);
    if (!table) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < layer->n_fields && !tally.failed && status == TPK_OK; i++) {
        const tpk_field *field = &layer->fields[i];
        size_t n, packed = 0;
        status = tpk_check_cell(subject, i, 0, err);
        if (status != TPK_OK || field->type != TPK_FIELD_TEXT || !distinct(layer, field, table, capacity, &n))
            continue;
        for (size_t place = 0; place < capacity; place++) {
            if (table[place]) table[packed++] = table[place];
        }
        if (!look_at_column(field, table, packed, &tally)) tally.failed = true;
    }
    tpk_free(table);
    if (status != TPK_OK) tpk_tally_clear(&tally);
    if (tally.n == 0 && !tally.failed) return status;
    char *found =
        tpk_finding_text(NG_("%lld name is spelt in two ways (blanks, hyphens, case or a letter)",
                             "%lld names are spelt in two ways (blanks, hyphens, case or a letter)", tally.n),
                         (long long)tally.n);
    char *change = tpk_finding_text(
        "%s", _("join by code where there is one; else write all spellings in the condition, such as "
                "where: \"nama IN ('Tanah Laut', 'TANAHLAUT')\""));
    tally.n = 0;
    return tpk_tally_report_take(
        &tally, findings, "names_join", TPK_GRAVITY_REMARK, found,
        _("a condition or a join for one spelling misses the features with the other"), change, err);
}

const tpk_finding_kind TPK_FINDING_PLACEHOLDER_NAMES = {
    .id = "placeholder_names",
    .summary = N_("placeholders in the place of names, codes and numbers"),
    .for_vectors = true,
    .fast = true,
    .examine = placeholder_names,
};

const tpk_finding_kind TPK_FINDING_NAMES_JOIN = {
    .id = "names_join",
    .summary = N_("one name spelt in several ways, on which joins and conditions fail"),
    .for_vectors = true,
    .examine = names_join,
};
