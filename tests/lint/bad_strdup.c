/* as: src/cli/planted.c */
/* expect: strdup: all allocation goes through base/mem.h */
#include <string.h>

char *planted(const char *text)
{
    return strdup (text);
}
