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

struct tpk_staging {
    char *folder, *hidden; /* owned */
    char **names, **paths; /* owned, in the order asked for */
    size_t n, name_capacity, path_capacity;
    bool made_folder; /* the result folder was not there before */
    int lock;         /* the open hidden folder, locked */
};

static char *join(const char *folder, const char *name)
{
    tpk_text text = {0};
    char *path;
    tpk_text_addf(&text, "%s/%s", folder, name);
    return tpk_text_take(&text, &path, NULL) == TPK_OK ? path : NULL;
}

static void remove_contents(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
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
    if (staging->lock >= 0) close(staging->lock);
    tpk_free(staging);
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
        return tpk_err_set(err, TPK_ERR_IO, _("%s: another run is writing into this folder; wait for it or choose another folder"),
                           staging->folder);
    }
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
    staging->folder = tpk_strdup(folder);
    staging->hidden = join(folder, HIDDEN);
    status = staging->folder && staging->hidden ? take_folder(staging, err) : tpk_err_memory(err);
    if (status != TPK_OK) {
        staging_free(staging);
        return status;
    }
    *out = staging;
    return TPK_OK;
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
    if (!own_name || !path) {
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
    char *from, *to; /* owned */
    char *notes;     /* owned; the .aux.xml of `to`: of an older file it would speak of names and statistics that are gone */
} move;

typedef struct moves {
    move *items;
    size_t n, capacity;
} moves;

static bool add_move(moves *list, const tpk_staging *staging, const char *name)
{
    if (!tpk_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items)) return false;
    move *m = &list->items[list->n++];
    *m = (move){join(staging->hidden, name), join(staging->folder, name), NULL};
    tpk_text text = {0};
    if (m->to) tpk_text_addf(&text, "%s.aux.xml", m->to);
    return tpk_text_take(&text, &m->notes, NULL) == TPK_OK && m->from && m->to;
}

static bool is_named(const tpk_staging *staging, const char *name)
{
    for (size_t i = 0; i < staging->n; i++) {
        if (strcmp(staging->names[i], name) == 0) return true;
    }
    return false;
}

/* Everything that needs memory happens before the first file moves. Named files first, then what was put beside them. */
static tpk_status plan_moves(const tpk_staging *staging, moves *list, tpk_err *err)
{
    for (size_t i = 0; i < staging->n; i++) {
        if (!add_move(list, staging, staging->names[i])) return tpk_err_memory(err);
    }
    DIR *dir = opendir(staging->hidden);
    if (!dir) return tpk_file_error(err, _("the result folder"), staging->hidden, errno, 0);
    tpk_status status = TPK_OK;
    for (struct dirent *entry; status == TPK_OK && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.' || is_named(staging, entry->d_name)) continue;
        if (!add_move(list, staging, entry->d_name)) status = tpk_err_memory(err);
    }
    closedir(dir);
    return status;
}

static tpk_status carry_out(const moves *list, tpk_err *err)
{
    for (size_t i = 0; i < list->n; i++) {
        const move *m = &list->items[i];
        if (rename(m->from, m->to) != 0) return tpk_file_error(err, _("the result"), m->to, errno, 0);
        unlink(m->notes);
    }
    return TPK_OK;
}

static void moves_clear(moves *list)
{
    for (size_t i = 0; i < list->n; i++) {
        tpk_free(list->items[i].from);
        tpk_free(list->items[i].to);
        tpk_free(list->items[i].notes);
    }
    tpk_free(list->items);
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

tpk_status tpk_staging_publish(tpk_staging *staging, char ***files, size_t *n_files, tpk_err *err)
{
    *files = NULL;
    *n_files = 0;
    moves list = {0};
    tpk_status status = plan_moves(staging, &list, err);
    if (status == TPK_OK) status = list_files(staging, files, n_files, err);
    if (status == TPK_OK) status = carry_out(&list, err);
    moves_clear(&list);
    tpk_staging_abort(staging);
    return status;
}

void tpk_staging_abort(tpk_staging *staging)
{
    if (!staging) return;
    remove_contents(staging->hidden);
    rmdir(staging->hidden);
    if (staging->made_folder) rmdir(staging->folder); /* stays when something was published into it */
    staging_free(staging);
}
