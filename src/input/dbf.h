/* Attribute tables of shapefiles, through shapelib. */
#ifndef TPK_INPUT_DBF_H
#define TPK_INPUT_DBF_H

#include "input/build.h"
#include "input/sidecars.h"

typedef struct tpk_dbf tpk_dbf;

/* Checks the header against the file's size before shapelib sees it. TPK_ERR_IO (cut off), TPK_ERR_DATA
 * (damaged header), TPK_ERR_MEMORY. Caller closes with tpk_dbf_close. */
TPK_MUST_CHECK tpk_status tpk_dbf_open(const tpk_sidecars *files, tpk_dbf **dbf, tpk_err *err);
void tpk_dbf_close(tpk_dbf *dbf); /* NULL is allowed */

int64_t tpk_dbf_n_records(const tpk_dbf *dbf);
int tpk_dbf_driver(const tpk_dbf *dbf); /* the language-driver byte */

/* Adds a column for each readable field; fields of binary types are passed over. */
TPK_MUST_CHECK tpk_status tpk_dbf_add_columns(tpk_dbf *dbf, tpk_build *build, tpk_err *err);

/* One record into the columns (a record beyond the table's end: all NULL). *deleted: the table marks it as
 * deleted, and nothing was added. TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_dbf_read(tpk_dbf *dbf, int64_t record, tpk_build *build, bool *deleted,
                                       tpk_err *err);

/* Remarks about what was read: numbers that are none, fields passed over. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_dbf_remark(const tpk_dbf *dbf, const char *where, tpk_diags *diags);

#endif
