/* as: src/decision/planted.c */
/* expect: libfyaml.h (libfyaml) belongs in project only, not in decision */
#include <libfyaml.h>
