/* as: src/api/planted.c */
/* expect: microhttpd.h (libmicrohttpd) belongs in cli only, not in api */
#include <microhttpd.h>
