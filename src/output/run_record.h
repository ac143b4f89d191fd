/* run.json: what a run read, assumed, repaired, warned of and how long it took, so that every number can be
 * traced. */
#ifndef TPK_OUTPUT_RUN_RECORD_H
#define TPK_OUTPUT_RUN_RECORD_H

#include "check/examine.h"
#include "engine/run.h"
#include "output/cog.h"

typedef struct tpk_run_record {
    const char *folder; /* of the results */
    const tpk_plan *plan;
    const tpk_store *store;
    const tpk_diags *diags;
    const tpk_run_facts *facts;
    const tpk_examination *examination; /* of the layers; NULL: not made */
    const tpk_control *control;         /* asked while checksums are taken whether to stop; may be NULL */
    struct {
        double cell_m; /* 0: the project's */
        int n_threads; /* 0: all cores */
        int tile_side; /* 0: chosen */
        size_t memory_bytes;
    } asked; /* by the caller, beside the project */
    double load_s, compute_s, finish_s;
    struct {
        const char *name;              /* "suitability.tif" */
        const tpk_raster_stats *stats; /* NULL: not written */
    } rasters[4];
    size_t n_rasters;
} tpk_run_record;

/* Writes the record to path at once (staging makes it atomic with the rest). Reads every input file once more
 * for its SHA-256. Bytes of a path or text that are not UTF-8 are written as \xE9. TPK_ERR_IO,
 * TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_run_record_write(const tpk_run_record *record, const char *path, tpk_err *err);

#endif
