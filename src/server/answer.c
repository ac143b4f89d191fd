#include "server/answer.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/serve_json.h"

void tpk_answer_clear(tpk_answer *answer)
{
    if (answer->fd >= 0) close(answer->fd);
    tpk_free(answer->bytes);
    tpk_shelf_give(answer->shared);
    tpk_free(answer->trouble);
    *answer = TPK_NO_ANSWER;
}

void tpk_answer_error(tpk_answer *answer, unsigned code, const char *message)
{
    char *trouble = answer->trouble;
    answer->trouble = NULL;
    tpk_answer_clear(answer);
    answer->code = code;
    answer->trouble = trouble;
    if (tpk_error_json(message, &answer->bytes, NULL) == TPK_OK) answer->n = strlen(answer->bytes);
}

void tpk_answer_failure(tpk_answer *answer, const tpk_err *err)
{
    unsigned code = err->code == TPK_ERR_ARGUMENT                                   ? 400
                    : err->code == TPK_ERR_CANCELLED || err->code == TPK_ERR_MEMORY ? 503
                                                                                    : 500;
    tpk_answer_error(answer, code, err->message);
}

bool tpk_etag_matches(const char *if_none_match, const char *etag)
{
    if (!if_none_match || !*etag) return false;
    if (strcmp(if_none_match, "*") == 0) return true;
    size_t n = strlen(etag);
    for (const char *p = if_none_match; *p;) {
        p += strspn(p, " \t,");
        if (strncmp(p, "W/", 2) == 0) p += 2;
        size_t length = strcspn(p, " \t,");
        if (length == n && strncmp(p, etag, n) == 0) return true;
        p += length;
    }
    return false;
}
