/* as: include/tapak/planted.h */
/* expect: a public header must not include base/mem.h */
#ifndef TAPAK_PLANTED_H
#define TAPAK_PLANTED_H

#include "base/mem.h"

#endif
