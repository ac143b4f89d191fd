/* as: src/input/planted.c */
/* expect: proj.h (PROJ) belongs in geo only, not in input */
#include <proj.h>
