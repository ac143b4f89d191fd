#include "server/live.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/stale.h"
#include "api/zone_table.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/stamp.h"
#include "base/text.h"
#include "output/result_folder.h"
#include "version.h"

static const double LOOK_EVERY_S = 0.1, TRY_EVERY_S = 1;

/* What an edition is opened from; files as they were before they were read. */
typedef struct origin {
    tpk_result_folder results; /* {0} without a folder */
    uint64_t record_stamp;
} origin;

/* What an attempt to open the study tells. */
typedef struct remark {
    tpk_message_kind kind;
    char *line; /* owned */
} remark;
typedef struct remarks {
    remark *items; /* owned */
    size_t n, capacity;
} remarks;

struct tpk_live {
    char *project;         /* owned; NULL: that of the folder */
    char *folder, *record; /* owned; the folder of results and its run.json; NULL: no results */
    tpk_options options;
    pthread_mutex_t lock; /* of everything below */
    tpk_edition *newest;  /* NULL: none could be opened yet */
    origin from;          /* of the newest */
    tpk_checksums kept;   /* of files of layers */
    bool is_lost;         /* the last attempt found no project file */
    double next_look_s;
    uint64_t next_number;
    remarks heard;                          /* of the attempt that is under way */
    char first_error[TPK_ERR_MESSAGE_SIZE]; /* that the last attempt told; "" none */
    char trouble[TPK_ERR_MESSAGE_SIZE];
};

/* ---- telling ---- */

static void tell(const tpk_live *live, tpk_message_kind kind, const char *line)
{
    if (live->options.message) live->options.message(live->options.user, kind, line);
}

/* Kept until it is known whether the attempt succeeds. Without memory it is told at once: no remark is lost.
 */
static void hear(void *user, tpk_message_kind kind, const char *line)
{
    tpk_live *live = user;
    remarks *heard = &live->heard;
    if (kind == TPK_MESSAGE_ERROR && !live->first_error[0])
        snprintf(live->first_error, sizeof live->first_error, "%s", line);
    bool has_room = tpk_grow(&heard->items, &heard->capacity, heard->n + 1, sizeof *heard->items);
    char *copy = has_room ? tpk_strdup(line) : NULL;
    if (copy)
        heard->items[heard->n++] = (remark){kind, copy};
    else
        tell(live, kind, line);
}

/* While trouble lasts each attempt would tell the same. */
static void pass_on(tpk_live *live, bool is_open)
{
    remarks *heard = &live->heard;
    bool is_news = is_open || !live->trouble[0];
    for (size_t i = 0; i < heard->n; i++) {
        if (is_news) tell(live, heard->items[i].kind, heard->items[i].line);
        tpk_free(heard->items[i].line);
    }
    tpk_free(heard->items);
    *heard = (remarks){0};
}

static void tell_version(const tpk_live *live)
{
    char line[300];
    const char *version = live->from.results.version;
    if (!version || strcmp(version, TPK_VERSION) == 0) return;
    snprintf(line, sizeof line, _("note: these results are of Tapak %.100s, this is Tapak %s"), version,
             TPK_VERSION);
    tell(live, TPK_MESSAGE_NOTE, line);
}

static void tell_difference(const tpk_live *live, const tpk_edition *edition)
{
    const char *before = live->newest ? live->newest->differs : NULL;
    if (!edition->differs || (before && strcmp(before, edition->differs) == 0)) return;
    tell(live, TPK_MESSAGE_WARNING, edition->differs);
}

/* ---- editions ---- */

