#include "check/names_between.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/examine.h"
#include "check/tally.h"
#include "input/regions.h"

enum {
    FEWEST_NAMES = 5,
    MOST_NAMES = 5000,
    MOST_COLUMNS = 500,
    MOST_NAMES_IN_ALL = 200000,
    SHORTEST = 4,     /* letters and digits of a name */
    LONGEST = 60,     /* a tpk_name_key holds 63; longer texts are prose */
    SHORTEST_NEAR = 8 /* names that may differ by a letter: short ones resemble each other by chance */
};
static const double LEAST_PART = 0.25;  /* of the names of a column that holds the other's and more */
static const double LEAST_SHARE = 0.75; /* of a column's names that the other column has, for a join */

/* ---- gathering ---- */

static bool is_name(const char *text)
{
    size_t n = strlen(tpk_name_key_of(text).text);
    return n >= SHORTEST && n <= LONGEST && !strstr(text, "://");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The column's names, sorted; the different ones first. Returns how many those are. */
static size_t distinct(const tpk_layer *layer, const tpk_field *field, const char **texts, size_t *n_values)
{
    size_t n = 0, n_distinct = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        const char *text = field->text[f];
        if (text && !(field->undecoded && field->undecoded[f]) && is_name(text)) texts[n++] = text;
    }
    if (n > 0) qsort(texts, n, sizeof *texts, by_text);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(texts[i], texts[n_distinct - 1]) != 0) texts[n_distinct++] = texts[i];
    }
    *n_values = n;
    return n_distinct;
}

static bool add_column(tpk_names *names, size_t layer, const char *field, const char *const *texts, size_t n,
                       bool is_key)
{
    tpk_text all = {0};
    for (size_t i = 0; i < n; i++) tpk_text_add_bytes(&all, texts[i], strlen(texts[i]) + 1);
    tpk_name_column column = {
        .layer = layer, .field = tpk_strdup(field), .n = n, .n_bytes = all.length, .is_key = is_key};
    bool added = tpk_text_take(&all, &column.bytes, NULL) == TPK_OK && column.field &&
                 tpk_grow(&names->columns, &names->capacity, names->n_columns + 1, sizeof *names->columns);
    if (!added) {
        tpk_free(column.bytes);
        tpk_free(column.field);
        return false;
    }
    names->columns[names->n_columns++] = column;
    names->n += n;
    return true;
}

tpk_status tpk_names_gather(tpk_names *names, size_t layer, const tpk_subject *subject, tpk_err *err)
{
    const tpk_layer *from = subject->layer;
    const char **texts = tpk_alloc((size_t)from->n_features + 1, sizeof *texts);
    bool added = texts != NULL;
    tpk_status status = TPK_OK;
    for (size_t i = 0; added && i < from->n_fields; i++) {
        const tpk_field *field = &from->fields[i];
        status = tpk_check_step(subject, 1, from->n_features, err);
        if (status != TPK_OK) break;
        if (field->type != TPK_FIELD_TEXT || names->n_columns == MOST_COLUMNS) continue;
        size_t n_values, n = distinct(from, field, texts, &n_values);
        if (n < FEWEST_NAMES || n > MOST_NAMES || names->n + n > MOST_NAMES_IN_ALL) continue;
        added = add_column(names, layer, field->name, texts, n, 10 * n >= 9 * n_values);
    }
    tpk_free(texts);
    return added ? status : tpk_err_memory(err);
}

void tpk_names_clear(tpk_names *names)
{
    for (size_t i = 0; i < names->n_columns; i++) {
        tpk_free(names->columns[i].field);
        tpk_free(names->columns[i].bytes);
    }
    tpk_free(names->columns);
    *names = (tpk_names){0};
}

/* ---- which columns mean to match ---- */

/* A name as it is compared, and as it is written. */
typedef struct spelling {
    tpk_name_key key;
    const char *text; /* borrowed from the column */
    size_t column;
} spelling;

