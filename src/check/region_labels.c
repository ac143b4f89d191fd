#include "check/region_labels.h"

#include <math.h>
#include <string.h>

#include "check/subject.h"
#include "check/tally.h"

/* Lines and areas are named by what they belong to, are drawn coarsely, and include islands that extents
 * leave out (Marabatuan, off Kotabaru): only those far away are told. */
static const double AREA_MARGIN_DEG = 0.4;
/* A province's name is compared with a box, which is coarser. */
static const double PROVINCE_MARGIN_DEG = 0.25;

/* The provinces of Indonesia that are no neighbours of Kalimantan Selatan, as keys; the neighbours' land
 * reaches into its box. */
static const char *const FAR_PROVINCES[] = {"ACEH",
                                            "SUMATERAUTARA",
                                            "SUMATERABARAT",
                                            "RIAU",
                                            "JAMBI",
                                            "SUMATERASELATAN",
                                            "BENGKULU",
                                            "LAMPUNG",
                                            "KEPULAUANBANGKABELITUNG",
                                            "BANGKABELITUNG",
                                            "KEPULAUANRIAU",
                                            "DKIJAKARTA",
                                            "JAKARTA",
                                            "JAWABARAT",
                                            "JAWATENGAH",
                                            "DIYOGYAKARTA",
                                            "DAERAHISTIMEWAYOGYAKARTA",
                                            "JAWATIMUR",
                                            "BANTEN",
                                            "BALI",
                                            "NUSATENGGARABARAT",
                                            "NUSATENGGARATIMUR",
                                            "KALIMANTANBARAT",
                                            "KALIMANTANUTARA",
                                            "SULAWESIUTARA",
                                            "SULAWESITENGAH",
                                            "SULAWESISELATAN",
                                            "SULAWESITENGGARA",
                                            "GORONTALO",
                                            "SULAWESIBARAT",
                                            "MALUKU",
                                            "MALUKUUTARA",
                                            "PAPUA",
                                            "PAPUABARAT",
                                            NULL};

tpk_status tpk_labels_open(const tpk_subject *subject, tpk_labels *labels, tpk_err *err)
{
    *labels = (tpk_labels){0};
    if (!subject->layer || !subject->lonlat) return TPK_OK;
    tpk_status status = tpk_regions_new(subject->regions, subject->region_field, &labels->regions, err);
    if (status != TPK_OK) return status;
    labels->places = tpk_places_of(subject);
    if (!labels->places.usable) return TPK_OK;
    labels->region = tpk_region_column(subject->layer, labels->regions, subject->control);
    labels->province = tpk_province_column(subject->layer);
    return tpk_check_step(subject, 1, subject->layer->n_features, err);
}

void tpk_labels_close(tpk_labels *labels)
{
    tpk_regions_free(labels->regions);
    *labels = (tpk_labels){0};
}

static bool is_far_province(const char *key)
{
    for (const char *const *p = FAR_PROVINCES; *p; p++) {
        if (strcmp(key, *p) == 0) return true;
    }
    return false;
}

static bool in_province(double lon, double lat, double margin)
{
    tpk_box a = TPK_PROVINCE_LONLAT;
    return lon >= a.x_min - margin && lon <= a.x_max + margin && lat >= a.y_min - margin &&
           lat <= a.y_max + margin;
}

/* A province that the feature says it is in, against the box of Kalimantan Selatan. */
static tpk_label province_label(const char *text, const double lonlat[2])
{
    tpk_name_key key = tpk_name_key_of(text);
    if (strcmp(key.text, "KALIMANTANSELATAN") == 0 || strcmp(key.text, "KALSEL") == 0)
        return in_province(lonlat[0], lonlat[1], PROVINCE_MARGIN_DEG) ? TPK_LABEL_AGREES
                                                                      : TPK_LABEL_CONTRADICTS;
    bool is_known = is_far_province(key.text);
    return is_known && in_province(lonlat[0], lonlat[1], 0) ? TPK_LABEL_CONTRADICTS : TPK_LABEL_NONE;
}

static tpk_label region_label(const tpk_labels *labels, int64_t feature, int region, const double lonlat[2],
                              double fixed[2])
{
    const tpk_subject *subject = labels->places.subject;
    if (subject->layer->kind != TPK_GEOM_POINT) {
        tpk_box box = tpk_place_box(subject, feature);
        return tpk_regions_meet(labels->regions, region, box, AREA_MARGIN_DEG) ? TPK_LABEL_AGREES
                                                                               : TPK_LABEL_CONTRADICTS;
    }
    if (tpk_regions_hold(labels->regions, region, lonlat[0], lonlat[1], TPK_REGION_MARGIN_DEG))
        return TPK_LABEL_AGREES;
    return tpk_minutes_fix(labels->regions, region, lonlat, fixed) ? TPK_LABEL_MINUTES
                                                                   : TPK_LABEL_CONTRADICTS;
}

/* Equal texts lie at one place as a rule (tpk_field): each is looked up once. */
static tpk_label_memo *memo_of(tpk_labels *labels, const char *text)
{
    uint64_t h = (uint64_t)(uintptr_t)text * 0x9E3779B97F4A7C15u;
    return &labels->memos[h >> (64 - TPK_LABEL_MEMO_BITS)];
}

static int find_region(tpk_labels *labels, const char *text)
{
    tpk_label_memo *memo = memo_of(labels, text);
    if (memo->text != text) *memo = (tpk_label_memo){text, tpk_regions_find(labels->regions, text)};
    return memo->region;
}

tpk_label tpk_label_of(tpk_labels *labels, int64_t feature, const char **said, double lonlat[2],
                       double fixed[2])
{
    *said = NULL;
    if (!labels->region && !labels->province) return TPK_LABEL_NONE;
    tpk_place place = tpk_place_of(&labels->places, feature, &lonlat[0], &lonlat[1]);
    if (place != TPK_PLACE_FINE && place != TPK_PLACE_FAR) return TPK_LABEL_NONE;
    const char *region = labels->region ? labels->region->text[feature] : NULL;
    const char *province = labels->province ? labels->province->text[feature] : NULL;
    int index = region ? find_region(labels, region) : -1;
    tpk_label label = TPK_LABEL_NONE;
    if (index >= 0 && !(province && is_far_province(tpk_name_key_of(province).text))) {
        *said = region;
        label = region_label(labels, feature, index, lonlat, fixed);
    } else if (province) {
        *said = province;
        label = province_label(province, lonlat);
    }
    /* a place outside Indonesia is told by its own kind, unless the minutes explain it */
    if (label == TPK_LABEL_CONTRADICTS && place == TPK_PLACE_FAR) label = TPK_LABEL_NONE;
    return label;
}
