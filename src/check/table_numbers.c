/* Numbers where text stands ("60 MW"), percentages that do not sum to 100, dates in the future. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

/* ---- numbers_as_text ---- */

typedef enum reading { READ_TEXT, READ_NUMBER, READ_WITH_UNIT, READ_LIST } reading;

static bool is_unit(const char *text)
{
    static const char *const UNITS[] = {
        "mw",  "kw", "mva",   "kva",  "kv",  "v",     "volt", "ha",       "hektar",  "km",    "km2", "m",
        "m2",  "m3", "meter", "ton",  "t",   "kg",    "%",    "persen",   "jiwa",    "orang", "kk",  "unit",
        "dwt", "gt", "mm",    "mdpl", "l/s", "l/det", "hz",   "ton/hari", "ton/jam", "m lws", "mlws"};
    char word[16];
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '.')) n--;
    if (n == 0 || n >= sizeof word) return false;
    memcpy(word, text, n);
    word[n] = '\0';
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (tpk_text_equal_fold(word, UNITS[i])) return true;
    }
    return false;
}

/* Sign, digits, points and commas between digits; NULL when there is no number. Returns what follows it. */
static const char *skip_number(const char *c)
{
    if (*c == '-' || *c == '+') c++;
    if (*c < '0' || *c > '9') return NULL;
    while ((*c >= '0' && *c <= '9') || ((*c == '.' || *c == ',') && c[1] >= '0' && c[1] <= '9')) c++;
    return c;
}

static reading read_text(const char *text)
{
    const char *c = skip_number(text + strspn(text, " "));
    if (!c) return READ_TEXT;
    c += strspn(c, " ");
    if (*c == '\0') return READ_NUMBER;
    if (is_unit(c)) return READ_WITH_UNIT;
    bool list = false;
    while (*c == ';') {
        const char *next = skip_number(c + 1 + strspn(c + 1, " "));
        if (!next) return READ_TEXT;
        c = next + strspn(next, " ");
        list = true;
    }
    return list && *c == '\0' ? READ_LIST : READ_TEXT;
}

/* Identifiers consist of digits too; they are not to be reckoned with. */
static bool is_identifier(const char *name)
{
    static const char *const WORDS[] = {"kode",  "code", "kod", "id",    "kd",   "nib", "npsn", "telp",
                                        "phone", "ref",  "no",  "sk",    "rt",   "rw",  "pos",  "wilaya",
                                        "bps",   "srs",  "iup", "tahun", "year", "meta"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (tpk_name_has(name, WORDS[i])) return true;
    }
    return false;
}

/* Times, citizens' and tax numbers: no quantity of a map has so many digits. */
enum { MIN_CODE_DIGITS = 12 };

/* A column of texts that are numbers; *example becomes one of them, with a unit or a list if there is one. */
static bool holds_numbers(const tpk_layer *layer, const tpk_field *field, const char **example)
{
    int64_t n = 0, n_read[4] = {0};
    size_t length = 0;
    bool leading_zero = false, same_length = true, all_long = true;
    reading best = READ_TEXT;
    for (int64_t f = 0; f < layer->n_features; f++) {
        const char *text = field->text[f];
        if (!text || text[strspn(text, " -")] == '\0') continue;
        reading r = read_text(text);
        if (n == 0) length = strlen(text);
        same_length &= strlen(text) == length;
        all_long &= strspn(text, "0123456789") >= MIN_CODE_DIGITS;
        n++;
        n_read[r]++;
        leading_zero |= text[0] == '0' && text[1] >= '0' && text[1] <= '9';
        if (r > best) {
            best = r;
            *example = text;
        }
    }
    bool plain = n_read[READ_WITH_UNIT] == 0 && n_read[READ_LIST] == 0;
    bool code = leading_zero || all_long || (same_length && length >= 4) || is_identifier(field->name);
    if (plain && code) return false;
    return n >= 2 && n_read[READ_TEXT] * 10 <= n;
}

static tpk_status numbers_as_text(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    const char *first = NULL;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        const char *example = "";
        tpk_status status = tpk_check_cell(subject, i, 0, err);
        if (status != TPK_OK) {
            tpk_tally_clear(&tally);
            return status;
        }
        if (field->type != TPK_FIELD_TEXT || !holds_numbers(layer, field, &example)) continue;
        if (!first) first = field->name;
        char *text = tpk_finding_text("%s = '%.60s'", field->name, example);
        if (text) tpk_tally_add_value(&tally, text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(
        NG_("%lld column holds numbers as text", "%lld columns hold numbers as text", tally.n),
        (long long)tally.n);
    char *change =
        tpk_finding_text(_("make a number column in QGIS's field calculator: to_real(regexp_substr(\"%s\", "
                           "'([0-9.]+)')); mind decimal commas and the unit"),
                         first ? first : "");
    tally.n = 0;
    return tpk_tally_report_take(
        &tally, findings, "numbers_as_text", TPK_GRAVITY_REMARK, found,
        _("a criterion cannot reckon with text, and conditions compare letters: '9' > '60'"), change, err);
}

/* ---- percentages ---- */

static bool is_percent(const char *name)
{
    return tpk_name_has(name, "persen") || tpk_name_has(name, "prosen") || tpk_name_has(name, "pct") ||
           tpk_name_has(name, "percent") || tpk_name_has(name, "%");
}

/* Sum of the row's percentages, NaN when one is unknown. */
static double row_sum(const tpk_layer *layer, int64_t f)
{
    double sum = 0;
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (layer->fields[i].type != TPK_FIELD_TEXT && is_percent(layer->fields[i].name))
            sum += layer->fields[i].number[f];
    }
    return sum;
}

