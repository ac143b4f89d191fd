/* as: src/input/planted.c */
/* expect: the library never prints: write to the caller */
#include <stdio.h>

void planted(void)
{
    fputs("odd\n", stderr);
}
