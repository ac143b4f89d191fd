/* What a study holds; shared by the files of this room. */
#ifndef TPK_API_STUDY_H
#define TPK_API_STUDY_H

#include <stdatomic.h>

#include "base/clock.h"
#include "base/progress.h"
#include "engine/plan.h"
#include "engine/run.h"
#include "tapak/tapak.h"
#include "zones/overlay.h"
#include "zones/regional.h"

struct tpk_cancel {
    atomic_int requested;
};

/* One zone of the last run, with everything its feature in zones.geojson says. */
typedef struct tpk_zone_row {
    char *id, *name; /* owned */
    char *note;      /* owned; NULL: none */
    int rank;
    double stated_area_ha;
    tpk_zone_stats stats;
} tpk_zone_row;
void tpk_zone_rows_free(tpk_zone_row *rows, size_t n); /* NULL is allowed */

/* One region of the last run, with everything its row in regions.csv says. */
typedef struct tpk_region_row {
    char *id;   /* owned; NULL: the project names no field of ids */
    char *name; /* owned */
    tpk_region_stats stats;
} tpk_region_row;

struct tpk_study {
    tpk_options options;
    tpk_control control;
    tpk_worker *worker;
    tpk_project *project;
    tpk_diags diags;     /* remarks about project and layers */
    size_t n_reported;   /* of diags, those already told */
    size_t n_zones_told; /* zones of which diags already say what a planner must know */
    bool regions_told;   /* diags already say how the regions fit the study area */
    bool overlays_told;  /* diags already say what names the features of the overlay layers */
    bool portal_told;    /* diags already say that the portal is left out */
    bool copies_told;    /* diags already say which layers are too large for tapak.gpkg */
    bool map_told;       /* diags already say that nothing of the map is known */
    tpk_store *store;
    tpk_plan *plan;
    tpk_box lonlat; /* of the plan's grid, degrees; where transformations must be accurate */
    tpk_view *view; /* owned; of the evaluating functions; NULL: none yet */

    /* Of the last run. */
    tpk_zone_row *zones;
    size_t n_zones;
    tpk_region_row *regions;
    size_t n_regions;
    char **files; /* owned, NULL-terminated */
    size_t n_files;
    tpk_check *examination; /* owned; of the layers; NULL: not asked for, or no run yet */
    tpk_run_times times;
};

/* Hands every remark that was not yet told to the message function. */
void tpk_study_report(tpk_study *study);

void tpk_study_forget_run(tpk_study *study); /* frees what the last run left */

/* A pointer that must be given is NULL: TPK_ERR_ARGUMENT, naming it. */
tpk_status tpk_null_argument(const char *name, tpk_err *err);

#endif
