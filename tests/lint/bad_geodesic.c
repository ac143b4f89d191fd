/* as: src/zones/planted.c */
/* expect: geodesic.h (PROJ) belongs in geo only, not in zones */
#include <geodesic.h>
