/* Figures that nobody measured: zeros where something is not known, round figures that come again and again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

/* NaN: none, or a text that is no number. */
static double figure_of(const tpk_field *field, int64_t f)
{
    double number;
    if (field->type != TPK_FIELD_TEXT) return field->number[f];
    return field->text[f] && tpk_text_to_number(field->text[f], &number) ? number : (double)NAN;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does `word` stand in `name` from `at` on? A '|' stands where no word goes on: before or after a letter, not
 * between two. Of a name that a shapefile cuts at 10 characters four letters of the word are enough. */
static bool stands_at(const char *name, size_t at, const char *word)
{
    enum { CUT_AT = 10, FEWEST_LETTERS = 4 };
    size_t i = at;
    for (; *word; word++) {
        if (*word == '|') {
            if (i > 0 && is_letter(name[i - 1]) && is_letter(name[i])) return false;
        } else if (name[i] == '\0') {
            return i == CUT_AT && i - at >= FEWEST_LETTERS;
        } else if (strncasecmp(&name[i++], word, 1) != 0) {
            return false;
        }
    }
    return true;
}

/* words: in small letters, with '|' as above; NULL ends them. */
static bool has_word(const char *name, const char *const *words)
{
    for (; *words; words++) {
        for (size_t at = 0; name[at]; at++) {
            if (stands_at(name, at, *words)) return true;
        }
    }
    return false;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The columns that look so: all by name, the first few with what was found there. Initialise with {0}. */
typedef struct columns {
    tpk_tally tally;
    tpk_text names;
} columns;

/* Looks at one column; *text (NULL: nothing found) is for the caller to free. room: n_features of what the
 * kind sorts. */
typedef tpk_status look_at_column(const tpk_subject *subject, size_t column, void *room, char **text,
                                  tpk_err *err);

static void add_column(columns *c, const char *name, const char *text)
{
    tpk_text_addf(&c->names, "%s%s", c->tally.n > 0 ? ", " : "", name);
    tpk_tally_add_value(&c->tally, text);
}

/* *names: of all columns that look so, for the caller to free; NULL: there are none. */
static tpk_status look_at_columns(const tpk_subject *subject, look_at_column *look, size_t size,
                                  tpk_tally *tally, char **names, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    columns c = {0};
    tpk_status status = TPK_OK;
    *names = NULL;
    void *room = tpk_alloc((size_t)layer->n_features, size);
    if (!room) return tpk_err_memory(err);
    for (size_t i = 0; status == TPK_OK && i < layer->n_fields; i++) {
        char *text = NULL;
        status = tpk_check_cell(subject, i, 0, err);
        if (status == TPK_OK) status = look(subject, i, room, &text, err);
        if (text) add_column(&c, layer->fields[i].name, text);
        tpk_free(text);
    }
    tpk_free(room);
    *tally = c.tally;
    if (status == TPK_OK && c.tally.n > 0) status = tpk_text_take(&c.names, names, err);
    tpk_text_clear(&c.names);
    if (status != TPK_OK) tpk_tally_clear(tally);
    return status;
}

/* ---- zeros_for_unknown ---- */

/* 0 is a measure there: at the road, at the sea, on the plain, in the dry season, where nothing was flooded,
 * burnt or slid. */
static const char *const TRUE_ZEROS[] = {"jarak",  "|jrk",    "dist|",  "distan", "|elev",  "tinggi",
                                         "height", "|alt|",   "altit",  "|dem|",  "slope",  "lereng",
                                         "hujan",  "|rain",   "precip", "presip", "banjir", "genang",
                                         "flood",  "longsor", "bakar",  "|burn",  NULL};

static int64_t count_different(const double *sorted, int64_t n)
{
    int64_t n_different = n > 0;
    for (int64_t i = 1; i < n; i++) n_different += sorted[i] != sorted[i - 1];
    return n_different;
}

/* Amounts that differ from place to place over orders of magnitude, and are hardly twice alike, run down to
 * small ones: where a good part of them is exactly 0, "not stated" may have been written so. */
static tpk_status look_for_zeros(const tpk_subject *subject, size_t column, void *room, char **text,
                                 tpk_err *err)
{
    enum { FEWEST_ZEROS = 10, FEWEST_AMOUNTS = 20, ONE_IN = 10, ORDERS = 100 };
    const tpk_field *field = &subject->layer->fields[column];
    double *amounts = room;
    int64_t n = 0, n_zero = 0;
    if (field->type == TPK_FIELD_TEXT || has_word(field->name, TRUE_ZEROS)) return TPK_OK;
    for (int64_t f = 0; f < subject->layer->n_features; f++) {
        tpk_status status = tpk_check_cell(subject, column, f, err);
        if (status != TPK_OK) return status;
        if (field->number[f] < 0) return TPK_OK;
        n_zero += field->number[f] == 0;
        if (field->number[f] > 0) amounts[n++] = field->number[f];
    }
    if (n_zero < FEWEST_ZEROS || n < FEWEST_AMOUNTS || ONE_IN * n_zero < n + n_zero) return TPK_OK;
    qsort(amounts, (size_t)n, sizeof *amounts, by_size);
    tpk_status status = tpk_check_step(subject, 1, n, err);
    if (status != TPK_OK) return status;
    if (amounts[n - 1 - n / 20] < ORDERS * amounts[n / 20] || 2 * count_different(amounts, n) < n)
        return TPK_OK;
    char low[32], high[32];
    *text = tpk_finding_text(_("%s = 0 in %lld of %lld, else %s to %s"), field->name, (long long)n_zero,
                             (long long)(n + n_zero), tpk_text_from_number(amounts[0], low),
                             tpk_text_from_number(amounts[n - 1], high));
    return *text ? TPK_OK : tpk_err_memory(err);
}

static tpk_status zeros_for_unknown(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally;
    char *names;
    tpk_status status = look_at_columns(subject, look_for_zeros, sizeof(double), &tally, &names, err);
    if (!names) return status;
    char *found = tpk_finding_text(
        NG_("%lld column of amounts (%s) is exactly 0 in many features; the others differ over more than two "
            "orders of magnitude",
            "%lld columns of amounts (%s) are exactly 0 in many features; the others differ over more than "
            "two orders of magnitude",
            tally.n),
        (long long)tally.n, names);
    tpk_free(names);
    char *change = tpk_finding_text(
        "%s",
        _("ask the office whether 0 was measured or stands for 'not stated'; if it does, give a criterion on "
          "that column a second entry of the layer, under another id, with `where:` (the column above 0), "
          "and state its `unknown:`; distances still need all features"));
    tally.n = 0; /* columns, not features */
    return tpk_tally_report_take(&tally, findings, "zeros_for_unknown", TPK_GRAVITY_REMARK, found,
                                 _("a criterion would rate what is not known like nothing at all"), change,
                                 err);
}

/* ---- figures_repeated ---- */

/* What is counted or measured of a place, and so is hardly ever round. */
static const char *const COUNTED[] = {"popul", "pendud", "jiwa", "luas", "_ha|", "hektar", "produksi", NULL};
/* What is designed, permitted, planned or agreed upon, and so is mostly round; sums of permits (wiup_ha of a
 * regency) are not. */
static const char *const SET[] = {"kapas",  "capac",  "izin",  "permit", "renca",
                                  "|plan|", "target", "harga", "price",  NULL};

/* A figure, the place it is of and where it stands; the first figure of a place is the one that counts, for
 * those of its other years go up and down through the figures of others. */
typedef struct statement {
    double figure;
    const char *place; /* borrowed from the layer */
    int64_t feature;
} statement;

static int by_place(const void *a, const void *b)
{
    const statement *x = a, *y = b;
    int order = strcmp(x->place, y->place);
    return order ? order : (x->feature > y->feature) - (x->feature < y->feature);
}

static int by_figure(const void *a, const void *b)
{
    return by_size(&((const statement *)a)->figure, &((const statement *)b)->figure);
}

static bool is_round(double figure)
{
    return figure >= 1000 && fmod(figure, 100) == 0;
}

/* The statements about named places; *n: none when one in ten is not round. */
static tpk_status gather(const tpk_subject *subject, size_t column, statement *all, int64_t *n, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    const tpk_field *names = tpk_name_field(layer);
    int64_t n_round = 0;
    *n = 0;
    for (int64_t f = 0; names && f < layer->n_features; f++) {
        tpk_status status = tpk_check_cell(subject, column, f, err);
        if (status != TPK_OK) return status;
        double figure = figure_of(&layer->fields[column], f);
        if (figure == 0 || isnan(figure) || !names->text[f]) continue;
        n_round += is_round(figure);
        all[(*n)++] = (statement){figure, names->text[f], f};
    }
    if (10 * n_round <= 9 * *n) *n = 0;
    return TPK_OK;
}

/* The first statement of each place, of statements in the order of places. */
static int64_t keep_first_of_places(statement *all, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(all[i].place, all[kept - 1].place) != 0) all[kept++] = all[i];
    }
    return kept;
}