/* How many names of one column another one has. */
typedef struct matches {
    int32_t n_same;  /* written alike */
    int32_t n_known; /* the same but for blanks, hyphens, points and case, or written alike */
} matches;

typedef struct comparison {
    const tpk_names *names;
    const tpk_examination *examination;
    spelling *spellings; /* owned; of all columns, by key, then column */
    matches *matches;    /* owned; n_columns x n_columns: of the row's names in the column's */
} comparison;

static int by_key(const void *a, const void *b)
{
    const spelling *x = a, *y = b;
    int order = strcmp(x->key.text, y->key.text);
    if (order) return order;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return strcmp(x->text, y->text);
}

static void spell(comparison *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->names->n_columns; i++) {
        const char *text = c->names->columns[i].bytes;
        for (size_t k = 0; k < c->names->columns[i].n; k++, text += strlen(text) + 1)
            c->spellings[n++] = (spelling){tpk_name_key_of(text), text, i};
    }
    if (n > 0) qsort(c->spellings, n, sizeof *c->spellings, by_key);
}

/* The end of the run that starts at `from` and has one key and, when asked, one column. */
static size_t run_end(const comparison *c, size_t from, bool same_column)
{
    const spelling *s = c->spellings;
    size_t i = from + 1;
    while (i < c->names->n && strcmp(s[i].key.text, s[from].key.text) == 0 &&
           (!same_column || s[i].column == s[from].column))
        i++;
    return i;
}

/* The column of one name against all columns that have it: spellings first .. end-1. */
static void count(comparison *c, size_t i, size_t first, size_t end)
{
    const spelling *s = c->spellings;
    for (size_t from = first, to; from < end; from = to) {
        to = run_end(c, from, true);
        bool same = false;
        for (size_t k = from; k < to; k++) same |= strcmp(s[i].text, s[k].text) == 0;
        matches *m = &c->matches[s[i].column * c->names->n_columns + s[from].column];
        m->n_known++;
        m->n_same += same;
    }
}

static tpk_status count_all(comparison *c, const tpk_control *control, tpk_err *err)
{
    for (size_t first = 0, end; first < c->names->n; first = end) {
        end = run_end(c, first, false);
        for (size_t i = first; i < end; i++) count(c, i, first, end);
        if (tpk_cancelled(control))
            return tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining layers"));
    }
    return TPK_OK;
}

/* Of two columns that match, the one whose spelling the other should take: the list of single names before
 * the one that repeats them, the longer before the shorter, the earlier before the later. */
static bool is_reference(const comparison *c, size_t b, size_t a)
{
    const tpk_name_column *x = &c->names->columns[b], *y = &c->names->columns[a];
    if (x->is_key != y->is_key) return x->is_key;
    return x->n != y->n ? x->n > y->n : b < a;
}

static const char *path_of(const comparison *c, size_t column)
{
    return c->examination->items[c->names->columns[column].layer].path;
}

