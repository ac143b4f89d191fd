/* as: src/geo/planted.c */
/* expect: define GEOS_USE_ONLY_R_API before geos_c.h */
#include <geos_c.h>
