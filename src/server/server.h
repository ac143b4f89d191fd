/* `tapak serve`: a study over HTTP, tiles computed when they are asked for. libmicrohttpd's home.
 *
 * One thread speaks HTTP; what is asked waits in a bounded queue for the threads that answer, each with its
 * own views of the study. Zones can take half a minute: one more thread computes them, from a queue of its
 * own, so that tiles never wait for them. A client that is slow, or silent, costs a connection and, with a
 * text of the folder, its share of the one copy that is sent to all. */
#ifndef TPK_SERVER_SERVER_H
#define TPK_SERVER_SERVER_H

#include <stdbool.h>

#include "tapak/tapak.h"

typedef struct tpk_server_options {
    const char *project; /* NULL: that of the folder */
    const char *folder;  /* of results; NULL: the study alone */
    const char *bind;    /* an address in numbers */
    int port;            /* 0: any that is free */
    int n_threads;       /* that answer, zones aside; 0: as many as there are cores */
    bool cors;           /* pages of other servers may ask */
    /* As of tpk_study_open, the cell of a folder of results being its own; message is called by one thread at
     * a time. cancel must be given: stopping the server requests it. */
    tpk_options study;
} tpk_server_options;

typedef struct tpk_server tpk_server;

/* Opens the study, then listens; the process' limit of open files is raised as far as 512 connections take it
 * and the system allows, else fewer are held. Returns when requests are answered. The strings of options are
 * borrowed until the server is stopped. Errors of tpk_study_open and tpk_listen, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_server_start(const tpk_server_options *options, tpk_server **server,
                                           tpk_err *err);

/* "http://127.0.0.1:8080"; borrowed. */
const char *tpk_server_address(const tpk_server *server);

/* Takes no more requests, answers those that wait with 503, gives answers half a second to go out, and ends
 * within about a second. NULL is allowed. */
void tpk_server_stop(tpk_server *server);

#endif
