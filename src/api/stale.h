/* Is a study still what lies on the disk? */
#ifndef TPK_API_STALE_H
#define TPK_API_STALE_H

#include <stdbool.h>

#include "api/study.h"

/* Did the files of a layer that was read change since, in identity, size, times or number? Looks at the
 * files; any thread. The project file itself is not looked at. */
bool tpk_study_layers_changed(const tpk_study *study);

#endif
