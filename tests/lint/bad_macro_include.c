/* as: src/base/planted.c */
/* expect: an include must be written with its name */
#define HEADER <stdio.h>
#include HEADER
