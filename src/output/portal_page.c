/* The portal's page: files that the build makes once, the same for every study. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "output/file.h"
#include "output/portal.h"

const char *const TPK_PORTAL_PAGE[] = {"index.html", "app.js", "app.css", "licenses.txt", NULL};

bool tpk_portal_page_is_there(const char *folder)
{
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool all = at >= 0;
    for (size_t i = 0; all && TPK_PORTAL_PAGE[i]; i++) all = faccessat(at, TPK_PORTAL_PAGE[i], R_OK, 0) == 0;
    if (at >= 0) close(at);
    return all;
}

static int read_all(int fd, char *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = read(fd, bytes + done, n - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got < 0 ? errno : EIO;
        done += (size_t)got;
    }
    return 0;
}

tpk_status tpk_portal_copy(const char *from, const char *to, tpk_err *err)
{
    struct stat facts = {0};
    int fd = open(from, O_RDONLY | O_CLOEXEC), reason = fd < 0 || fstat(fd, &facts) != 0 ? errno : 0;
    size_t n = (size_t)facts.st_size;
    char *bytes = reason == 0 ? tpk_alloc(n, 1) : NULL;
    tpk_status status = reason == 0 && !bytes ? tpk_err_memory(err) : TPK_OK;
    if (bytes) reason = read_all(fd, bytes, n);
    if (fd >= 0) close(fd);
    if (reason) status = tpk_file_error(err, _("the portal's page"), from, reason, 0);
    if (status == TPK_OK) status = tpk_file_write(to, _("the portal's page"), bytes, n, err);
    tpk_free(bytes);
    return status;
}
