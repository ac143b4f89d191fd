/* as: src/base/planted.c */
/* expect: room base must not include geo/grid.h: geo comes after base */
/* a comment */ #include "geo/grid.h"
