#include "server/live.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "api/stale.h"
#include "api/zone_table.h"
#include "base/i18n.h"
#include "base/mem.h"

static const double LOOK_EVERY_S = 0.1, TRY_EVERY_S = 1;

struct tpk_live {
    char *project;
    tpk_options options;
    pthread_mutex_t lock; /* of everything below */
    tpk_edition *newest;
    struct stat file; /* the project's, before it was read */
    double next_look_s;
    uint64_t next_number;
    char trouble[TPK_ERR_MESSAGE_SIZE];
};

/* ---- editions ---- */

static void edition_free(tpk_edition *edition)
{
    if (!edition) return;
    tpk_study_close(edition->study);
    pthread_mutex_destroy(&edition->zones);
    tpk_free(edition->zones_weights);
    tpk_free(edition->zones_text);
    tpk_free(edition);
}

/* Reads the zone layer: the store takes in no other layer from then on, so that threads may look at it. */
static tpk_status read_zones(const tpk_study *study, tpk_err *err)
{
    tpk_zone_shapes shapes;
    tpk_status status = tpk_zone_shapes_read(study, &shapes, err);
    if (status == TPK_OK) tpk_zone_shapes_clear(&shapes);
    return status;
}

static tpk_status open_edition(tpk_live *live, tpk_edition **out, tpk_err *err)
{
    struct stat file = {0};
    tpk_edition *edition = tpk_zalloc(1, sizeof *edition);
    if (!edition) return tpk_err_memory(err);
    pthread_mutex_init(&edition->zones, NULL);
    edition->number = live->next_number++;
    edition->n_users = 1; /* being the newest */
    stat(live->project, &file);
    tpk_status status = tpk_study_open(live->project, &live->options, &edition->study, err);
    if (status == TPK_OK) status = read_zones(edition->study, err);
    if (status == TPK_OK) status = tpk_map_colors_init(edition->study, &edition->colors, err);
    if (status != TPK_OK) {
        edition_free(edition);
        return status;
    }
    live->file = file;
    *out = edition;
    return TPK_OK;
}

/* Holding the lock. */
static void let_go(tpk_edition *edition)
{
    if (--edition->n_users == 0) edition_free(edition);
}

/* ---- the live study ---- */

tpk_status tpk_live_open(const char *project, const tpk_options *options, tpk_live **live, tpk_err *err)
{
    *live = NULL;
    tpk_live *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    pthread_mutex_init(&made->lock, NULL);
    made->options = *options;
    made->next_number = (uint64_t)(tpk_now_seconds() * 1e6) ^ ((uint64_t)time(NULL) << 24);
    made->project = tpk_strdup(project);
    tpk_status status = made->project ? open_edition(made, &made->newest, err) : tpk_err_memory(err);
    if (status != TPK_OK) {
        tpk_live_free(made);
        return status;
    }
    *live = made;
    return TPK_OK;
}

void tpk_live_free(tpk_live *live)
{
    if (!live) return;
    edition_free(live->newest);
    pthread_mutex_destroy(&live->lock);
    tpk_free(live->project);
    tpk_free(live);
}

static bool is_changed(const tpk_live *live)
{
    struct stat now;
    return stat(live->project, &now) != 0 || now.st_size != live->file.st_size ||
           now.st_mtim.tv_sec != live->file.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != live->file.st_mtim.tv_nsec || tpk_study_layers_changed(live->newest->study);
}

static void tell(const tpk_live *live, tpk_message_kind kind, const char *line)
{
    if (live->options.message) live->options.message(live->options.user, kind, line);
}

static void open_again(tpk_live *live)
{
    tpk_err err = {TPK_OK, ""};
    tpk_edition *edition = NULL;
    if (open_edition(live, &edition, &err) == TPK_OK) {
        let_go(live->newest);
        live->newest = edition;
        live->trouble[0] = '\0';
        tell(live, TPK_MESSAGE_NOTE, _("files of the study changed: read again"));
        return;
    }
    live->next_look_s = tpk_now_seconds() + TRY_EVERY_S;
    if (strcmp(live->trouble, err.message) == 0) return;
    memcpy(live->trouble, err.message, sizeof live->trouble);
    tell(live, TPK_MESSAGE_ERROR, err.message);
    tell(live, TPK_MESSAGE_WARNING,
         _("the study as it was before is served until its files can be read again"));
}

tpk_edition *tpk_live_take(tpk_live *live, char trouble[TPK_ERR_MESSAGE_SIZE])
{
    pthread_mutex_lock(&live->lock);
    double now_s = tpk_now_seconds();
    if (now_s >= live->next_look_s) {
        live->next_look_s = now_s + LOOK_EVERY_S;
        if (is_changed(live))
            open_again(live);
        else
            live->trouble[0] = '\0'; /* the files are again what they were */
    }
    tpk_edition *edition = live->newest;
    edition->n_users++;
    memcpy(trouble, live->trouble, sizeof live->trouble);
    pthread_mutex_unlock(&live->lock);
    return edition;
}

void tpk_live_give(tpk_live *live, tpk_edition *edition)
{
    if (!edition) return;
    pthread_mutex_lock(&live->lock);
    let_go(edition);
    pthread_mutex_unlock(&live->lock);
}
