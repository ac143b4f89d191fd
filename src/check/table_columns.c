/* Columns that say nothing, and column names that the shapefile format cut. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

/* NULL, NaN, and a text of blanks only. */
static bool is_blank(const tpk_field *field, int64_t f)
{
    if (field->type != TPK_FIELD_TEXT) return isnan(field->number[f]);
    const char *text = field->text[f];
    return !text || text[strspn(text, " \t\r\n")] == '\0';
}

static bool is_empty(const tpk_layer *layer, const tpk_field *field)
{
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (!is_blank(field, f)) return false;
    }
    return true;
}

static tpk_status column_empty(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    if (layer->n_features == 0) return TPK_OK;
    for (size_t i = 0; i < layer->n_fields; i++) {
        tpk_status status = tpk_check_cell(subject, i, 0, err);
        if (status != TPK_OK) {
            tpk_tally_clear(&tally);
            return status;
        }
        if (is_empty(layer, &layer->fields[i])) tpk_tally_add_value(&tally, layer->fields[i].name);
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found =
        tpk_finding_text(NG_("%lld of %lld columns is empty", "%lld of %lld columns are empty", tally.n),
                         (long long)tally.n, (long long)layer->n_fields);
    char *change =
        tpk_finding_text("%s", _("nothing is needed unless a criterion uses one of them; then ask the "
                                 "office for a filled table"));
    tally.n = 0; /* columns, not features */
    return tpk_tally_report_take(
        &tally, findings, "column_empty", TPK_GRAVITY_REMARK, found,
        _("a criterion or condition on an empty column finds nothing: its value is unknown "
          "everywhere"),
        change, err);
}

/* All features hold the same value, none is blank. */
static bool is_constant(const tpk_layer *layer, const tpk_field *field)
{
    for (int64_t f = 0; f < layer->n_features; f++) {
        if (is_blank(field, f)) return false;
        if (field->type != TPK_FIELD_TEXT && field->number[f] != field->number[0]) return false;
        if (field->type == TPK_FIELD_TEXT && strcmp(field->text[f], field->text[0]) != 0) return false;
    }
    return true;
}

static tpk_status column_constant(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    enum { FEWEST = 3 }; /* one or two features alike prove nothing */
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    int64_t n_zero = 0;
    if (layer->n_features < FEWEST) return TPK_OK;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        tpk_status status = tpk_check_cell(subject, i, 0, err);
        if (status != TPK_OK) {
            tpk_tally_clear(&tally);
            return status;
        }
        if (!is_constant(layer, field)) continue;
        char number[32], *text;
        bool is_text = field->type == TPK_FIELD_TEXT;
        n_zero += !is_text && field->number[0] == 0;
        text = tpk_finding_text("%s = %.60s", field->name,
                                is_text ? field->text[0] : tpk_text_from_number(field->number[0], number));
        if (text) tpk_tally_add_value(&tally, text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found, *change;
    if (n_zero > 0) {
        found = tpk_finding_text(
            NG_("%lld of %lld columns holds the same value in all %lld features; in %lld of them it is 0",
                "%lld of %lld columns hold the same value in all %lld features; in %lld of them it is 0",
                tally.n),
            (long long)tally.n, (long long)layer->n_fields, (long long)layer->n_features, (long long)n_zero);
        change = tpk_finding_text(
            "%s", _("nothing is needed unless a criterion uses one of them; for a column of zeros ask "
                    "the office whether anything was measured"));
    } else {
        found =
            tpk_finding_text(NG_("%lld of %lld columns holds the same value in all %lld features",
                                 "%lld of %lld columns hold the same value in all %lld features", tally.n),
                             (long long)tally.n, (long long)layer->n_fields, (long long)layer->n_features);
        change = tpk_finding_text("%s", _("nothing is needed unless a criterion uses one of them"));
    }
    tally.n = 0;
    return tpk_tally_report_take(
        &tally, findings, "column_constant", TPK_GRAVITY_REMARK, found,
        n_zero > 0 ? _("a criterion on such a column is the same everywhere; a zero there is rather 'not "
                       "filled' than a measured zero")
                   : _("a criterion on such a column is the same everywhere"),
        change, err);
}

/* ---- names_cut ---- */

enum { DBF_NAME_LENGTH = 10 };

/* Names of 11 letters and more seen in the products of BIG, KLHK, BPN, ESDM, BPS and Global Map (facts 5.6
 * no. 6 and the layers at hand). A name of exactly 10 letters that starts none of them is taken for whole. */
static const char *const LONG_NAMES[] = {
    "Shape_Length",    "KODEWILAYAH",     "Jenis_Lahan",     "raw_longsor",     "tgl_berlaku",
    "tanggal_berlaku", "FID_kab_bersih",  "KP2B_TRBGNG",     "regency_code",    "district_code",
    "village_code",    "province_code",   "country_code",    "exs_description", "fco_description",
    "hyc_description", "use_description", "acc_description", "soc_description", "cd_terbukti",
    "sd_hipotetik",    "nama_provinsi",   "nama_kabupaten",  "nama_kecamatan",  "kode_provinsi",
    "kode_kabupaten",  "kode_kecamatan",  "luas_hektar",     "nama_perusahaan", "jenis_kegiatan",
    "kelas_lereng",    "PL2022_ID_R",     "PL2023_ID_R",     "PL2024_ID_R",     "KECAMATAN_1",
    "KABUPATEN_1",     "KORDINAT_BARU"};

static const char *full_name(const char *cut)
{
    if (strlen(cut) != DBF_NAME_LENGTH) return NULL;
    for (size_t i = 0; i < sizeof LONG_NAMES / sizeof LONG_NAMES[0]; i++) {
        if (strncasecmp(LONG_NAMES[i], cut, DBF_NAME_LENGTH) == 0) return LONG_NAMES[i];
    }
    return NULL;
}

/* "Shape_Le_1", "KODZON_1": the format had no room for two equal names. NULL: not one of these. */
static const char *repeated_of(const tpk_layer *layer, const char *name)
{
    size_t n = strlen(name);
    if (n < 3 || name[n - 2] != '_' || name[n - 1] < '1' || name[n - 1] > '9') return NULL;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const char *other = layer->fields[i].name;
        if (strlen(other) >= n - 2 && other != name && strncasecmp(other, name, n - 2) == 0 &&
            (strlen(other) == n - 2 || n == DBF_NAME_LENGTH))
            return other;
    }
    return NULL;
}

static tpk_status names_cut(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    if (!layer->driver || strcmp(layer->driver, "shapelib") != 0) return TPK_OK;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const char *name = layer->fields[i].name, *full = full_name(name),
                   *twin = full ? NULL : repeated_of(layer, name);
        if (!full && !twin) continue;
        char *text = full ? tpk_finding_text(_("%s (from %s)"), name, full)
                          : tpk_finding_text(_("%s (second %s)"), name, twin);
        if (text) tpk_tally_add_value(&tally, text);
        if (!text) tally.failed = true;
        tpk_free(text);
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(
        NG_("%lld column name was cut at %d characters or numbered by the shapefile format",
            "%lld column names were cut at %d characters or numbered by the shapefile format", tally.n),
        (long long)tally.n, DBF_NAME_LENGTH);
    char *change = tpk_finding_text(
        "%s", _("nothing is needed: the project file may use the full or the cut name; for a "
                "numbered one look which of the two is meant"));
    tally.n = 0;
    return tpk_tally_report_take(
        &tally, findings, "names_cut", TPK_GRAVITY_REMARK, found,
        _("a condition written for the full name finds the cut column here, but two columns that "
          "were cut alike cannot be told apart"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_COLUMN_EMPTY = {
    .id = "column_empty",
    .summary = N_("columns without any value"),
    .for_vectors = true,
    .fast = true,
    .examine = column_empty,
};

const tpk_finding_kind TPK_FINDING_COLUMN_CONSTANT = {
    .id = "column_constant",
    .summary = N_("columns with one value in all features"),
    .for_vectors = true,
    .fast = true,
    .examine = column_constant,
};

const tpk_finding_kind TPK_FINDING_NAMES_CUT = {
    .id = "names_cut",
    .summary = N_("column names cut at 10 characters"),
    .for_vectors = true,
    .fast = true,
    .examine = names_cut,
};
