/* as: src/engine/planted.c */
/* expect: printf: the library never prints, exits or aborts */
#include <stdio.h>

void planted(void)
{
    printf("half way\n");
}
