/* as: src/engine/planted.c */
/* expect: is relative; write "room/file.h" */
#include "../cli/command.h"
