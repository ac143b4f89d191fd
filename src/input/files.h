/* Which files belong to a path. */
#ifndef TPK_INPUT_FILES_H
#define TPK_INPUT_FILES_H

#include <gdal.h>
#include <limits.h>
#include <stdbool.h>

/* GDAL's list of a dataset's files, in an order that is the same on every disk; may be NULL. The caller
 * destroys it with CSLDestroy. */
char **tpk_gdal_files(GDALDatasetH dataset);

/* What SQLite keeps beside a file that a program has open, and has not written into it yet, is part of a
 * GeoPackage that is being edited. False: there is nothing of the kind. */
bool tpk_find_log(const char *path, char log[PATH_MAX]);

#endif
