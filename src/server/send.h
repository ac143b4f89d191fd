/* An answer on its way out: its headers and its body. */
#ifndef TPK_SERVER_SEND_H
#define TPK_SERVER_SEND_H

#include <microhttpd.h>

#include "server/answer.h"

/* Hands the answer to the connection and clears it. cors: pages of other servers may read it. MHD_NO: memory
 * is exhausted, and the connection is to be closed. */
enum MHD_Result tpk_send_answer(bool cors, struct MHD_Connection *connection, tpk_answer *answer);

/* The same for {"error": message}. */
enum MHD_Result tpk_send_error(bool cors, struct MHD_Connection *connection, unsigned code,
                               const char *message);

#endif
