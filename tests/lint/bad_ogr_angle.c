/* as: src/zones/planted.c */
/* expect: ogr_api.h (GDAL) belongs in input and output only, not in zones */
#include <ogr_api.h>
