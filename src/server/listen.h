/* The socket on which the server listens. */
#ifndef TPK_SERVER_LISTEN_H
#define TPK_SERVER_LISTEN_H

#include <stddef.h>

#include "base/status.h"

/* bind: an IPv4 or IPv6 address in numbers; port 0: any free one. *address (n bytes) becomes
 * "http://127.0.0.1:8080". TPK_ERR_ARGUMENT: no such address; TPK_ERR_IO: the port is in use, is not allowed
 * or the address is none of this machine. Caller closes *fd. */
TPK_MUST_CHECK tpk_status tpk_listen(const char *bind, int port, int *fd, char *address, size_t n,
                                     tpk_err *err);

#endif