static tpk_status percentages(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    int64_t n_columns = 0, n_whole = 0, n_known = 0;
    for (size_t i = 0; i < layer->n_fields; i++)
        n_columns += layer->fields[i].type != TPK_FIELD_TEXT && is_percent(layer->fields[i].name);
    for (int64_t f = 0; n_columns >= 2 && f < layer->n_features; f++) {
        tpk_status status = tpk_check_step(subject, f, layer->n_features, err);
        if (status != TPK_OK) {
            tpk_tally_clear(&tally);
            return status;
        }
        double sum = row_sum(layer, f);
        n_known += !isnan(sum);
        n_whole += fabs(sum - 100) <= 1;
        if (isnan(sum) || fabs(sum - 100) <= 1) continue;
        char *text = tpk_finding_text(_("sum %.1f %%"), sum);
        if (text) tpk_tally_add(&tally, layer, f, text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    /* Columns that sum to 100 in most rows are parts of a whole; others (a slope and a growth rate) never
     * were. */
    if ((tally.n == 0 && !tally.failed) || n_whole * 2 < n_known) {
        tpk_tally_clear(&tally);
        return TPK_OK;
    }
    char *found =
        tpk_finding_text(NG_("%lld percentage columns sum to 100 in %lld feature, but not in %lld",
                             "%lld percentage columns sum to 100 in %lld features, but not in %lld", n_whole),
                         (long long)n_columns, (long long)n_whole, (long long)tally.n);
    char *change = tpk_finding_text(
        "%s", _("ask the office for these features' figures, or leave them out with `where:`"));
    return tpk_tally_report_take(
        &tally, findings, "percentages", TPK_GRAVITY_REMARK, found,
        _("one of the shares is wrong or missing there, and a criterion on it with it"), change, err);
}

/* ---- dates_in_future ---- */

/* Days as yyyymmdd; 0 when the text is no date. "2026/08/20", "2026-08-20", "20-08-2026", "20/08/2026". */
static int date_of(const char *text)
{
    int a, b, c, used = 0;
    char first, second;
    if (sscanf(text, "%4d%c%2d%c%4d%n", &a, &first, &b, &second, &c, &used) != 5 || first != second) return 0;
    if (first != '/' && first != '-') return 0;
    int year = a > 31 ? a : c, day = a > 31 ? c : a;
    if (year < 1900 || year > 9999 || b < 1 || b > 12 || day < 1 || day > 31) return 0;
    return year * 10000 + b * 100 + day;
}

/* Permits end, plans are for a year to come. */
static bool may_be_future(const char *name)
{
    static const char *const WORDS[] = {"akhir",  "berlak", "sampai", "s_d",  "end",    "expir", "rencana",
                                        "target", "valid",  "until",  "plan", "proyek", "habis", "jatuh"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (tpk_name_has(name, WORDS[i])) return true;
    }
    return false;
}

static bool is_year(const char *name)
{
    return tpk_name_has(name, "tahun") || tpk_name_has(name, "year") || tpk_text_equal_fold(name, "thn");
}

static int today(void)
{
    time_t now = time(NULL);
    struct tm date;
    if (!gmtime_r(&now, &date)) return 99991231;
    return (date.tm_year + 1900) * 10000 + (date.tm_mon + 1) * 100 + date.tm_mday;
}

/* The value as text when it lies in the future, else NULL. A day's grace for time zones. */
static const char *future_value(const tpk_field *field, int64_t f, int now, char buffer[32])
{
    if (field->type == TPK_FIELD_TEXT) {
        const char *text = field->text[f];
        return text && date_of(text) > now + 1 ? text : NULL;
    }
    double year = field->number[f];
    if (!is_year(field->name) || !(year > now / 10000 && year < 10000)) return NULL;
    return tpk_text_from_number(year, buffer);
}

static tpk_status dates_in_future(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    int now = today();
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (may_be_future(field->name)) continue;
        for (int64_t f = 0; f < layer->n_features; f++) {
            tpk_status status = tpk_check_cell(subject, i, f, err);
            if (status != TPK_OK) {
                tpk_tally_clear(&tally);
                return status;
            }
            char buffer[32];
            const char *value = future_value(field, f, now, buffer);
            if (!value) continue;
            char *text = tpk_finding_text("%s = %s", field->name, value);
            if (text) tpk_tally_add(&tally, layer, f, text);
            if (!text) tally.failed = true;
            tpk_free(text);
        }
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found =
        tpk_finding_text(NG_("%lld date or year lies in the future (after %04d-%02d-%02d)",
                             "%lld dates or years lie in the future (after %04d-%02d-%02d)", tally.n),
                         (long long)tally.n, now / 10000, now / 100 % 100, now % 100);
    char *change = tpk_finding_text(
        "%s", _("ask the office for the right date; where plans are meant, leave them out of the "
                "present state with `where:`"));
    return tpk_tally_report_take(&tally, findings, "dates_in_future", TPK_GRAVITY_REMARK, found,
                                 _("what is not there yet would count as if it were"), change, err);
}

const tpk_finding_kind TPK_FINDING_NUMBERS_AS_TEXT = {
    .id = "numbers_as_text",
    .summary = N_("numbers stored as text, with units or in lists"),
    .for_vectors = true,
    .fast = true,
    .examine = numbers_as_text,
};

const tpk_finding_kind TPK_FINDING_PERCENTAGES = {
    .id = "percentages",
    .summary = N_("percentages that do not sum to 100"),
    .for_vectors = true,
    .fast = true,
    .examine = percentages,
};

const tpk_finding_kind TPK_FINDING_DATES_IN_FUTURE = {
    .id = "dates_in_future",
    .summary = N_("dates in the future"),
    .for_vectors = true,
    .fast = true,
    .examine = dates_in_future,
};