static void edition_free(tpk_edition *edition)
{
    if (!edition) return;
    tpk_study_close(edition->study);
    tpk_free(edition->differs);
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

/* After the study was read: what changes later is noticed at the next look. */
static tpk_status compare_results(const tpk_result_folder *results, tpk_checksums *kept, tpk_edition *edition,
                                  tpk_err *err)
{
    char *changes = NULL;
    tpk_text text = {0};
    tpk_status status = tpk_result_folder_changes(results, edition->study->project, kept, &changes, err);
    if (status != TPK_OK || !changes) return status;
    tpk_text_addf(&text, _("the map of the portal is of the run of %s; changed since: %s"), results->run_time,
                  changes);
    tpk_free(changes);
    return tpk_text_take(&text, &edition->differs, err);
}

static const char *project_of(const tpk_live *live, const origin *from)
{
    return live->folder ? from->results.project : live->project;
}

static tpk_status fill_edition(tpk_live *live, const origin *from, tpk_edition *edition, tpk_err *err)
{
    tpk_options options = live->options;
    options.message = hear;
    options.user = live;
    options.progress = NULL;
    if (live->folder) options.cell_m = from->results.cell_m;
    tpk_status status = tpk_study_open(project_of(live, from), &options, &edition->study, err);
    if (status == TPK_OK) status = read_zones(edition->study, err);
    if (status == TPK_OK) status = tpk_map_colors_init(edition->study, &edition->colors, err);
    if (status == TPK_OK && live->folder) status = compare_results(&from->results, &live->kept, edition, err);
    return status;
}

static tpk_status new_edition(tpk_live *live, const origin *from, tpk_edition **out, tpk_err *err)
{
    tpk_edition *edition = tpk_zalloc(1, sizeof *edition);
    if (!edition) return tpk_err_memory(err);
    pthread_mutex_init(&edition->zones, NULL);
    edition->number = live->next_number++;
    edition->n_users = 1; /* being the newest */
    tpk_status status = fill_edition(live, from, edition, err);
    if (status == TPK_OK)
        *out = edition;
    else
        edition_free(edition);
    return status;
}

/* Holding the lock. */
static void let_go(tpk_edition *edition)
{
    if (edition && --edition->n_users == 0) edition_free(edition);
}

static tpk_status find_project(tpk_live *live, origin *from, tpk_err *err)
{
    live->is_lost = false;
    if (live->folder) {
        from->record_stamp = tpk_file_stamp(live->record);
        tpk_status status = tpk_result_folder_read(live->folder, &from->results, err);
        if (status != TPK_OK) return status;
        live->is_lost = from->results.missing != NULL;
        if (live->is_lost) return tpk_err_set(err, TPK_ERR_IO, "%s", from->results.missing);
    }
    return TPK_OK;
}

/* Reads everything anew; the newest edition stays when that fails. */
static tpk_status open_edition(tpk_live *live, tpk_err *err)
{
    origin from = {0};
    tpk_edition *edition = NULL;
    live->first_error[0] = '\0';
    tpk_status status = find_project(live, &from, err);
    if (status == TPK_OK) status = new_edition(live, &from, &edition, err);
    pass_on(live, status == TPK_OK);
    if (status != TPK_OK) {
        tpk_result_folder_clear(&from.results);
        return status;
    }
    tell_difference(live, edition);
    let_go(live->newest);
    tpk_result_folder_clear(&live->from.results);
    live->newest = edition;
    live->from = from;
    return TPK_OK;
}

/* ---- the live study ---- */

/* Without the project the portal is served all the same. */
static tpk_status open_first(tpk_live *live, tpk_err *err)
{
    tpk_err why = {TPK_OK, ""};
    tpk_status status = open_edition(live, &why);
    if (status == TPK_OK) {
        tell_version(live);
        return TPK_OK;
    }
    if (!live->is_lost) return tpk_err_set(err, status, "%s", why.message);
    memcpy(live->trouble, why.message, sizeof live->trouble);
    tell(live, TPK_MESSAGE_WARNING, live->trouble);
    tell(live, TPK_MESSAGE_WARNING, _("the files of the folder are served, and nothing that is computed"));
    return TPK_OK;
}

static tpk_status copy_names(tpk_live *live, const char *project, const char *folder, tpk_err *err)
{
    tpk_text record = {0};
    if (!folder) {
        live->project = tpk_strdup(project);
        return live->project ? TPK_OK : tpk_err_memory(err);
    }
    live->folder = tpk_strdup(folder);
    if (!live->folder) return tpk_err_memory(err);
    tpk_text_addf(&record, "%s/run.json", folder);
    return tpk_text_take(&record, &live->record, err);
}

tpk_status tpk_live_open(const char *project, const char *folder, const tpk_options *options, tpk_live **live,
                         tpk_err *err)
{
    *live = NULL;
    tpk_live *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    pthread_mutex_init(&made->lock, NULL);
    made->options = *options;
    made->next_number = (uint64_t)(tpk_now_seconds() * 1e6) ^ ((uint64_t)time(NULL) << 24);
    tpk_status status = copy_names(made, project, folder, err);
    if (status == TPK_OK) status = open_first(made, err);
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
    tpk_result_folder_clear(&live->from.results);
    tpk_checksums_clear(&live->kept);
    pthread_mutex_destroy(&live->lock);
    tpk_free(live->project);
    tpk_free(live->folder);
    tpk_free(live->record);
    tpk_free(live);
}

static bool is_changed(const tpk_live *live)
{
    if (!live->newest || (live->folder && tpk_file_stamp(live->record) != live->from.record_stamp))
        return true;
    const tpk_project *project = live->newest->study->project;
    const char *styles = project->output.styles;
    return tpk_file_stamp(project_of(live, &live->from)) != project->stamp ||
           (styles && tpk_file_stamp(styles) != project->output.styles_stamp) ||
           tpk_study_layers_changed(live->newest->study);
}

static void open_again(tpk_live *live)
{
    tpk_err err = {TPK_OK, ""}, why = {TPK_OK, ""};
    if (open_edition(live, &err) == TPK_OK) {
        live->trouble[0] = '\0';
        tell(live, TPK_MESSAGE_NOTE, _("files of the study changed: read again"));
        return;
    }
    live->next_look_s = tpk_now_seconds() + TRY_EVERY_S;
    /* "errors found: 1" alone would not say what to mend. */
    tpk_err_set(&why, err.code, live->first_error[0] ? "%s: %s" : "%s%s", err.message, live->first_error);
    if (strcmp(live->trouble, why.message) == 0) return;
    bool is_new = !live->trouble[0];
    memcpy(live->trouble, why.message, sizeof live->trouble);
    tell(live, TPK_MESSAGE_ERROR, is_new ? err.message : why.message);
    if (live->newest)
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
    if (edition) edition->n_users++;
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
