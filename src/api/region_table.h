/* The table of regions: hectares and share of each class by region, from the computation to its files. */
#ifndef TPK_API_REGION_TABLE_H
#define TPK_API_REGION_TABLE_H

#include "api/record.h"
#include "api/region_shapes.h"
#include "output/staging.h"

/* What sums up the regions during the computation. shapes is borrowed until the regional is freed. Errors of
 * tpk_regional_new. Caller frees with tpk_regional_free. */
TPK_MUST_CHECK tpk_status tpk_region_sums_new(const tpk_study *study, const tpk_region_shapes *shapes,
                                              tpk_regional **regional, tpk_err *err);

tpk_sink tpk_region_sink(tpk_regional *regional); /* regional is borrowed by the sink */

/* Fills study->regions from the sums. Says, once for each study, what lies in several regions or in none when
 * that is more than 1 ha or 0.01 % of the regions (above 1 % a warning, else a note), and warns of regions
 * wholly outside the study area. */
TPK_MUST_CHECK tpk_status tpk_region_table_fill(tpk_study *study, const tpk_region_shapes *shapes,
                                                const tpk_regional *regional, tpk_err *err);

/* Fills record (reset first) with all that regions.geojson says of a region. */
void tpk_region_describe(const tpk_region_row *row, tpk_record *record);

/* regions.geojson with its style, regions.csv, in the staging. */
TPK_MUST_CHECK tpk_status tpk_region_table_write(tpk_study *study, const tpk_region_shapes *shapes,
                                                 tpk_staging *staging, tpk_err *err);

#endif
