/* Which PROJ and GEOS are at work. */
#ifndef TPK_GEO_LIBRARIES_H
#define TPK_GEO_LIBRARIES_H

const char *tpk_proj_version(void); /* "9.1.1"; static */
const char *tpk_geos_version(void); /* "3.11.1-CAPI-1.17.1"; static */

#endif
