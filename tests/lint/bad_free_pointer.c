/* as: src/geo/planted.c */
/* expect: free: all allocation goes through base/mem.h */
#include <stdlib.h>

void planted(void (*release)(void *), void *block);

void run(void *block)
{
    planted(free, block);
}
