/* as: src/base/planted.c */
/* expect: "mem.h" must be written with its room: "base/mem.h" */
#include "mem.h"
