/* as: src/output/planted.c */
/* expect: shapefil.h (shapelib) belongs in input only, not in output */
#include <shapefil.h>
