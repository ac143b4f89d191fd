/* as: src/geo/planted.c */
/* expect: malloc: all allocation goes through base/mem.h */
#include <stdlib.h>

void *planted(void)
{
    return malloc(3);
}
