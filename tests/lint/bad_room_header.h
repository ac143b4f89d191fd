/* as: src/zones/planted.h */
/* expect: room zones must not include output/cog.h: output comes after zones */
#ifndef TPK_ZONES_PLANTED_H
#define TPK_ZONES_PLANTED_H

#include "output/cog.h"

#endif
