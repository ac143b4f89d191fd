#include "output/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/file.h"

static const char HIDDEN[] = ".tapak-part";

/* Inside the hidden folder. While files are exchanged, the earlier ones wait in OLD; renaming it to DONE is
 * the moment from which the new ones hold. What stands in OLD when a run begins goes back: the run that put
 * it there was killed in between. */
static const char OLD[] = ".old", DONE[] = ".done";

struct tpk_staging {
    char *folder, *hidden, *old, *done; /* owned */
    char **names, **paths;              /* owned, in the order asked for */
    size_t n, name_capacity, path_capacity;
    bool made_folder; /* the result folder was not there before */
    bool keeps_old;   /* earlier files could not be put back: they stay where they are */
    int lock;         /* the open hidden folder, locked */
};

static char *join(const char *folder, const char *name)
{
    tpk_text text = {0};
    char *path;
    size_t n = strlen(folder);
    tpk_text_addf(&text, "%s%s%s", folder, n > 0 && folder[n - 1] == '/' ? "" : "/", name);
    return tpk_text_take(&text, &path, NULL) == TPK_OK ? path : NULL;
}

/* Without slashes at the end; "/" stays. */
static char *trimmed(const char *folder)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') n--;
    return tpk_strndup(folder, n);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Opens a folder inside another; NULL when there is none. */
static DIR *open_inside(DIR *outer, const char *name)
{
    int fd = openat(dirfd(outer), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *inner = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && !inner) close(fd);
    return inner;
}

/* Files, and folders whose names do not begin with a dot. */
static void empty_folder(DIR *dir)
{
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (is_dots(entry->d_name) || unlinkat(dirfd(dir), entry->d_name, 0) == 0) continue;
        DIR *inner = entry->d_name[0] == '.' ? NULL : open_inside(dir, entry->d_name);
        if (!inner) continue;
        empty_folder(inner);
        closedir(inner);
        unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
    }
}

static void remove_contents(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) return;
    empty_folder(dir);
    closedir(dir);
}

static void remove_folder(const char *folder)
{
    remove_contents(folder);
    rmdir(folder);
}

static void staging_free(tpk_staging *staging)
{
    for (size_t i = 0; i < staging->n; i++) {
        tpk_free(staging->names[i]);
        tpk_free(staging->paths[i]);
    }
    tpk_free(staging->names);
    tpk_free(staging->paths);
    tpk_free(staging->folder);
    tpk_free(staging->hidden);
    tpk_free(staging->old);
    tpk_free(staging->done);
    if (staging->lock >= 0) close(staging->lock);
    tpk_free(staging);
}

