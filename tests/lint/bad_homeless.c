/* as: src/input/planted.c */
/* expect: curl/curl.h is neither a room */
#include <curl/curl.h>
