/* as: src/engine/planted.c */
/* expect: gdal/gdal.h (GDAL) belongs in input and output only, not in engine */
#include <gdal/gdal.h>