/* How many share their figure with another place; *n_figures: different ones; *most: the one of most places,
 * the lowest of such. */
static int64_t count_shared(const statement *all, int64_t n, int64_t *n_figures, double *most)
{
    int64_t n_shared = 0, n_most = 0;
    *n_figures = 0;
    *most = 0;
    for (int64_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && all[end].figure == all[first].figure;) end++;
        ++*n_figures;
        if (end - first > 1) n_shared += end - first;
        if (end - first <= n_most) continue;
        n_most = end - first;
        *most = all[first].figure;
    }
    return n_shared;
}

static tpk_status look_for_repeated(const tpk_subject *subject, size_t column, void *room, char **text,
                                    tpk_err *err)
{
    enum { FEWEST_PLACES = 8, FEWEST_FIGURES = 5 };
    const tpk_field *field = &subject->layer->fields[column];
    statement *all = room;
    int64_t n, n_figures;
    if (!has_word(field->name, COUNTED) || has_word(field->name, SET)) return TPK_OK;
    tpk_status status = gather(subject, column, all, &n, err);
    if (status != TPK_OK || n < FEWEST_PLACES) return status;
    qsort(all, (size_t)n, sizeof *all, by_place);
    status = tpk_check_step(subject, 1, n, err);
    if (status != TPK_OK) return status;
    n = keep_first_of_places(all, n);
    qsort(all, (size_t)n, sizeof *all, by_figure);
    status = tpk_check_step(subject, 1, n, err);
    if (status != TPK_OK) return status;
    double most;
    int64_t n_shared = count_shared(all, n, &n_figures, &most);
    if (n < FEWEST_PLACES || n_figures < FEWEST_FIGURES || 3 * n_shared < n) return TPK_OK;
    char number[32];
    *text =
        tpk_finding_text(_("%s: %lld of %lld places share their figure, such as %s, with another"),
                         field->name, (long long)n_shared, (long long)n, tpk_text_from_number(most, number));
    return *text ? TPK_OK : tpk_err_memory(err);
}

