#include "server/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/results.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/gzip.h"

enum { MAX_DEPTH = 6 };
static const off_t MOST_TO_PACK = 32 << 20; /* bytes; what is larger is sent as it is */

/* ---- what kind a file is ---- */

typedef struct media {
    const char *suffix, *type;
    bool packs; /* text, worth packing */
} media;

static const media MEDIA[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".geojson", "application/geo+json", true},
    {".json", "application/json", true},
    {".svg", "image/svg+xml", true},
    {".sld", "application/vnd.ogc.sld+xml", true},
    {".qml", "application/xml", true},
    {".xml", "application/xml", true},
    {".tif", "image/tiff; application=geotiff; profile=cloud-optimized", false},
    {".png", "image/png", false},
    {".pmtiles", "application/vnd.pmtiles", false},
    {".gpkg", "application/geopackage+sqlite3", false},
    {".qgz", "application/x-qgis-project", false},
    {".pdf", "application/pdf", false},
    {".zip", "application/zip", false},
    {".woff2", "font/woff2", false},
    {"", "application/octet-stream", false},
};

static const media *media_of(const char *path)
{
    size_t n = strlen(path);
    const media *m = MEDIA;
    for (;; m++) {
        size_t k = strlen(m->suffix);
        if (n >= k && strcmp(path + n - k, m->suffix) == 0) return m;
    }
}

/* ---- finding ---- */

static bool is_result_name(const char *path)
{
    for (const char *const *name = TPK_RESULT_NAMES; *name; name++) {
        if (strcmp(path, *name) == 0) return true;
    }
    return false;
}

