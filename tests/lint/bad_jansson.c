/* as: src/engine/planted.c */
/* expect: jansson.h (jansson) belongs in output only, not in engine */
#include <jansson.h>
