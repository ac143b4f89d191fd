/* shapelib opened over our own streams: it sees the files we found, an index we checked, and never prints. */
#ifndef TPK_INPUT_SHAPELIB_H
#define TPK_INPUT_SHAPELIB_H

#include <shapefil.h>

#include "input/shx.h"
#include "input/sidecars.h"

/* The index is served to shapelib from memory; the .shx file itself is not opened. TPK_ERR_DATA with
 * shapelib's reason. Caller closes with SHPClose. */
TPK_MUST_CHECK tpk_status tpk_shapelib_open_shp(const tpk_sidecars *files, const tpk_shx *index,
                                                SHPHandle *shp, tpk_err *err);

/* Caller closes with DBFClose. */
TPK_MUST_CHECK tpk_status tpk_shapelib_open_dbf(const tpk_sidecars *files, DBFHandle *dbf, tpk_err *err);

/* What shapelib reported last in this thread; one line. */
const char *tpk_shapelib_reason(void);

#endif
