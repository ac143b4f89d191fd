/* as: src/base/planted.c */
/* expect: cpl_conv.h (GDAL) belongs in input and output only, not in base */
#include <cpl_conv.h>
