/* What QGIS says of a feature under the pointer: HTML with QGIS's [% expressions %]. */
#ifndef TPK_API_QGIS_TIPS_H
#define TPK_API_QGIS_TIPS_H

#include "api/study.h"

/* Rank, mean score, hectares of each class, what limits, the remark; for each criterion mean value,
 * membership, the weight that counts there (0 of what is unknown and shared), points gained and lost, as
 * `tapak explain` tells them; hectares and legal source of each constraint that takes any. Caller frees;
 * NULL: no memory. */
char *tpk_qgis_zone_tip(const tpk_study *study);

/* Mean score and hectares of each class. Caller frees; NULL: no memory. */
char *tpk_qgis_region_tip(const tpk_study *study);

/* The layer's name and the feature's. field: the one that names features, of tpk_layer_naming_field (a word
 * that needs no quoting); NULL: none does. Caller frees; NULL: no memory. */
char *tpk_qgis_feature_tip(const char *layer_name, const char *field);

#endif
