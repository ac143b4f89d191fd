/* Which GDAL is at work. */
#ifndef TPK_OUTPUT_GDAL_VERSION_H
#define TPK_OUTPUT_GDAL_VERSION_H

const char *tpk_gdal_version(void); /* "3.6.2"; static */

#endif
