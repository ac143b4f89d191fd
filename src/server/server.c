#include "server/server.h"

#include <ctype.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "server/descriptors.h"
#include "server/desk.h"
#include "server/guests.h"
#include "server/listen.h"
#include "server/queue.h"
#include "server/send.h"

enum {
    MAX_THREADS = 64,
    MAX_CONNECTIONS = 512,
    MAX_WAITING = 256,            /* requests in a queue */
    REST_AFTER_S = 1,             /* in which a thread is asked nothing */
    MAX_ZONES_WAIT_S = 30,        /* in their queue, before the zones of a request are begun */
    MAX_HEADER_BYTES = 16 * 1024, /* names and values of a request */
    CONNECTION_BYTES = 64 * 1024, /* more than that, so that the refusal is ours and not the library's */
    MAX_TEXT_BYTES = 64 << 20,    /* of the folder, made ready for sending */
    SILENT_S = 20, /* a connection is closed when nothing moves for so long, or no whole request comes */
    MAX_FAREWELL_MS = 500 /* for answers on their way when the server stops */
};

typedef struct tpk_worker_thread {
    pthread_t thread;
    tpk_desk *desk;
    tpk_queue *queue; /* borrowed; that it takes from */
    struct tpk_server *server;
} tpk_worker_thread;

struct tpk_server {
    bool cors;
    tpk_cancel *cancel; /* borrowed */
    tpk_live *live;
    tpk_queue *queue, *zones; /* what takes long waits in the second */
    tpk_guests *guests;
    tpk_shelf *shelf;
    struct MHD_Daemon *daemon;
    int fd;
    char address[96];
    atomic_bool stopping;
    atomic_int n_jobs;    /* requests that are not answered to the last byte */
    atomic_ullong newest; /* edition that a worker has seen */
    tpk_worker_thread workers[MAX_THREADS + 1];
    int n_workers; /* that run */
};

/* One request on its way: through the queue while its connection is suspended, then back. */
typedef struct job {
    tpk_request request;
    tpk_answer answer;
    struct MHD_Connection *connection;
    int socket;
    double asked_s;           /* of tpk_now_seconds */
    atomic_int *n_unfinished; /* borrowed; the server's */
    bool answered;
} job;

/* ---- what is asked ---- */

typedef struct parameter_list {
    tpk_parameter items[TPK_MAX_PARAMETERS];
    size_t n;
    bool too_many, too_long;
} parameter_list;

static enum MHD_Result collect_parameter(void *user, enum MHD_ValueKind kind, const char *name,
                                         const char *value)
{
    parameter_list *list = user;
    (void)kind;
    list->too_many |= list->n == TPK_MAX_PARAMETERS;
    list->too_long |= value && strlen(value) > TPK_MAX_VALUE;
    if (!list->too_many) list->items[list->n++] = (tpk_parameter){name, value ? value : ""};
    return MHD_YES;
}

typedef struct header_lines {
    const char *name;
    tpk_text text;
    bool sent;
} header_lines;

static enum MHD_Result collect_line(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    header_lines *lines = user;
    (void)kind;
    if (strcasecmp(name, lines->name) != 0) return MHD_YES;
    if (lines->sent) tpk_text_add(&lines->text, ", ");
    tpk_text_add(&lines->text, value ? value : "");
    lines->sent = true;
    return MHD_YES;
}

/* The header's text, its lines as one list (RFC 9110, 5.3), owned; NULL: it was not sent. */
static char *header_of(struct MHD_Connection *connection, const char *name, bool *fine)
{
    header_lines lines = {.name = name};
    char *text = NULL;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, collect_line, &lines);
    if (lines.sent) *fine = tpk_text_take(&lines.text, &text, NULL) == TPK_OK && *fine;
    return text;
}

static tpk_status take_headers(struct MHD_Connection *connection, const char *method, tpk_request *request,
                               tpk_err *err)
{
    bool fine = true, gets = strcmp(method, "GET") == 0;
    char *encodings = header_of(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING, &fine);
    request->if_none_match = header_of(connection, MHD_HTTP_HEADER_IF_NONE_MATCH, &fine);
    request->if_range = header_of(connection, MHD_HTTP_HEADER_IF_RANGE, &fine);
    if (gets) request->range = header_of(connection, MHD_HTTP_HEADER_RANGE, &fine); /* RFC 9110, 14.2 */
    if (!request->host) request->host = header_of(connection, MHD_HTTP_HEADER_HOST, &fine);
    request->accepts_gzip = tpk_accepts_gzip(encodings);
    tpk_free(encodings);
    const char *scheme = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Forwarded-Proto");
    request->https = scheme && strcasecmp(scheme, "https") == 0;
    return fine ? TPK_OK : tpk_err_memory(err);
}