/* "kabupaten.shp" of "data/kabupaten.shp". */
static const char *file_of(const comparison *c, size_t column)
{
    const char *path = path_of(c, column), *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Is b a better match for column a than `best`? Of equals the shorter list: districts before villages. */
static bool is_better(const comparison *c, size_t a, size_t b, size_t best)
{
    const matches *x = &c->matches[a * c->names->n_columns + b],
                  *y = &c->matches[a * c->names->n_columns + best];
    if (x->n_known != y->n_known) return x->n_known > y->n_known;
    if (x->n_same != y->n_same) return x->n_same > y->n_same;
    return c->names->columns[b].n < c->names->columns[best].n;
}

/* Most of a's names are in b; or most of b's in a, which then has others too (those of the next province),
 * but not many more: a gazetteer holds the names of any list. */
static bool joins(const comparison *c, size_t a, size_t b)
{
    size_t n = c->names->n_columns;
    double n_known = c->matches[a * n + b].n_known, n_back = c->matches[b * n + a].n_known;
    double n_a = (double)c->names->columns[a].n, n_b = (double)c->names->columns[b].n;
    if (n_known < FEWEST_NAMES) return false;
    return n_known >= LEAST_SHARE * n_a || (n_known >= LEAST_PART * n_a && n_back >= LEAST_SHARE * n_b);
}

/* The column that column a means to match; n_columns: none. */
static size_t reference_of(const comparison *c, size_t a)
{
    size_t n = c->names->n_columns, best = n;
    for (size_t b = 0; b < n; b++) {
        if (!joins(c, a, b) || !is_reference(c, b, a) || strcmp(path_of(c, a), path_of(c, b)) == 0) continue;
        if (best == n || is_better(c, a, b, best)) best = b;
    }
    return best;
}

/* ---- a letter apart ---- */

/* A key without one of its letters, or the whole: two keys a letter apart have one in common. */
typedef struct variant {
    uint64_t hash;
    const spelling *of;
} variant;

static uint64_t hash_without(const char *key, size_t left_out)
{
    uint64_t h = 0xCBF29CE484222325u; /* FNV-1a */
    for (size_t i = 0; key[i]; i++) {
        if (i != left_out) h = (h ^ (unsigned char)key[i]) * 0x100000001B3u;
    }
    return h;
}

static int by_hash(const void *a, const void *b)
{
    const variant *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->of == y->of ? 0 : x->of < y->of ? -1 : 1;
}

static size_t without_number(const char *key)
{
    size_t n = strlen(key);
    while (n > 0 && strchr("IVX", key[n - 1])) n--;
    return n;
}

/* One letter changed, put in, left out or moved; but not "HANDIL II" and "HANDIL III". */
static bool is_letter_apart(const char *a, const char *b)
{
    size_t root = without_number(a);
    if (root == without_number(b) && strncmp(a, b, root) == 0) return false;
    while (*a && *a == *b) a++, b++;
    size_t n = strlen(a), m = strlen(b);
    while (n > 0 && m > 0 && a[n - 1] == b[m - 1]) n--, m--;
    if (n <= 1 && m <= 1) return true;
    return n == m && (memcmp(a + 1, b, n - 1) == 0 || memcmp(a, b + 1, n - 1) == 0);
}

static bool may_be_near(const spelling *s)
{
    return strlen(s->key.text) >= SHORTEST_NEAR && !s->key.text[strcspn(s->key.text, "0123456789")];
}

/* Is the key among the spellings of the column? */
static bool is_known(const comparison *c, const char *key, size_t column)
{
    size_t low = 0, high = c->names->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = strcmp(c->spellings[mid].key.text, key);
        if (order < 0 || (order == 0 && c->spellings[mid].column < column))
            low = mid + 1;
        else
            high = mid;
    }
    return low < c->names->n && c->spellings[low].column == column &&
           strcmp(c->spellings[low].key.text, key) == 0;
}

/* All variants of the names of column b that column a has not; NULL without memory. Caller frees with
 * tpk_free. */
static variant *index_near(const comparison *c, size_t a, size_t b, size_t *n)
{
    variant *variants = tpk_alloc(c->names->columns[b].n * (LONGEST + 1) + 1, sizeof *variants);
    *n = 0;
    for (size_t i = 0; variants && i < c->names->n; i++) {
        const spelling *s = &c->spellings[i];
        if (s->column != b || !may_be_near(s) || is_known(c, s->key.text, a)) continue;
        for (size_t k = 0; k <= strlen(s->key.text); k++)
            variants[(*n)++] = (variant){hash_without(s->key.text, k), s};
    }
    if (*n > 0) qsort(variants, *n, sizeof *variants, by_hash);
    return variants;
}

static size_t first_of(const variant *variants, size_t n, uint64_t hash)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (variants[mid].hash < hash)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The one name a letter apart; NULL: none, or several, which leaves open what is meant. */
static const spelling *near(const variant *variants, size_t n, const spelling *s)
{
    const spelling *meant = NULL;
    size_t length = may_be_near(s) ? strlen(s->key.text) : 0;
    for (size_t k = 0; length > 0 && k <= length; k++) {
        uint64_t hash = hash_without(s->key.text, k);
        for (size_t i = first_of(variants, n, hash); i < n && variants[i].hash == hash; i++) {
            const spelling *other = variants[i].of;
            if (other == meant || !is_letter_apart(s->key.text, other->key.text)) continue;
            if (meant && strcmp(meant->key.text, other->key.text) != 0) return NULL;
            meant = other;
        }
    }
    return meant;
}

