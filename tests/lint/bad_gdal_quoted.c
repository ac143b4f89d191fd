/* as: src/criteria/planted.c */
/* expect: gdal.h (GDAL) belongs in input and output only, not in criteria */
#include "gdal.h"