static enum MHD_Result add_bytes(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    size_t *n = user;
    (void)kind;
    *n += strlen(name) + (value ? strlen(value) : 0);
    return MHD_YES;
}

/* What can be refused at once: 0, or an HTTP code with its message. */
static unsigned judge(struct MHD_Connection *connection, const char *method, const char *path,
                      parameter_list *parameters, const char **message)
{
    bool asks = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    bool has_body = (length && strcmp(length, "0") != 0) ||
                    MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding");
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, collect_parameter, parameters);
    *message = NULL;
    if (strcmp(method, "OPTIONS") == 0 && !has_body) return 204;
    if (!asks && strcmp(method, "OPTIONS") != 0) {
        *message = _("only GET, HEAD and OPTIONS are answered here");
        return 405;
    }
    if (has_body) {
        *message = _("a request must not have a body");
        return 400;
    }
    if (strlen(path) > TPK_MAX_PATH || parameters->too_long) {
        *message = _("the address is too long");
        return 414;
    }
    size_t header_bytes = 0;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, add_bytes, &header_bytes);
    if (header_bytes > MAX_HEADER_BYTES) {
        *message = _("the headers of the request are too long");
        return 431;
    }
    if (parameters->too_many) {
        *message = _("the address has too many parameters");
        return 400;
    }
    return 0;
}

/* %XX become bytes, but for %00: it would end the text, and what stands behind it would go unnoticed. As it
 * is written it is part of no name or number. */
static size_t decode(void *user, struct MHD_Connection *connection, char *text)
{
    char *to = text;
    (void)user;
    (void)connection;
    for (const char *from = text; *from;) {
        unsigned byte = 0;
        bool is_code = *from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2]);
        if (is_code) sscanf(from + 1, "%2x", &byte);
        *to++ = byte ? (char)byte : *from;
        from += byte ? 3 : 1;
    }
    *to = '\0';
    return (size_t)(to - text);
}

static void job_free(job *j)
{
    atomic_fetch_sub(j->n_unfinished, 1);
    tpk_request_clear(&j->request);
    tpk_answer_clear(&j->answer);
    tpk_free(j);
}

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* Parses the request; a fault is its answer already. NULL: no memory. */
static job *job_new(tpk_server *server, struct MHD_Connection *connection, const char *method,
                    const char *target, const parameter_list *parameters)
{
    tpk_err err = {TPK_OK, ""};
    const char *host;
    size_t n_host;
    const char *path = tpk_target_path(target, &host, &n_host);
    job *j = tpk_zalloc(1, sizeof *j);
    if (!j) return NULL;
    j->answer = TPK_NO_ANSWER;
    j->connection = connection;
    j->socket = socket_of(connection);
    j->asked_s = tpk_now_seconds();
    j->n_unfinished = &server->n_jobs;
    atomic_fetch_add(j->n_unfinished, 1);
    tpk_status status = tpk_request_parse(path, parameters->items, parameters->n, &j->request, &err);
    if (status == TPK_OK && host && !(j->request.host = tpk_strndup(host, n_host)))
        status = tpk_err_memory(&err);
    if (status == TPK_OK) status = take_headers(connection, method, &j->request, &err);
    if (host && strncasecmp(target, "https", 5) == 0) j->request.https = true;
    if (status != TPK_OK) {
        tpk_answer_failure(&j->answer, &err);
        j->answered = true;
    }
    return j;
}

static tpk_guest *guest_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static enum MHD_Result take_request(tpk_server *server, struct MHD_Connection *connection, const char *path,
                                    const char *method, void **context)
{
    parameter_list parameters = {.n = 0};
    const char *message;
    tpk_guest_heard(guest_of(connection));
    unsigned refusal = judge(connection, method, path, &parameters, &message);
    if (refusal == 204) {
        tpk_answer answer = TPK_NO_ANSWER;
        answer.code = refusal;
        return tpk_send_answer(server->cors, connection, &answer);
    }
    if (refusal) return tpk_send_error(server->cors, connection, refusal, message);
    job *j = job_new(server, connection, method, path, &parameters);
    if (!j) return tpk_send_error(server->cors, connection, 503, _("memory is exhausted"));
    *context = j;
    return MHD_YES;
}

