/* Regions by name: where each lies, and which one an attribute means. */
#ifndef TPK_INPUT_REGIONS_H
#define TPK_INPUT_REGIONS_H

#include "input/layer.h"

typedef struct tpk_regions tpk_regions;

/* layer: polygons in longitude and latitude, `field` holding their names; must outlive the result. layer
 * NULL, or without that field: the boxes of the thirteen regencies and cities of Kalimantan Selatan (the
 * polygons' extents). TPK_ERR_MEMORY. Caller frees with tpk_regions_free. */
TPK_MUST_CHECK tpk_status tpk_regions_new(const tpk_layer *layer, const char *field, tpk_regions **regions,
                                          tpk_err *err);
void tpk_regions_free(tpk_regions *regions); /* NULL is allowed */

bool tpk_regions_are_boxes(const tpk_regions *regions);
/* The region that a text names: compared without blanks, hyphens and case, "Kabupaten" and "Kota" before the
 * name left away, with the spellings that offices use ("HULU SEI TENGAH", "BARU" for Kotabaru). -1: none. */
int tpk_regions_find(const tpk_regions *regions, const char *text);
const char *tpk_regions_name(const tpk_regions *regions, int index); /* borrowed */
/* Does the place lie in the region, or at most margin_deg beside it? */
bool tpk_regions_hold(const tpk_regions *regions, int index, double lon, double lat, double margin_deg);
/* Does the box meet the region's box, widened by margin_deg? */
bool tpk_regions_meet(const tpk_regions *regions, int index, tpk_box lonlat, double margin_deg);
/* Does any region hold the place? With boxes only, which overlap neighbours: never. */
bool tpk_regions_any(const tpk_regions *regions, double lon, double lat);

/* A text as it is compared: letters and digits in upper case, nothing else; at most 63. */
typedef struct tpk_name_key {
    char text[64];
} tpk_name_key;
tpk_name_key tpk_name_key_of(const char *text);

/* The layer's column that names regencies: the first whose name says so and which names a known region; NULL
 * when there is none, and when the caller asked to stop before one was found. */
const tpk_field *tpk_region_column(const tpk_layer *layer, const tpk_regions *regions,
                                   const tpk_control *control);
/* The layer's column that names provinces, by its name alone; NULL when there is none. */
const tpk_field *tpk_province_column(const tpk_layer *layer);

#endif
