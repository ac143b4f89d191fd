/* Official codes with letters before them ("id6301", "ID6301010"), as web services write them: no table of an
 * office has them in that form. */
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/tally.h"

enum { MOST_LETTERS = 4 };

/* Kalimantan Selatan in every official list, before regency, district and village. */
static const char PROVINCE_CODE[] = "63";

/* Its regencies and cities: the next two digits. */
static bool is_regency(const char *digits)
{
    int n = 10 * (digits[0] - '0') + digits[1] - '0';
    return (n >= 1 && n <= 11) || n == 71 || n == 72;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters before digits like the code of a regency, district or village of the province; 0: the text is no
 * such thing. */
static size_t prefix_length(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n])) n++;
    const char *code = text + n;
    size_t n_digits = strspn(code, "0123456789");
    bool has_length = n_digits == 4 || n_digits == 6 || n_digits == 7 || n_digits == 10;
    bool is_code = has_length && code[n_digits] == '\0' && strncmp(code, PROVINCE_CODE, 2) == 0;
    return is_code && n <= MOST_LETTERS ? n : 0;
}

/* All texts have the same letters before a code, nine in ten of a regency that there is (numbers of poles or
 * meters pass through all hundred), and there are two codes at least: one alone may be any number. *first
 * becomes one of them, *n how many there are. */
static bool is_prefixed(const tpk_layer *layer, const tpk_field *field, const char **first, int64_t *n)
{
    size_t length = 0;
    int64_t n_known = 0;
    bool differ = false;
    *first = NULL;
    *n = 0;
    for (int64_t f = 0; f < layer->n_features; f++) {
        const char *text = field->text[f];
        if (!text) continue;
        size_t letters = prefix_length(text);
        if (letters == 0) return false;
        if (!*first) {
            *first = text;
            length = letters;
        }
        if (letters != length || strncasecmp(text, *first, length) != 0) return false;
        differ |= strcmp(text, *first) != 0;
        n_known += is_regency(text + letters + strlen(PROVINCE_CODE));
        ++*n;
    }
    return differ && 10 * n_known >= 9 * *n;
}

static tpk_status codes_prefixed(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    const tpk_field *column = NULL;
    const char *example = NULL;
    tpk_tally tally = {0};
    int64_t n_codes = 0;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        const char *first;
        int64_t n;
        tpk_status status = tpk_check_cell(subject, i, 0, err);
        if (status != TPK_OK) {
            tpk_tally_clear(&tally);
            return status;
        }
        if (field->type != TPK_FIELD_TEXT || !is_prefixed(layer, field, &first, &n)) continue;
        char *text = tpk_finding_text("%s = %s", field->name, first);
        if (text) tpk_tally_add_value(&tally, text);
        if (!text) tally.failed = true;
        tpk_free(text);
        if (n <= n_codes) continue;
        column = field;
        example = first;
        n_codes = n;
    }
    if (!column && !tally.failed) return TPK_OK;
    int n_letters = example ? (int)prefix_length(example) : 0;
    char *found = tpk_finding_text(NG_("%lld column holds what look like official codes with letters before "
                                       "them: '%.*s' before '%s' in column %s",
                                       "%lld columns hold what look like official codes with letters before "
                                       "them: '%.*s' before '%s' in column %s",
                                       tally.n),
                                   (long long)tally.n, n_letters, example ? example : "",
                                   example ? example + n_letters : "", column ? column->name : "");
    char *change = tpk_finding_text(_("make a column of the codes alone in QGIS's field calculator: "
                                      "substr(\"%s\", %d), and join on that one"),
                                    column ? column->name : "", n_letters + 1);
    tally.n = 0;
    return tpk_tally_report_take(&tally, findings, "codes_prefixed", TPK_GRAVITY_REMARK, found,
                                 _("no table of BPS or of the ministry of the interior writes them so: a "
                                   "join by code finds nothing at all"),
                                 change, err);
}

const tpk_finding_kind TPK_FINDING_CODES_PREFIXED = {
    .id = "codes_prefixed",
    .summary = N_("letters before the official codes, on which joins by code fail"),
    .for_vectors = true,
    .examine = codes_prefixed,
};
