/* Texts whose bytes are not what the layer says they are, NUL bytes as padding, characters lost on the way.
 */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/tally.h"

static bool is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0x80) return false;
    }
    return true;
}

/* ---- text_encoding ---- */

/* Two bytes of UTF-8 read as one-byte characters: 0xC3 0xA9 (e acute) becomes "A tilde, copyright sign". True
 * when the text's characters, written back in ISO-8859-1 or CP1252, are UTF-8: by chance next to impossible.
 */
static bool is_twice_encoded(const char *text)
{
    char bytes[256];
    size_t n = 0;
    bool above = false;
    for (const unsigned char *c = (const unsigned char *)text; *c && n + 1 < sizeof bytes;) {
        if (*c < 0x80) {
            bytes[n++] = (char)*c++;
        } else if (*c == 0xC2 || *c == 0xC3) {
            bytes[n++] = (char)(*c == 0xC2 ? c[1] : c[1] + 0x40);
            above = true;
            c += 2;
        } else if (c[0] == 0xE2 && c[1] == 0x82 &&
                   c[2] == 0xAC) { /* the euro sign, CP1252's 0x80: starts "a circumflex, euro ..." */
            bytes[n++] = (char)0x80;
            c += 3;
        } else {
            return false;
        }
    }
    return above && n + 1 < sizeof bytes && tpk_text_is_utf8(bytes, n);
}

typedef struct encodings {
    tpk_tally bad, twice;
    int64_t n_above; /* texts with characters above ASCII */
    bool fits_utf8;  /* all bad texts */
    bool has_c1;     /* some bad text has bytes 0x80 to 0x9F: letters in CP1252, controls in ISO-8859-1 */
} encodings;

/* Bytes shown as far as they are ASCII. */
static tpk_status add_bad(encodings *e, const tpk_layer *layer, const tpk_field *field, int64_t f,
                          tpk_err *err)
{
    const char *text = field->text[f];
    tpk_text shown = {0};
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte >= 0x80 && byte < 0xA0) e->has_c1 = true;
        if (byte >= 0x80) {
            tpk_text_addf(&shown, "\\x%02X", byte);
        } else {
            tpk_text_add_bytes(&shown, c, 1);
        }
    }
    if (!tpk_text_is_utf8(text, strlen(text))) e->fits_utf8 = false;
    char *value, *named;
    tpk_status status = tpk_text_take(&shown, &value, err);
    if (status != TPK_OK) return status;
    named = tpk_finding_text("%s = '%s'", field->name, value);
    tpk_free(value);
    if (!named) return tpk_err_memory(err);
    tpk_tally_add(&e->bad, layer, f, named);
    tpk_free(named);
    return TPK_OK;
}

static tpk_status look_at_texts(const tpk_subject *subject, encodings *e, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        for (int64_t f = 0; field->type == TPK_FIELD_TEXT && f < layer->n_features; f++) {
            const char *text = field->text[f];
            bool is_bad = field->undecoded && field->undecoded[f];
            tpk_status status = tpk_check_cell(subject, i, f, err);
            if (status != TPK_OK) return status;
            if (!text || is_ascii(text)) continue;
            e->n_above++;
            if (is_bad) status = add_bad(e, layer, field, f, err);
            if (status != TPK_OK) return status;
            if (!is_bad && is_twice_encoded(text)) tpk_tally_add(&e->twice, layer, f, text);
        }
    }
    return TPK_OK;
}

static tpk_status report_bad(const tpk_subject *subject, encodings *e, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    const char *fits = e->fits_utf8 ? "UTF-8" : e->has_c1 ? "CP1252" : "ISO-8859-1";
    char *found =
        tpk_finding_text(NG_("%lld text is not %s, which the layer says it is; %s fits",
                             "%lld texts are not %s, which the layer says they are; %s fits", e->bad.n),
                         (long long)e->bad.n,
                         layer->encoding_said ? layer->encoding_said
                         : layer->encoding    ? layer->encoding
                                              : "UTF-8",
                         fits);
    char *change = tpk_finding_text(_("in the project file, under layers: %s: {path: ..., encoding: %s}"),
                                    tpk_subject_id(subject), fits);
    return tpk_tally_report_take(
        &e->bad, findings, "text_encoding", TPK_GRAVITY_SERIOUS, found,
        _("`run` refuses the layer: names and classes would come out wrong and would match "
          "no condition"),
        change, err);
}

static tpk_status report_twice(const tpk_subject *subject, encodings *e, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    bool says_utf8 = layer->encoding && strcmp(layer->encoding, "UTF-8") == 0;
    char *found = tpk_finding_text(
        NG_("%lld text is UTF-8 that was read as another encoding (such as '%s')",
            "%lld texts are UTF-8 that was read as another encoding (such as '%s')", e->twice.n),
        (long long)e->twice.n,
        e->twice.sample.n_examples && e->twice.sample.examples[0].name ? e->twice.sample.examples[0].name
                                                                       : "");
    char *change =
        says_utf8 ? tpk_finding_text("%s", _("ask the office for the layer before its last conversion: these "
                                             "texts were converted twice and are damaged in the file"))
                  : tpk_finding_text(_("in the project file, under layers: %s: {path: ..., encoding: UTF-8}"),
                                     tpk_subject_id(subject));
    return tpk_tally_report_take(&e->twice, findings, "text_encoding", TPK_GRAVITY_REPAIR, found,
                                 _("names look wrong in the portal and the report and match no condition"),
                                 change, err);
}