/* Moves every file of a folder, and of those in it, into the same place under `to`. 0, or an errno value. */
static int put_back(DIR *from, int to)
{
    int reason = 0;
    for (struct dirent *entry; reason == 0 && (entry = readdir(from)) != NULL;) {
        if (is_dots(entry->d_name)) continue;
        DIR *inner = open_inside(from, entry->d_name);
        if (!inner) {
            if (renameat(dirfd(from), entry->d_name, to, entry->d_name) != 0) reason = errno;
            continue;
        }
        if (mkdirat(to, entry->d_name, 0777) != 0 && errno != EEXIST) reason = errno;
        int inner_to = openat(to, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (reason == 0) reason = inner_to < 0 ? errno : put_back(inner, inner_to);
        if (inner_to >= 0) close(inner_to);
        closedir(inner);
    }
    return reason;
}

/* Puts back what a run that was killed while it published had taken away. */
static tpk_status restore(const tpk_staging *staging, tpk_err *err)
{
    DIR *dir = opendir(staging->old);
    if (!dir) return TPK_OK;
    int to = open(staging->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        reason = to < 0 ? errno : put_back(dir, to);
    closedir(dir);
    if (to >= 0) close(to);
    return reason == 0 ? TPK_OK : tpk_file_error(err, _("the earlier result"), staging->old, reason, 0);
}

/* Makes and locks the hidden folder. */
static tpk_status take_folder(tpk_staging *staging, tpk_err *err)
{
    if (mkdir(staging->hidden, 0777) != 0 && errno != EEXIST) {
        return tpk_file_error(err, _("the result folder"), staging->folder, errno, 0);
    }
    staging->lock = open(staging->hidden, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (staging->lock < 0) return tpk_file_error(err, _("the result folder"), staging->hidden, errno, 0);
    if (flock(staging->lock, LOCK_EX | LOCK_NB) != 0) {
        return tpk_err_set(
            err, TPK_ERR_IO,
            _("%s: another run is writing into this folder; wait for it or choose another folder"),
            staging->folder);
    }
    tpk_status status = restore(staging, err);
    if (status != TPK_OK) return status;
    remove_folder(staging->old);
    remove_folder(staging->done);
    remove_contents(staging->hidden);
    return TPK_OK;
}

tpk_status tpk_staging_open(const char *folder, tpk_staging **out, tpk_err *err)
{
    *out = NULL;
    bool is_new = access(folder, F_OK) != 0;
    tpk_status status = tpk_folder_make(folder, err);
    if (status != TPK_OK) return status;
    tpk_staging *staging = tpk_zalloc(1, sizeof *staging);
    if (!staging) return tpk_err_memory(err);
    staging->lock = -1;
    staging->made_folder = is_new;
    staging->folder = trimmed(folder);
    if (staging->folder) staging->hidden = join(staging->folder, HIDDEN);
    if (staging->hidden) staging->old = join(staging->hidden, OLD);
    if (staging->hidden) staging->done = join(staging->hidden, DONE);
    status = staging->old && staging->done ? take_folder(staging, err) : tpk_err_memory(err);
    if (status != TPK_OK) {
        staging_free(staging);
        return status;
    }
    *out = staging;
    return TPK_OK;
}

/* The folder of a name like "portal/index.html" under `base`; NULL: it has none, or no memory (then *failed).
 */
static char *folder_of(const char *base, const char *name, bool *failed)
{
    const char *slash = strchr(name, '/');
    if (!slash) return NULL;
    char *first = tpk_strndup(name, (size_t)(slash - name)), *folder = first ? join(base, first) : NULL;
    tpk_free(first);
    *failed |= !folder;
    return folder;
}

/* Makes the folder that the name needs inside the hidden one. A failure shows when the file is written. */
static bool make_hidden_folder(const tpk_staging *staging, const char *name)
{
    bool failed = false;
    char *folder = folder_of(staging->hidden, name, &failed);
    if (folder) (void)!mkdir(folder, 0777);
    tpk_free(folder);
    return !failed;
}

const char *tpk_staging_path(tpk_staging *staging, const char *name)
{
    for (size_t i = 0; i < staging->n; i++) {
        if (strcmp(staging->names[i], name) == 0) return staging->paths[i];
    }
    if (!tpk_grow(&staging->names, &staging->name_capacity, staging->n + 1, sizeof *staging->names) ||
        !tpk_grow(&staging->paths, &staging->path_capacity, staging->n + 1, sizeof *staging->paths)) {
        return NULL;
    }
    char *own_name = tpk_strdup(name), *path = join(staging->hidden, name);
    if (!own_name || !path || !make_hidden_folder(staging, name)) {
        tpk_free(own_name);
        tpk_free(path);
        return NULL;
    }
    staging->names[staging->n] = own_name;
    staging->paths[staging->n] = path;
    return staging->paths[staging->n++];
}

/* ---- publishing ---- */

typedef struct move {
    char *from, *to;               /* owned */
    char *from_folder, *to_folder; /* owned; that a name with a folder stands in; NULL: none */
    bool optional;                 /* may be missing, and a folder of that name is none of ours */
    bool done;
} move;

typedef struct moves {
    move *items;
    size_t n, capacity;
} moves;

/* Everything that needs memory happens before the first file moves. */
typedef struct publication {
    moves away; /* earlier files, out of the folder */
    moves out;  /* the new ones, into it */
} publication;

static void moves_clear(moves *list)
{
    for (size_t i = 0; i < list->n; i++) {
        tpk_free(list->items[i].from);
        tpk_free(list->items[i].to);
        tpk_free(list->items[i].from_folder);
        tpk_free(list->items[i].to_folder);
    }
    tpk_free(list->items);
}

static bool add_move(moves *list, const char *from, const char *to, const char *name, bool optional)
{
    if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items)) return false;
    move *m = &list->items[list->n++];
    bool failed = false;
    *m = (move){.from = join(from, name), .to = join(to, name), .optional = optional};
    m->from_folder = folder_of(from, name, &failed);
    m->to_folder = folder_of(to, name, &failed);
    return m->from && m->to && !failed;
}

/* A second move of one file does no harm: it finds nothing any more. */
static bool add_away(publication *p, const tpk_staging *staging, const char *name)
{
    return add_move(&p->away, staging->folder, staging->old, name, true);
}

/* The notes beside an earlier raster speak of names and statistics that are gone with it. */
static bool add_out(publication *p, const tpk_staging *staging, const char *name)
{
    tpk_text text = {0};
    char *notes = NULL;
    tpk_text_addf(&text, "%s.aux.xml", name);
    bool fine = tpk_text_take(&text, &notes, NULL) == TPK_OK &&
                add_move(&p->out, staging->hidden, staging->folder, name, false) &&
                add_away(p, staging, name) && add_away(p, staging, notes);
    tpk_free(notes);
    return fine;
}

static bool is_named(const tpk_staging *staging, const char *name)
{
    for (size_t i = 0; i < staging->n; i++) {
        if (strcmp(staging->names[i], name) == 0) return true;
    }
    return false;
}

/* Files that were put beside the named ones go first, then the named ones in their order: the last to appear
 * is the last named. */
static tpk_status plan_publication(const tpk_staging *staging, const char *const *own_names, publication *p,
                                   tpk_err *err)
{
    bool fine = true;
    DIR *dir = opendir(staging->hidden);
    if (!dir) return tpk_file_error(err, _("the result folder"), staging->hidden, errno, 0);
    for (struct dirent *entry; fine && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] != '.' && entry->d_type != DT_DIR && !is_named(staging, entry->d_name))
            fine = add_out(p, staging, entry->d_name);
    }
    closedir(dir);
    for (size_t i = 0; fine && i < staging->n; i++) fine = add_out(p, staging, staging->names[i]);
    for (size_t i = 0; fine && own_names[i]; i++) fine = add_away(p, staging, own_names[i]);
    return fine ? TPK_OK : tpk_err_memory(err);
}

