/* as: src/api/planted.c */
/* expect: microhttpd.h (libmicrohttpd) belongs in server only, not in api */
#include <microhttpd.h>
