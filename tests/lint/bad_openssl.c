/* as: src/engine/planted.c */
/* expect: openssl/evp.h (libcrypto) belongs in input only, not in engine */
#include <openssl/evp.h>
