/* as: src/geo/planted.c */
/* expect: room geo must not include input/layer.h: input comes after geo */
#include "input/layer.h"
