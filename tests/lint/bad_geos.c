/* as: src/zones/planted.c */
/* expect: geos_c.h (GEOS) belongs in geo only, not in zones */
#define GEOS_USE_ONLY_R_API
#include <geos_c.h>