static tpk_status report_unstated(const tpk_subject *subject, const encodings *e, tpk_findings *findings,
                                  tpk_err *err)
{
    tpk_tally tally = {0};
    bool matters = e->n_above > 0;
    const char *encoding = subject->layer->encoding ? subject->layer->encoding : "UTF-8";
    char *found =
        matters ? tpk_finding_text(NG_("nothing says how the texts are encoded (no .cpg file); %lld holds "
                                       "characters above ASCII and was read as %s",
                                       "nothing says how the texts are encoded (no .cpg file); %lld hold "
                                       "characters above ASCII and were read as %s",
                                       e->n_above),
                                   (long long)e->n_above, encoding)
                : tpk_finding_text("%s", _("nothing says how the texts are encoded (no .cpg file); all are "
                                           "plain ASCII, so that nothing can go wrong"));
    char *change =
        tpk_finding_text(_("if names look wrong, in the project file, under layers: %s: {path: ..., "
                           "encoding: CP1252}"),
                         tpk_subject_id(subject));
    return tpk_tally_report_take(&tally, findings, "text_encoding", TPK_GRAVITY_REMARK, found,
                                 _("a wrong guess shows in names and classes only, never in the geometry"),
                                 change, err);
}

static tpk_status text_encoding(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    encodings e = {.fits_utf8 = true};
    bool has_text = false;
    for (size_t i = 0; i < layer->n_fields; i++) has_text |= layer->fields[i].type == TPK_FIELD_TEXT;
    bool is_shapefile = layer->driver && strcmp(layer->driver, "shapelib") == 0;
    tpk_status status = look_at_texts(subject, &e, err);
    bool is_unstated = is_shapefile && has_text && !layer->encoding_said && e.bad.n == 0;
    if (status == TPK_OK && e.bad.n > 0) status = report_bad(subject, &e, findings, err);
    if (status == TPK_OK && e.twice.n > 0) status = report_twice(subject, &e, findings, err);
    if (status == TPK_OK && is_unstated) status = report_unstated(subject, &e, findings, err);
    tpk_tally_clear(&e.bad);
    tpk_tally_clear(&e.twice);
    return status;
}

/* ---- nul_padding ---- */

static tpk_status nul_padding(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    int64_t n = 0;
    for (size_t i = 0; i < layer->n_fields; i++) {
        if (layer->fields[i].n_nul == 0) continue;
        n += layer->fields[i].n_nul;
        tpk_tally_add_value(&tally, layer->fields[i].name);
    }
    if (n == 0) return TPK_OK;
    char *found = tpk_finding_text(NG_("%lld text is padded with NUL bytes instead of blanks",
                                       "%lld texts are padded with NUL bytes instead of blanks", n),
                                   (long long)n);
    char *change = tpk_finding_text("%s", _("nothing is needed: texts end at the first NUL here"));
    tally.n = n;
    return tpk_tally_report_take(
        &tally, findings, "nul_padding", TPK_GRAVITY_REMARK, found,
        _("other programs keep the NUL bytes: names that look equal do not match there"), change, err);
}

/* ---- lost_characters ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* U+FFFD, or a question mark right behind something ("Bia?owie?a", "SATUI? (LPA)"): what converters write for
 * what they cannot. Addresses of pages have question marks of their own. */
static bool has_lost(const char *text)
{
    if (strstr(text, "\xEF\xBF\xBD")) return true;
    if (strstr(text, "://")) return false;
    for (const char *c = strchr(text, '?'); c; c = strchr(c + 1, '?')) {
        if (c > text && is_letter(c[-1])) return true;
    }
    return false;
}

static tpk_status lost_characters(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    tpk_tally tally = {0};
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        for (int64_t f = 0; field->type == TPK_FIELD_TEXT && f < layer->n_features; f++) {
            tpk_status status = tpk_check_cell(subject, i, f, err);
            if (status != TPK_OK) {
                tpk_tally_clear(&tally);
                return status;
            }
            if (!field->text[f] || (field->undecoded && field->undecoded[f]) || !has_lost(field->text[f]))
                continue;
            char *text = tpk_finding_text("%s = '%s'", field->name, field->text[f]);
            if (text) tpk_tally_add(&tally, layer, f, text);
            if (!text) tally.failed = true;
            tpk_free(text);
        }
    }
    if (tally.n == 0 && !tally.failed) return TPK_OK;
    char *found = tpk_finding_text(NG_("%lld text holds a question mark where a character was lost",
                                       "%lld texts hold a question mark where a character was lost", tally.n),
                                   (long long)tally.n);
    char *change =
        tpk_finding_text("%s", _("correct the names in the layer, or ask the office for the table in "
                                 "its own encoding"));
    return tpk_tally_report_take(
        &tally, findings, "lost_characters", TPK_GRAVITY_REMARK, found,
        _("an earlier conversion could not write the character; the name appears like this on "
          "the map and matches no other list"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_TEXT_ENCODING = {
    .id = "text_encoding",
    .summary = N_("texts that are not in the encoding the layer states, and which one fits"),
    .for_vectors = true,
    .fast = true,
    .examine = text_encoding,
};

const tpk_finding_kind TPK_FINDING_NUL_PADDING = {
    .id = "nul_padding",
    .summary = N_("texts padded with NUL bytes"),
    .for_vectors = true,
    .fast = true,
    .examine = nul_padding,
};

const tpk_finding_kind TPK_FINDING_LOST_CHARACTERS = {
    .id = "lost_characters",
    .summary = N_("texts with a question mark for a lost character"),
    .for_vectors = true,
    .fast = true,
    .examine = lost_characters,
};
