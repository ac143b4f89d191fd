/* The study as it lies on the disk now, shared by threads: opened again when its files change. */
#ifndef TPK_SERVER_LIVE_H
#define TPK_SERVER_LIVE_H

#include <pthread.h>

#include "server/map_tile.h"

/* One opening of the study; constant while it is used, but for what `zones` guards. */
typedef struct tpk_edition {
    tpk_study *study;
    tpk_map_colors colors;
    char *
        differs; /* owned; how the results that are served differ from this study; NULL: not, or no results */
    uint64_t number; /* no other edition has it, nor had one of an earlier server of this machine */
    /* The zones that were asked for last; `zones` guards them. */
    pthread_mutex_t zones;
    char *zones_weights; /* owned; as written; NULL: the project's */
    char *zones_text;    /* owned, GeoJSON; NULL: none yet */

    int n_users; /* guarded by the live study */
} tpk_edition;

typedef struct tpk_live tpk_live;

/* The project, or with a folder of results (project is then NULL) the project and the cell of its run.json,
 * which is looked at like the project. options as of tpk_study_open, copied, without progress; the message
 * function is called by any thread, by one at a time. Errors of tpk_study_open and tpk_result_folder_read;
 * that the folder's project is not there any more is none, there is no edition then. Caller frees with
 * tpk_live_free, when all editions are given back. */
TPK_MUST_CHECK tpk_status tpk_live_open(const char *project, const char *folder, const tpk_options *options,
                                        tpk_live **live, tpk_err *err);
void tpk_live_free(tpk_live *live); /* NULL is allowed */

/* The newest edition; NULL: none could be opened yet. Files are looked at ten times a second at most; while
 * they cannot be read as a study the last good edition stays, *trouble says why ("" when all is well), and
 * they are tried again every second. Caller gives it back with tpk_live_give. */
tpk_edition *tpk_live_take(tpk_live *live, char trouble[TPK_ERR_MESSAGE_SIZE]);
void tpk_live_give(tpk_live *live, tpk_edition *edition); /* NULL is allowed */

#endif
