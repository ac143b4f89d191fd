/* as: src/rendering/planted.c */
/* expect: is not src/ROOM/FILE with one of the rooms */
#include <stdio.h>