/* The answer is there: the connection, suspended until now, goes on and sends it. */
static void hand_back(job *j)
{
    j->answered = true;
    MHD_resume_connection(j->connection);
}

/* The connection is suspended. */
static void put_in_queue(const tpk_server *server, tpk_queue *queue, job *j)
{
    if (tpk_queue_put(queue, j)) return;
    tpk_answer_error(&j->answer, 503,
                     atomic_load(&server->stopping) ? _("the server is being stopped")
                                                    : _("too many requests are waiting"));
    hand_back(j);
}

/* MHD's: called when the headers are here, again when the request is complete (an answer before that would
 * end the connection), and once more when a suspended connection goes on. */
static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    tpk_server *server = user;
    job *j = *context;
    (void)version;
    (void)upload;
    *upload_size = 0;
    if (!j) return take_request(server, connection, path, method, context);
    if (j->answered) return tpk_send_answer(server->cors, connection, &j->answer);
    MHD_suspend_connection(connection);
    put_in_queue(server, server->queue, j);
    return MHD_YES;
}

static void complete(void *user, struct MHD_Connection *connection, void **context,
                     enum MHD_RequestTerminationCode how)
{
    (void)user;
    (void)how;
    if (*context) job_free(*context);
    *context = NULL;
    tpk_guest_answered(guest_of(connection));
}

static void come_or_go(void *user, struct MHD_Connection *connection, void **guest,
                       enum MHD_ConnectionNotificationCode what)
{
    tpk_server *server = user;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *guest = tpk_guests_enter(server->guests, socket_of(connection));
    else
        tpk_guest_leave(*guest);
}

/* ---- answering ---- */

/* Nobody waits for a tile of a view that was left long ago. */
static bool has_left(const job *j)
{
    char byte;
    return j->socket >= 0 && recv(j->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool has_waited_long(const void *item)
{
    const job *j = item;
    return tpk_now_seconds() - j->asked_s > MAX_ZONES_WAIT_S;
}

static void refuse_after_waiting(job *j)
{
    tpk_answer_error(&j->answer, 503, _("other zones are being computed: ask again later"));
    j->answer.retry_after_s = MAX_ZONES_WAIT_S;
    hand_back(j);
}

/* Zones on their way: looked after while they are computed. */
typedef struct zones_work {
    const tpk_server *server;
    const job *of;
    atomic_int give_up;
} zones_work;

static void look_around(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    zones_work *work = user;
    job *late;
    (void)stage, (void)done, (void)total, (void)unit;
    if (atomic_load(&work->server->stopping) || has_left(work->of)) atomic_store(&work->give_up, 1);
    while ((late = tpk_queue_take_due(work->server->zones, has_waited_long))) refuse_after_waiting(late);
}

/* False: it takes long, and this is not the thread for that. */
static bool answer_job(const tpk_worker_thread *own, job *j)
{
    bool is_patient = own->queue == own->server->zones;
    zones_work work = {.server = own->server, .of = j};
    const tpk_control control = {.progress = look_around, .user = &work, .cancel = &work.give_up};
    if (atomic_load(&own->server->stopping))
        tpk_answer_error(&j->answer, 503, _("the server is being stopped"));
    else if (has_left(j))
        tpk_answer_error(&j->answer, 503, _("the client has closed its side of the connection"));
    else
        return tpk_desk_answer(own->desk, &j->request, is_patient ? &control : NULL, &j->answer);
    return true;
}

static void serve(const tpk_worker_thread *own, job *j)
{
    if (answer_job(own, j))
        hand_back(j);
    else
        put_in_queue(own->server, own->server->zones, j);
}

static void *work(void *user)
{
    const tpk_worker_thread *own = user;
    void *item;
    while (tpk_queue_take(own->queue, REST_AFTER_S, &item)) {
        if (item)
            serve(own, item);
        else
            tpk_desk_rest(own->desk);
    }
    return NULL;
}

static tpk_status start_worker(tpk_server *server, tpk_queue *queue, const tpk_desk_sources *sources,
                               tpk_err *err)
{
    tpk_worker_thread *w = &server->workers[server->n_workers];
    w->server = server;
    w->queue = queue;
    tpk_status status = tpk_desk_new(sources, &w->desk, err);
    if (status != TPK_OK) return status;
    if (pthread_create(&w->thread, NULL, work, w) != 0) {
        tpk_desk_free(w->desk);
        return tpk_err_memory(err);
    }
    server->n_workers++;
    return TPK_OK;
}

/* Beside the one for zones. */
static int count_threads(const tpk_server_options *options)
{
    long n_cores = sysconf(_SC_NPROCESSORS_ONLN);
    int wanted = options->n_threads > 0 ? options->n_threads : (int)(n_cores > 0 ? n_cores : 1);
    return wanted < MAX_THREADS ? wanted : MAX_THREADS;
}

static tpk_status start_workers(tpk_server *server, const tpk_server_options *options, int n_threads,
                                tpk_err *err)
{
    const tpk_desk_sources sources = {.live = server->live,
                                      .folder = options->folder,
                                      .address = server->address,
                                      .newest = &server->newest,
                                      .shelf = server->shelf};
    tpk_status status = start_worker(server, server->zones, &sources, err);
    for (int i = 0; i < n_threads && status == TPK_OK; i++)
        status = start_worker(server, server->queue, &sources, err);
    return status;
}

/* ---- life ---- */

static tpk_status start_daemon(tpk_server *server, unsigned n_connections, tpk_err *err)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle,
        server, MHD_OPTION_LISTEN_SOCKET, server->fd, MHD_OPTION_NOTIFY_COMPLETED, complete, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, come_or_go, server, MHD_OPTION_CONNECTION_LIMIT, n_connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, decode, NULL,
        MHD_OPTION_END);
    if (server->daemon) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_IO, "%s", _("the server cannot be started: threads or memory are short"));
}

