/* The files of a result folder, and nothing else. */
#ifndef TPK_SERVER_FILES_H
#define TPK_SERVER_FILES_H

#include "server/answer.h"
#include "server/request.h"

/* Answers with a file below portal/ of the folder, or a result that stands in the folder itself under the
 * name a run gives it: whole, a part of it (Range, If-Range: 206, 416), 304, or gzip where it is text and the
 * client takes that; 302 to the start page for portal/ itself. Names that begin with a dot and links are not
 * followed: 404. study.js is told that a server answers. What is packed or told is shared by way of the
 * shelf; beyond 32 MB, or while the shelf is full, a text goes as it is. study.js never does: 503 while the
 * shelf is full. folder NULL: all is 404; while too many files are open, 503. TPK_ERR_IO, TPK_ERR_MEMORY; an
 * answer of 404 and the like is no error. */
TPK_MUST_CHECK tpk_status tpk_files_answer(const char *folder, tpk_shelf *shelf, const tpk_request *request,
                                           tpk_answer *answer, tpk_err *err);

#endif
