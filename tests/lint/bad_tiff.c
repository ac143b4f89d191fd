/* as: src/engine/planted.c */
/* expect: tiffio.h (libtiff) belongs in output only, not in engine */
#include <tiffio.h>
