/* as: src/cli/commands/planted.c */
/* expect: it would not be built */
#include <stdio.h>
