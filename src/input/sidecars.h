/* The files that make up one shapefile, found whatever the case of their names. */
#ifndef TPK_INPUT_SIDECARS_H
#define TPK_INPUT_SIDECARS_H

#include <stdbool.h>

#include "base/status.h"

/* Initialise with {0}. Owned; NULL where a file is absent. */
typedef struct tpk_sidecars {
    char *shp, *shx, *dbf, *prj, *cpg;
} tpk_sidecars;

/* True when the path ends in .shp, whatever its case, and does not lie in one of GDAL's virtual file systems.
 */
bool tpk_path_is_shapefile(const char *path);

/* path: the .shp file as named by the planner; it must exist (TPK_ERR_IO). */
TPK_MUST_CHECK tpk_status tpk_sidecars_find(const char *path, tpk_sidecars *files, tpk_err *err);
void tpk_sidecars_clear(tpk_sidecars *files); /* safe twice */

#endif