/* ---- the report ---- */

static bool add_pair(const comparison *c, tpk_tally *tally, const spelling *here, const spelling *there)
{
    char *text = tpk_finding_text(_("'%s' here, '%s' in %s/%s"), here->text, there->text,
                                  file_of(c, there->column), c->names->columns[there->column].field);
    if (text) tpk_tally_add_value(tally, text);
    tpk_free(text);
    return text != NULL;
}

/* What the name is called in column b, when it is written otherwise there; NULL: alike, or not there. */
static const spelling *spelt_there(const comparison *c, size_t i, size_t b, bool *is_there)
{
    const spelling *s = c->spellings, *other = NULL;
    size_t first = i;
    while (first > 0 && strcmp(s[first - 1].key.text, s[i].key.text) == 0) first--;
    *is_there = false;
    for (size_t k = first, end = run_end(c, first, false); k < end; k++) {
        if (s[k].column != b) continue;
        *is_there = true;
        if (strcmp(s[k].text, s[i].text) == 0) return NULL;
        other = &s[k];
    }
    return other;
}

static bool collect(const comparison *c, size_t a, size_t b, tpk_tally *tally)
{
    size_t n_variants;
    variant *variants = index_near(c, a, b, &n_variants);
    bool added = variants != NULL;
    for (size_t i = 0; added && i < c->names->n; i++) {
        const spelling *s = &c->spellings[i];
        if (s->column != a) continue;
        bool is_there;
        const spelling *other = spelt_there(c, i, b, &is_there);
        if (!is_there) other = near(variants, n_variants, s);
        if (other) added = add_pair(c, tally, s, other);
    }
    tpk_free(variants);
    return added;
}

static tpk_status compare_with(const comparison *c, size_t a, size_t b, tpk_findings *findings, tpk_err *err)
{
    const tpk_name_column *column = &c->names->columns[a];
    const char *there = file_of(c, b), *field = c->names->columns[b].field;
    tpk_tally tally = {0};
    if (!collect(c, a, b, &tally)) tally.failed = true;
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(
        NG_("%lld of %lld names in column %s does not join with %s/%s, where it is spelt otherwise",
            "%lld of %lld names in column %s do not join with %s/%s, where they are spelt otherwise",
            tally.n),
        (long long)tally.n, (long long)column->n, column->field, there, field);
    char *change = tpk_finding_text(
        _("join by code where both layers have one; else write the names in %s as in %s/%s, or all "
          "spellings in the condition, such as where: \"%s IN ('Tanah Laut', 'TANAHLAUT')\""),
        column->field, there, field, column->field);
    tally.n = 0; /* names, not features */
    return tpk_tally_report_take(
        &tally, findings, "names_differ", TPK_GRAVITY_REMARK, found,
        _("a join between the two layers by this column leaves these names without a partner"), change, err);
}

tpk_status tpk_names_compare(const tpk_names *names, tpk_examination *examination, const tpk_control *control,
                             tpk_err *err)
{
    size_t n = names->n_columns;
    comparison c = {.names = names,
                    .examination = examination,
                    .spellings = tpk_alloc(names->n + 1, sizeof *c.spellings),
                    .matches = tpk_zalloc(n * n + 1, sizeof *c.matches)};
    tpk_status status = c.spellings && c.matches ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) {
        spell(&c);
        status = count_all(&c, control, err);
    }
    for (size_t a = 0; status == TPK_OK && a < n; a++) {
        size_t b = reference_of(&c, a);
        if (b < n)
            status = compare_with(&c, a, b, &examination->items[names->columns[a].layer].findings, err);
    }
    tpk_free(c.spellings);
    tpk_free(c.matches);
    return status;
}