tpk_status tpk_server_start(const tpk_server_options *options, tpk_server **server, tpk_err *err)
{
    *server = NULL;
    tpk_server *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->fd = -1;
    made->cors = options->cors;
    made->cancel = options->study.cancel;
    int n_threads = count_threads(options);
    unsigned n_connections = tpk_descriptors_share(MAX_CONNECTIONS, n_threads + 1);
    tpk_status status =
        tpk_listen(options->bind, options->port, &made->fd, made->address, sizeof made->address, err);
    if (status == TPK_OK)
        status = tpk_live_open(options->project, options->folder, &options->study, &made->live, err);
    if (status == TPK_OK) status = tpk_queue_new(MAX_WAITING, &made->queue, err);
    if (status == TPK_OK) status = tpk_queue_new(MAX_WAITING, &made->zones, err);
    if (status == TPK_OK) status = tpk_guests_new(n_connections, SILENT_S, &made->guests, err);
    if (status == TPK_OK) status = tpk_shelf_new(MAX_TEXT_BYTES, &made->shelf, err);
    if (status == TPK_OK) status = start_workers(made, options, n_threads, err);
    if (status == TPK_OK) status = start_daemon(made, n_connections, err);
    if (status != TPK_OK) {
        tpk_server_stop(made);
        return status;
    }
    *server = made;
    return TPK_OK;
}

const char *tpk_server_address(const tpk_server *server)
{
    return server->address;
}

/* What was handed back is sent by the daemon's thread, which stops at once when it is told to. */
static void let_answers_go_out(tpk_server *server)
{
    enum { STEP_MS = 5 };
    for (int ms = 0; ms < MAX_FAREWELL_MS && atomic_load(&server->n_jobs) > 0; ms += STEP_MS)
        usleep(STEP_MS * 1000);
}

/* Workers first: a daemon that is stopped must have no suspended connection. */
void tpk_server_stop(tpk_server *server)
{
    if (!server) return;
    atomic_store(&server->stopping, true);
    if (server->daemon) MHD_quiesce_daemon(server->daemon);
    if (server->n_workers > 0) tpk_cancel_request(server->cancel);
    if (server->queue) tpk_queue_close(server->queue);
    if (server->zones) tpk_queue_close(server->zones);
    for (int i = 0; i < server->n_workers; i++) {
        pthread_join(server->workers[i].thread, NULL);
        tpk_desk_free(server->workers[i].desk);
    }
    if (server->daemon) {
        let_answers_go_out(server);
        MHD_stop_daemon(server->daemon);
    }
    if (server->fd >= 0) close(server->fd);
    tpk_guests_free(server->guests);
    tpk_shelf_free(server->shelf);
    tpk_queue_free(server->queue);
    tpk_queue_free(server->zones);
    tpk_live_free(server->live);
    tpk_free(server);
}