/* Steps from folder to folder by single names, none of which may lead up or away. -1: *code says why. */
static int open_below(int folder, const char *path, int *code)
{
    int fd = dup(folder);
    const char *p = path;
    *code = errno;
    for (int depth = 0; fd >= 0; depth++) {
        char name[256];
        size_t n = strcspn(p, "/");
        bool last = p[n] == '\0';
        int next = -1;
        *code = ENOENT;
        if (n > 0 && n < sizeof name && *p != '.' && depth < MAX_DEPTH) {
            memcpy(name, p, n);
            name[n] = '\0';
            next =
                openat(fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
            *code = errno;
        }
        close(fd);
        fd = next;
        if (last) return fd;
        p += n + 1;
    }
    return -1;
}

/* Of errno: there is nothing that may be sent. What is else can be another time. */
static bool is_missing(int code)
{
    return code == ENOENT || code == ENOTDIR || code == ELOOP || code == EACCES || code == ENXIO;
}

static int open_in_folder(int top, const char *path, int *code)
{
    int portal = openat(top, "portal", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    *code = errno;
    int fd = portal >= 0 ? open_below(portal, *path ? path : "index.html", code) : -1;
    if (portal >= 0) close(portal);
    return fd < 0 && is_missing(*code) && is_result_name(path) ? open_below(top, path, code) : fd;
}

/* A regular file. -1: *code, of errno, says why. */
static int open_file(const char *folder, const char *path, struct stat *facts, int *code)
{
    int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *code = errno;
    int fd = top >= 0 ? open_in_folder(top, path, code) : -1;
    if (top >= 0) close(top);
    if (fd >= 0 && (fstat(fd, facts) != 0 || !S_ISREG(facts->st_mode))) {
        *code = ENOENT;
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- parts ---- */

/* Moves *p behind its digits, of which there must be one. What is too large for 64 bits is beyond the end of
 * any file. */
static bool take_place(const char **p, uint64_t *place)
{
    const char *start = *p;
    for (*place = 0; **p >= '0' && **p <= '9'; (*p)++) {
        uint64_t digit = (uint64_t)(**p - '0');
        *place = *place > (UINT64_MAX - digit) / 10 ? UINT64_MAX : 10 * *place + digit;
    }
    return *p > start;
}

/* "bytes=0-99", "bytes=100-", "bytes=-100". False: no such form, to be ignored (RFC 9110, 14.2); *n is 0
 * where nothing of the file is meant. */
static bool take_range(const char *text, uint64_t size, uint64_t *offset, uint64_t *n)
{
    uint64_t first, last = UINT64_MAX;
    if (strncasecmp(text, "bytes=", 6) != 0) return false;
    const char *p = text + 6;
    if (*p == '-') {
        p++;
        if (!take_place(&p, &last) || *p) return false;
        *n = last < size ? last : size;
        *offset = size - *n;
        return true;
    }
    if (!take_place(&p, &first) || *p++ != '-') return false;
    if (*p && (!take_place(&p, &last) || *p || last < first)) return false;
    *offset = first;
    *n = first >= size ? 0 : (last < size - 1 ? last : size - 1) - first + 1;
    return true;
}

static void send_part(const tpk_request *request, uint64_t size, tpk_answer *answer)
{
    uint64_t offset, n;
    bool same = !request->if_range || strcmp(request->if_range, answer->etag) == 0;
    answer->n = size;
    if (!request->range || !same || !take_range(request->range, size, &offset, &n)) return;
    if (n == 0) {
        tpk_answer_error(answer, 416, _("the range lies beyond the end of the file"));
        snprintf(answer->content_range, sizeof answer->content_range, "bytes */%llu",
                 (unsigned long long)size);
        return;
    }
    answer->code = 206;
    answer->offset = offset;
    answer->n = n;
    snprintf(answer->content_range, sizeof answer->content_range, "bytes %llu-%llu/%llu",
             (unsigned long long)offset, (unsigned long long)(offset + n - 1), (unsigned long long)size);
}

/* ---- text ---- */

/* A file and how its text is made. */
typedef struct text_job {
    int fd;
    size_t size;
    const char *after; /* comes behind it */
    bool packs;
} text_job;

static tpk_status read_all(const text_job *job, char **bytes, size_t *n, tpk_err *err)
{
    size_t extra = strlen(job->after), got = 0;
    char *made = tpk_alloc(job->size + extra, 1);
    if (!made) return tpk_err_memory(err);
    ssize_t step = 1;
    while (got < job->size && step > 0) {
        step = pread(job->fd, made + got, job->size - got, (off_t)got);
        if (step > 0) got += (size_t)step;
    }
    if (got < job->size) {
        tpk_free(made);
        return tpk_err_set(err, TPK_ERR_IO, _("a file of the results cannot be read: %s"),
                           step < 0 ? strerror(errno) : _("it became shorter"));
    }
    memcpy(made + job->size, job->after, extra);
    *bytes = made;
    *n = job->size + extra;
    return TPK_OK;
}

static tpk_status make_text(void *user, char **bytes, size_t *n, tpk_err *err)
{
    const text_job *job = user;
    tpk_status status = read_all(job, bytes, n, err);
    if (status != TPK_OK || !job->packs) return status;
    uint8_t *packed;
    status = tpk_gzip(*bytes, *n, &packed, n, err);
    tpk_free(*bytes);
    *bytes = (char *)packed;
    return status;
}

/* The file's text takes the place of the file; while the shelf has no room for it, all stays as it is. */
static tpk_status share_text(tpk_shelf *shelf, const struct stat *facts, bool packs, const char *after,
                             tpk_answer *answer, tpk_err *err)
{
    text_job job = {answer->fd, (size_t)facts->st_size, after, packs};
    const tpk_shelf_key key = {facts->st_dev, facts->st_ino, facts->st_size, facts->st_mtim, packs};
    tpk_status status = tpk_shelf_take(shelf, &key, make_text, &job, &answer->shared, err);
    if (status != TPK_OK || !answer->shared) return status;
    close(answer->fd);
    answer->fd = -1;
    answer->gzipped = packs;
    tpk_shelf_bytes(answer->shared, &answer->n);
    return TPK_OK;
}

static void missing(const tpk_request *request, tpk_answer *answer)
{
    char message[400];
    snprintf(message, sizeof message,
             is_result_name(request->path)
                 ? _("the result folder has no '%.200s': run the study again to get it")
                 : _("there is no '/%.200s' here"),
             request->path);
    tpk_answer_error(answer, 404, message);
}

static tpk_status answer_unopened(int code, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    if (code == ENOMEM) return tpk_err_memory(err);
    if (code == EMFILE || code == ENFILE)
        tpk_answer_error(answer, 503, _("too many files are open: ask again later"));
    else if (is_missing(code))
        missing(request, answer);
    else
        return tpk_err_set(err, TPK_ERR_IO, _("a file of the results cannot be read: %s"), strerror(code));
    return TPK_OK;
}

/* Where the start page is, for those who name the folder or the file it is in; relative, so that it holds
 * below another path of a web server too. NULL: nothing of the kind is asked. */
static const char *way_to_start(const char *path)
{
    if (strcmp(path, "portal") == 0) return "./";
    bool is_inside = strcmp(path, "portal/") == 0 || strcmp(path, "portal/index.html") == 0;
    return is_inside ? "../" : NULL;
}

static void tag(const struct stat *facts, bool packs, tpk_answer *answer)
{
    snprintf(answer->etag, sizeof answer->etag, "\"%llx-%llx-%lx%s\"", (unsigned long long)facts->st_size,
             (unsigned long long)facts->st_mtim.tv_sec, (unsigned long)facts->st_mtim.tv_nsec,
             packs ? "-gz" : "");
}

/* The file is open; nothing of it was read. */
static tpk_status send_file(tpk_shelf *shelf, const tpk_request *request, const struct stat *facts,
                            bool packs, tpk_answer *answer, tpk_err *err)
{
    bool is_study = strcmp(request->path, "study.js") == 0;
    if (packs || is_study) {
        const char *after = is_study ? "\nwindow.TAPAK_STUDY.server = true;\n" : "";
        tpk_status status = share_text(shelf, facts, packs, after, answer, err);
        if (status != TPK_OK || answer->shared) return status;
        if (is_study) {
            tpk_answer_error(answer, 503, _("other large files are on their way: ask again later"));
            return TPK_OK;
        }
        tag(facts, false, answer);
    }
    answer->ranges = true;
    send_part(request, (uint64_t)facts->st_size, answer);
    return TPK_OK;
}

tpk_status tpk_files_answer(const char *folder, tpk_shelf *shelf, const tpk_request *request,
                            tpk_answer *answer, tpk_err *err)
{
    struct stat facts;
    const char *start = way_to_start(request->path);
    if (start) {
        *answer = TPK_NO_ANSWER;
        answer->code = 302;
        answer->location = start;
        return TPK_OK;
    }
    int code = ENOENT;
    int fd = folder ? open_file(folder, request->path, &facts, &code) : -1;
    if (fd < 0) return answer_unopened(code, request, answer, err);
    const media *kind = media_of(*request->path ? request->path : "index.html");
    bool packs = kind->packs && request->accepts_gzip && !request->range && facts.st_size <= MOST_TO_PACK;
    *answer = (tpk_answer){.code = 200, .type = kind->type, .fd = fd, .varies = kind->packs};
    tag(&facts, packs, answer);
    if (tpk_etag_matches(request->if_none_match, answer->etag)) {
        close(fd);
        answer->fd = -1;
        answer->code = 304;
        return TPK_OK;
    }
    return send_file(shelf, request, &facts, packs, answer, err);
}
