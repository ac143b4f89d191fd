/* as: src/output/planted.c */
/* expect: exit: the library never prints, exits or aborts */
#include <stdlib.h>

void planted(void)
{
    exit(1);
}
