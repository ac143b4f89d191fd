#include "server/send.h"

#include <stdio.h>

#include "base/mem.h"

/* A header is one line. */
static void blank_controls(char *text)
{
    for (char *c = text; c && *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = ' ';
    }
}

/* False: memory is exhausted. Without one of them an answer can mean something else. */
static bool add_headers(bool cors, const tpk_answer *answer, struct MHD_Response *response)
{
    char retry_after[16];
    snprintf(retry_after, sizeof retry_after, "%u", answer->retry_after_s);
    const struct {
        bool wanted;
        const char *name, *value;
    } headers[] = {
        {answer->n > 0 || answer->code == 200, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type},
        {answer->etag[0], MHD_HTTP_HEADER_ETAG, answer->etag},
        {true, MHD_HTTP_HEADER_CACHE_CONTROL, answer->etag[0] ? "no-cache" : "no-store"},
        {answer->ranges, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes"},
        {answer->content_range[0], MHD_HTTP_HEADER_CONTENT_RANGE, answer->content_range},
        {answer->gzipped, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip"},
        {answer->varies, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING},
        {answer->code == 405 || answer->code == 204, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, OPTIONS"},
        {answer->code == 503, MHD_HTTP_HEADER_RETRY_AFTER, retry_after},
        {answer->location, MHD_HTTP_HEADER_LOCATION, answer->location},
        {answer->trouble, "X-Tapak-Warning", answer->trouble},
        {true, "X-Content-Type-Options", "nosniff"},
        {cors, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, "*"},
        {cors, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
        {cors, "Access-Control-Allow-Headers", "Range, If-Range, If-None-Match"},
        {cors, "Access-Control-Expose-Headers", "Content-Range, Content-Length, ETag, X-Tapak-Warning"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        if (headers[i].wanted &&
            MHD_add_response_header(response, headers[i].name, headers[i].value) == MHD_NO)
            return false;
    }
    return true;
}

static void free_bytes(void *bytes)
{
    tpk_free(bytes);
}

static void give_back(void *text)
{
    tpk_shelf_give(text);
}

/* The body passes to the response. NULL: no memory. */
static struct MHD_Response *response_of(tpk_answer *answer)
{
    struct MHD_Response *response;
    if (answer->fd >= 0) {
        response = MHD_create_response_from_fd_at_offset64(answer->n, answer->fd, answer->offset);
        if (response) answer->fd = -1; /* the response closes it */
    } else if (answer->shared) {
        size_t n;
        const char *bytes = tpk_shelf_bytes(answer->shared, &n);
        response = MHD_create_response_from_buffer_with_free_callback_cls(n, (void *)bytes, give_back,
                                                                          answer->shared);
        if (response) answer->shared = NULL;
    } else {
        response = MHD_create_response_from_buffer_with_free_callback(answer->n, answer->bytes, free_bytes);
        if (response) answer->bytes = NULL;
    }
    return response;
}

enum MHD_Result tpk_send_answer(bool cors, struct MHD_Connection *connection, tpk_answer *answer)
{
    struct MHD_Response *response = response_of(answer);
    if (!response) {
        tpk_answer_clear(answer);
        return MHD_NO;
    }
    blank_controls(answer->trouble);
    enum MHD_Result queued =
        add_headers(cors, answer, response) ? MHD_queue_response(connection, answer->code, response) : MHD_NO;
    MHD_destroy_response(response);
    tpk_answer_clear(answer);
    return queued;
}

enum MHD_Result tpk_send_error(bool cors, struct MHD_Connection *connection, unsigned code,
                               const char *message)
{
    tpk_answer answer = TPK_NO_ANSWER;
    tpk_answer_error(&answer, code, message);
    return tpk_send_answer(cors, connection, &answer);
}
