/* as: src/decision/planted.c */
/* expect: room decision must not include engine/plan.h: engine comes after decision */
#include <engine/plan.h>
