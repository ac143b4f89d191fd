#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* The longest name the system opens; names are made on the stack so that cleaning up needs no memory. */
enum { NAME_ROOM = PATH_MAX };

/* False when the name is longer than any the system opens. */
static bool temporary_name(const char *path, char name[NAME_ROOM])
{
    size_t folder = folder_length(path);
    if (strlen(path) + sizeof "..part" > NAME_ROOM) return false;
    snprintf(name, NAME_ROOM, "%.*s.%s.part", (int)folder, path, path + folder);
    return true;
}

char *tpk_file_temporary(const char *path)
{
    size_t folder = folder_length(path), size = strlen(path) + sizeof "..part";
    char *name = tpk_alloc(size, 1);
    if (name) snprintf(name, size, "%.*s.%s.part", (int)folder, path, path + folder);
    return name;
}

double tpk_file_free_bytes(const char *path)
{
    char folder[NAME_ROOM];
    size_t n = folder_length(path);
    if (n >= sizeof folder) return -1;
    snprintf(folder, sizeof folder, "%.*s", n ? (int)n : 1, n ? path : ".");
    struct statvfs fs;
    return statvfs(folder, &fs) == 0 ? (double)fs.f_bavail * (double)fs.f_frsize : -1;
}

static const char *advice(int errno_value)
{
    switch (errno_value) {
    case EACCES:
    case EPERM:
    case EROFS: return _("choose a folder in which you may write");
    case ENOENT:
    case ENOTDIR: return _("make its folder first or choose another one");
    default: return _("choose another output folder or look at the disk");
    }
}

tpk_status tpk_file_error(tpk_err *err, const char *what, const char *path, int errno_value,
                          double needed_bytes)
{
    if (errno_value != ENOSPC && errno_value != EDQUOT) {
        return tpk_err_set(err, TPK_ERR_IO, _("cannot write %s '%s': %s; %s"), what, path,
                           strerror(errno_value), advice(errno_value));
    }
    double free_mb = tpk_file_free_bytes(path) / 1e6;
    if (free_mb < 0) free_mb = 0;
    if (needed_bytes <= 0) {
        return tpk_err_set(
            err, TPK_ERR_IO,
            _("cannot write %s '%s': the disk is full (%.1f MB free); free some space or choose "
              "another output folder"),
            what, path, free_mb);
    }
    return tpk_err_set(
        err, TPK_ERR_IO,
        _("cannot write %s '%s': the disk is full (%.1f MB free, about %.1f MB needed); free some "
          "space or choose another output folder"),
        what, path, free_mb, needed_bytes / 1e6);
}

int tpk_file_put(int fd, const void *bytes, size_t n, long long offset)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t written = offset < 0 ? write(fd, at, n) : pwrite(fd, at, n, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        if (written == 0) return EIO;
        at += written;
        n -= (size_t)written;
        if (offset >= 0) offset += written;
    }
    return 0;
}

tpk_status tpk_file_write_temporary(const char *path, const char *what, const void *bytes, size_t n,
                                    tpk_err *err)
{
    char name[NAME_ROOM];
    if (!temporary_name(path, name)) return tpk_file_error(err, what, path, ENAMETOOLONG, 0);
    tpk_status status = TPK_OK;
    int reason = 0;
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        reason = errno;
    } else {
        reason = tpk_file_put(fd, bytes, n, -1);
        if (close(fd) != 0 && reason == 0) reason = errno;
    }
    if (reason != 0) {
        /* The message first: the space that the broken file held is not free for what was to be written. */
        status = tpk_file_error(err, what, path, reason, (double)n);
        if (fd >= 0) unlink(name);
    }
    return status;
}

tpk_status tpk_file_publish(const char *path, tpk_err *err)
{
    char name[NAME_ROOM];
    int reason = temporary_name(path, name) ? 0 : ENAMETOOLONG;
    if (reason == 0 && rename(name, path) != 0) {
        reason = errno;
        unlink(name);
    }
    if (reason == 0) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_IO, _("cannot put the finished file '%s' in its place: %s; %s"), path,
                       strerror(reason), advice(reason));
}

void tpk_file_discard(const char *path)
{
    char name[NAME_ROOM];
    if (temporary_name(path, name)) unlink(name);
}

tpk_status tpk_file_write(const char *path, const char *what, const void *bytes, size_t n, tpk_err *err)
{
    tpk_status status = tpk_file_write_temporary(path, what, bytes, n, err);
    return status == TPK_OK ? tpk_file_publish(path, err) : status;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

tpk_status tpk_file_check_target(const char *path, tpk_err *err)
{
    struct stat info;
    if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode)) return TPK_OK;
    return tpk_err_set(err, TPK_ERR_IO,
                       _("cannot write the result '%s': a folder of that name is in the way; rename it or "
                         "choose another folder for the "
                         "results"),
                       path);
}

tpk_status tpk_folder_make(const char *path, tpk_err *err)
{
    char *part = tpk_strdup(path);
    if (!part) return tpk_err_memory(err);
    tpk_status status = TPK_OK;
    size_t n = strlen(part);
    for (size_t i = 1; i <= n && status == TPK_OK; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        char kept = part[i];
        part[i] = '\0';
        int reason = mkdir(part, 0777) == 0 ? 0 : errno;
        if (reason != 0 && !is_folder(part)) {
            if (reason == EEXIST) reason = ENOTDIR;
            status = tpk_err_set(
                err, TPK_ERR_IO, _("cannot make the folder '%s': '%s': %s; %s"), path, part, strerror(reason),
                reason == ENOTDIR ? _("a file of that name is in the way; choose another name")
                                  : advice(reason));
        }
        part[i] = kept;
    }
    tpk_free(part);
    return status;
}

void tpk_file_modified(const struct stat *facts, char text[64])
{
    struct tm utc = {0};
    gmtime_r(&facts->st_mtim.tv_sec, &utc);
    size_t n = strftime(text, 64, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, 64 - n, ".%09ldZ", facts->st_mtim.tv_nsec);
}
