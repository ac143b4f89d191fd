/* Features that lie where nothing of the layer can: axes exchanged, a sign lost, coordinates from nowhere. */
#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/place.h"
#include "check/quantity.h"
#include "check/tally.h"

typedef struct counted {
    tpk_tally tally;
    int64_t n_placed, n_nowhere; /* features with geometry; of the tally, those without a place at all */
} counted;

static tpk_status count(const tpk_subject *subject, tpk_place first, tpk_place second, counted *c,
                        tpk_err *err)
{
    tpk_places places = tpk_places_of(subject);
    if (!places.usable) return TPK_OK;
    int64_t n = subject->layer->n_features;
    for (int64_t f = 0; f < n; f++) {
        tpk_status status = tpk_check_step(subject, f, n, err);
        if (status != TPK_OK) return status;
        double lon, lat;
        tpk_place place = tpk_place_of(&places, f, &lon, &lat);
        if (place == TPK_PLACE_NONE) continue;
        c->n_placed++;
        if (place != first && place != second) continue;
        c->n_nowhere += place == TPK_PLACE_NOWHERE;
        char x[TPK_DEGREES_TEXT], y[TPK_DEGREES_TEXT];
        char *text = isfinite(lon) ? tpk_finding_text("lon %s, lat %s", tpk_degrees_text(lon, x),
                                                      tpk_degrees_text(lat, y))
                                   : tpk_finding_text("%s", _("no place"));
        if (!text) return tpk_err_memory(err);
        tpk_tally_add(&c->tally, subject->layer, f, text);
        tpk_free(text);
    }
    return TPK_OK;
}

static tpk_gravity gravity_of(const counted *c)
{
    return 2 * c->tally.n > c->n_placed ? TPK_GRAVITY_SERIOUS : TPK_GRAVITY_REPAIR;
}

/* ---- axes_swapped ---- */

static tpk_status examine_swapped(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    counted c = {0};
    tpk_status status = count(subject, TPK_PLACE_SWAPPED, TPK_PLACE_SWAPPED, &c, err);
    if (status != TPK_OK || c.tally.n == 0) {
        tpk_tally_clear(&c.tally);
        return status;
    }
    char *found = tpk_finding_text(
        NG_("%lld of %lld features has latitude where longitude belongs: exchanged, it lies in Indonesia",
            "%lld of %lld features have latitude where longitude belongs: exchanged, they lie in Indonesia",
            c.tally.n),
        (long long)c.tally.n, (long long)c.n_placed);
    char *change = tpk_finding_text(
        "%s", c.tally.n == c.n_placed ? _("exchange the axes once, in QGIS with the tool \"Swap X and Y "
                                          "coordinates\", save the layer and name the new file in "
                                          "the project file; tell the office that delivered it")
                                      : _("exchange the axes of these features, in QGIS with the tool \"Swap "
                                          "X and Y coordinates\" on a selection; ask the office "
                                          "that delivered the layer to correct its table"));
    return tpk_tally_report_take(&c.tally, findings, "axes_swapped", TPK_GRAVITY_SERIOUS, found,
                                 _("as they are, they lie outside the map and count for nothing"), change,
                                 err);
}

const tpk_finding_kind TPK_FINDING_AXES_SWAPPED = {.id = "axes_swapped",
                                                   .summary = N_("latitude and longitude exchanged"),
                                                   .for_vectors = true,
                                                   .fast = true,
                                                   .examine = examine_swapped};

/* ---- sign_wrong ---- */

static tpk_status examine_sign(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    counted c = {0};
    tpk_status status = count(subject, TPK_PLACE_SIGN, TPK_PLACE_SIGN, &c, err);
    if (status != TPK_OK || c.tally.n == 0) {
        tpk_tally_clear(&c.tally);
        return status;
    }
    char *found =
        tpk_finding_text(NG_("%lld of %lld features has a wrong sign: with the other sign of latitude (south "
                             "is negative) or longitude (east is positive) it lies among the others",
                             "%lld of %lld features have a wrong sign: with the other sign of latitude "
                             "(south is negative) or longitude (east is positive) they lie among the others",
                             c.tally.n),
                         (long long)c.tally.n, (long long)c.n_placed);
    char *change = tpk_finding_text(
        "%s", _("turn the sign around in the source table and save the layer again; ask the office that "
                "delivered it to correct these records"));
    return tpk_tally_report_take(&c.tally, findings, "sign_wrong", gravity_of(&c), found,
                                 _("as they are, they lie outside the map and count for nothing"), change,
                                 err);
}

const tpk_finding_kind TPK_FINDING_SIGN_WRONG = {.id = "sign_wrong",
                                                 .summary = N_("latitude or longitude with the wrong sign"),
                                                 .for_vectors = true,
                                                 .fast = true,
                                                 .examine = examine_sign};

/* ---- place_implausible ---- */

static tpk_status examine_place(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    counted c = {0};
    tpk_status status = count(subject, TPK_PLACE_FAR, TPK_PLACE_NOWHERE, &c, err);
    if (status != TPK_OK || c.tally.n == 0) {
        tpk_tally_clear(&c.tally);
        return status;
    }
    char *found =
        c.n_nowhere > 0
            ? tpk_finding_text(NG_("%lld of %lld features lies outside Indonesia; %lld of them has "
                                   "coordinates that are no numbers or lie nowhere on the earth",
                                   "%lld of %lld features lie outside Indonesia; %lld of them have "
                                   "coordinates that are no numbers or lie nowhere on the earth",
                                   c.tally.n),
                               (long long)c.tally.n, (long long)c.n_placed, (long long)c.n_nowhere)
            : tpk_finding_text(
                  NG_("%lld of %lld features lies outside Indonesia (longitude 94 to 142, latitude -12 to 7)",
                      "%lld of %lld features lie outside Indonesia (longitude 94 to 142, latitude -12 to 7)",
                      c.tally.n),
                  (long long)c.tally.n, (long long)c.n_placed);
    bool most = gravity_of(&c) == TPK_GRAVITY_SERIOUS;
    char *change =
        most ? tpk_finding_text(
                   "%s", _("check `crs:` of the layer; ask the office that delivered it for its coordinate "
                           "reference system"))
             : tpk_finding_text(
                   "%s",
                   _("ask the office that delivered the layer for the right coordinates of these records, or "
                     "leave them out with `where:` in the project file"));
    return tpk_tally_report_take(
        &c.tally, findings, "place_implausible", gravity_of(&c), found,
        most ? _("the layer as a whole is not where it belongs")
             : _("they count for nothing, and what they stand for is missing on the map"),
        change, err);
}

const tpk_finding_kind TPK_FINDING_PLACE_IMPLAUSIBLE = {.id = "place_implausible",
                                                        .summary =
                                                            N_("coordinates outside any plausible place"),
                                                        .for_vectors = true,
                                                        .fast = true,
                                                        .examine = examine_place};