static tpk_status figures_repeated(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    tpk_tally tally;
    char *names;
    tpk_status status = look_at_columns(subject, look_for_repeated, sizeof(statement), &tally, &names, err);
    if (!names) return status;
    char *found = tpk_finding_text(NG_("%lld column of counts or areas (%s) holds hardly anything but whole "
                                       "hundreds, and the same ones at different places",
                                       "%lld columns of counts or areas (%s) hold hardly anything but whole "
                                       "hundreds, and the same ones at different places",
                                       tally.n),
                                   (long long)tally.n, names);
    tpk_free(names);
    char *change = tpk_finding_text(
        "%s", _("ask the office where these figures come from; take those of the yearbook 'Dalam Angka' of "
                "BPS, or of the permits themselves, in their place"));
    tally.n = 0; /* columns, not features */
    return tpk_tally_report_take(
        &tally, findings, "figures_repeated", TPK_GRAVITY_REMARK, found,
        _("what is counted at different places is hardly round, and hardly twice the same: these are rather "
          "estimates or fillers, and a criterion on them rates what nobody counted"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_ZEROS_FOR_UNKNOWN = {
    .id = "zeros_for_unknown",
    .summary = N_("amounts of 0 that may stand for 'not stated'"),
    .for_vectors = true,
    .examine = zeros_for_unknown,
};

const tpk_finding_kind TPK_FINDING_FIGURES_REPEATED = {
    .id = "figures_repeated",
    .summary = N_("round counts and areas that repeat from place to place"),
    .for_vectors = true,
    .examine = figures_repeated,
};