static bool is_folder_or_missing(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) != 0 || S_ISDIR(facts.st_mode);
}

/* Returns 0, or an errno value with *at the move that failed. */
static int carry_out(moves *list, const move **at)
{
    for (size_t i = 0; i < list->n; i++) {
        move *m = &list->items[i];
        if (m->optional && is_folder_or_missing(m->from)) continue;
        *at = m;
        if (m->to_folder && mkdir(m->to_folder, 0777) != 0 && errno != EEXIST) return errno;
        if (rename(m->from, m->to) != 0) return errno;
        m->done = true;
    }
    return 0;
}

/* Removes the folders of one side of the moves where nothing is left in them. */
static void drop_folders(const moves *list, bool of_sources)
{
    for (size_t i = 0; i < list->n; i++) {
        const char *folder = of_sources ? list->items[i].from_folder : list->items[i].to_folder;
        if (folder && (list->items[i].done || !of_sources)) (void)rmdir(folder);
    }
}

static bool undo(moves *list)
{
    bool fine = true;
    for (size_t i = list->n; i-- > 0;) {
        move *m = &list->items[i];
        if (!m->done) continue;
        if (m->from_folder) (void)!mkdir(m->from_folder, 0777);
        if (rename(m->to, m->from) != 0) fine = false;
    }
    drop_folders(list, false);
    return fine;
}

static tpk_status check_targets(const moves *out, tpk_err *err)
{
    tpk_status status = TPK_OK;
    for (size_t i = 0; i < out->n && status == TPK_OK; i++)
        status = tpk_file_check_target(out->items[i].to, err);
    return status;
}

/* All new files, or all earlier ones. */
static tpk_status exchange(tpk_staging *staging, publication *p, tpk_err *err)
{
    tpk_status status = check_targets(&p->out, err);
    if (status != TPK_OK) return status;
    const move *at = NULL;
    if (mkdir(staging->old, 0777) != 0)
        return tpk_file_error(err, _("the result folder"), staging->old, errno, 0);
    int reason = carry_out(&p->away, &at);
    if (reason == 0) reason = carry_out(&p->out, &at);
    if (reason == 0 && rename(staging->old, staging->done) == 0) {
        drop_folders(&p->away, true);
        return TPK_OK;
    }
    if (reason == 0) reason = errno;
    status = tpk_file_error(err, _("the result"), at ? at->to : staging->folder, reason, 0);
    bool out_undone = undo(&p->out), away_undone = undo(&p->away);
    if (out_undone && away_undone) return status;
    staging->keeps_old = true;
    return tpk_err_prefix(err, status, _("the earlier results are in '%s' and come back with the next run"),
                          staging->old);
}

static tpk_status list_files(const tpk_staging *staging, char ***files, size_t *n_files, tpk_err *err)
{
    char **list = tpk_zalloc(staging->n + 1, sizeof *list);
    if (!list) return tpk_err_memory(err);
    for (size_t i = 0; i < staging->n; i++) {
        list[i] = join(staging->folder, staging->names[i]);
        if (!list[i]) {
            for (size_t k = 0; k < i; k++) tpk_free(list[k]);
            tpk_free(list);
            return tpk_err_memory(err);
        }
    }
    *files = list;
    *n_files = staging->n;
    return TPK_OK;
}

tpk_status tpk_staging_publish(tpk_staging *staging, const char *const *own_names, char ***files,
                               size_t *n_files, tpk_err *err)
{
    char **list = NULL;
    size_t n = 0;
    publication p = {0};
    *files = NULL;
    *n_files = 0;
    tpk_status status = plan_publication(staging, own_names, &p, err);
    if (status == TPK_OK) status = list_files(staging, &list, &n, err);
    if (status == TPK_OK) status = exchange(staging, &p, err);
    if (status == TPK_OK) {
        *files = list;
        *n_files = n;
    } else {
        for (size_t i = 0; i < n; i++) tpk_free(list[i]);
        tpk_free(list);
    }
    moves_clear(&p.out);
    moves_clear(&p.away);
    tpk_staging_abort(staging);
    return status;
}

void tpk_staging_abort(tpk_staging *staging)
{
    if (!staging) return;
    if (!staging->keeps_old) {
        remove_folder(staging->old);
        remove_folder(staging->done);
    }
    remove_folder(staging->hidden);
    if (staging->made_folder) rmdir(staging->folder); /* stays when something was published into it */
    staging_free(staging);
}
