/* The data of the portal, a folder of static files beside a page that is the same for every study: what the
 * page shows, weighs anew and explains. Each function makes files under the paths it is given; the layout of
 * the files stands in docs/portal-data.md.
 *
 * Memberships are bytes: membership x TPK_PORTAL_FULL, rounded; TPK_PORTAL_UNKNOWN unknown or outside. 240
 * has so many divisors that the usual memberships and bounds (0.8, 0.75, 0.6, 0.5, 0.4, 0.25 ...) are exact.
 */
#ifndef TPK_OUTPUT_PORTAL_H
#define TPK_OUTPUT_PORTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "engine/detail.h"
#include "input/store.h"
#include "output/legend.h"

enum { TPK_PORTAL_UNKNOWN = 255, TPK_PORTAL_FULL = 240 };

/* What every part of the portal is made from. Borrowed. */
typedef struct tpk_portal_job {
    const tpk_plan *plan;
    tpk_store *store;
    tpk_worker *worker;
    tpk_box lonlat; /* of the plan's grid, degrees */
    int n_threads;
    size_t memory_bytes; /* for tiles, roughly */
    const tpk_control *control;
} tpk_portal_job;

/* ---- the maps ---- */

/* North-up grids in Web Mercator. A pixel of `memberships` is nowhere larger on the ground than the project's
 * cell; pixels of `values` are 4 x 4 of them, those of `small` 2^k x 2^k, so that small.js stays within 3 MB.
 */
typedef struct tpk_portal_grids {
    tpk_crs *crs; /* owned; EPSG:3857 */
    tpk_grid memberships, values, small;
} tpk_portal_grids;

/* TPK_ERR_CRS where the study has no place in Web Mercator, TPK_ERR_LIMIT above 2^31-1 rows or columns. */
TPK_MUST_CHECK tpk_status tpk_portal_grids_init(const tpk_portal_job *job, tpk_portal_grids *grids,
                                                tpk_err *err);
void tpk_portal_grids_clear(tpk_portal_grids *grids); /* safe twice */

/* Bands of the memberships: criteria, reasons (bit 0 outside, bit 1 + k constraint k, 8 a band), state (1: a
 * constraint is unknown). */
size_t tpk_portal_reason_bands(const tpk_plan *plan);
size_t tpk_portal_band_count(const tpk_plan *plan);

/* value = offset + scale * pixel of values.tif; categories: 0 and 1. */
typedef struct tpk_portal_scale {
    double offset, scale;
} tpk_portal_scale;

/* memberships.tif and values.tif (COG, 256 x 256 blocks, all bands of a pixel together; nodata 255 and 65535)
 * and small.js. scales: n_criteria, filled in. Errors of tpk_detail_run and the COG writer. */
TPK_MUST_CHECK tpk_status tpk_portal_memberships(const tpk_portal_job *job, const tpk_portal_grids *grids,
                                                 const char *path, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_portal_values(const tpk_portal_job *job, const tpk_portal_grids *grids,
                                            const char *path, tpk_portal_scale *scales, tpk_err *err);
TPK_MUST_CHECK tpk_status tpk_portal_small(const tpk_portal_job *job, const tpk_portal_grids *grids,
                                           const char *path, tpk_err *err);

/* A tile's bytes, all bands of a pixel together; out has room for the window's pixels. */
void tpk_portal_encode(const tpk_plan *plan, const tpk_detail_tile *tile, uint8_t *out);

/* ---- the cells ---- */

/* A record: float32 hectares, uint32 reasons (bit k: constraint k), uint8 state, n_criteria memberships,
 * padding to 4 bytes; little-endian. Cells outside the study area have none; those that a constraint excludes
 * or leaves unknown have 255 for every membership, as none of them counts. Cells of equal bytes are one
 * record. */
enum { TPK_PORTAL_HA = 0, TPK_PORTAL_REASONS = 4, TPK_PORTAL_STATE = 8, TPK_PORTAL_MEMBERSHIPS = 9 };
size_t tpk_portal_record_bytes(const tpk_plan *plan);

typedef struct tpk_portal_range {
    size_t offset, n; /* bytes from the start; records */
} tpk_portal_range;

/* Initialise with {0}. */
typedef struct tpk_portal_cells {
    tpk_text bytes;          /* the records */
    tpk_portal_range *zones; /* owned; n_zones */
    size_t n_zones;
    double zone_cell_m; /* the project's cell, or a multiple of it */
    tpk_portal_range map;
    double map_cell_m, map_area_ha; /* side of the lattice; hectares of the study area */
} tpk_portal_cells;

/* The zones' cells with the weights that zones/zonal.h gives them, and those of the map on a lattice, whose
 * hectares add up to the study area's. The lattices are as much wider than the project's grid as keeps the
 * zones' records within 19.2 MB (but for four a zone) and the map's within about 4.8 MB, whatever the number
 * of criteria: a page reads and sums up that much in good time, and no browser has a text of 500 MB. zones:
 * in the plan's CRS. Caller frees with tpk_portal_cells_clear, on failure too. */
TPK_MUST_CHECK tpk_status tpk_portal_cells_make(const tpk_portal_job *job, const tpk_geom *zones, size_t n,
                                                tpk_portal_cells *cells, tpk_err *err);
void tpk_portal_cells_clear(tpk_portal_cells *cells); /* safe twice */
TPK_MUST_CHECK tpk_status tpk_portal_cells_write(const tpk_portal_cells *cells, const char *path,
                                                 tpk_err *err);

/* ---- the study's own layers ---- */

/* base.js: the vector layers that the study has opened, in longitude and latitude, 5 decimals, simplified so
 * far that the file stays within 3 MB (what is then smaller than the tolerance is left out, but for the study
 * area and the zones; names and points that remain can keep it larger). */
TPK_MUST_CHECK tpk_status tpk_portal_base(const tpk_portal_job *job, const char *path, tpk_err *err);

/* ---- what the page is told ---- */

typedef struct tpk_portal_zone {
    const char *id, *name, *note; /* borrowed; note NULL: none */
    int rank;
    double area_ha, stated_area_ha, score_mean; /* NaN: not known */
    const double *class_ha;                     /* by tpk_cell_class */
    tpk_geom geom;
} tpk_portal_zone;

/* A file of the result that the page offers where it is there. */
typedef struct tpk_portal_file {
    const char *name, *indonesian, *english; /* borrowed; "suitability.tif" and what it is */
    bool is_later;                           /* is made after the study: offered, its size is not told */
} tpk_portal_file;

typedef struct tpk_portal_study {
    const tpk_portal_job *job;
    const tpk_portal_grids *grids;
    const tpk_portal_scale *scales;
    const tpk_portal_cells *cells;
    const tpk_portal_zone *zones; /* n_zones, as in cells */
    const tpk_legend *ramp;       /* of the score: its first entry is the score 0 */
    const tpk_portal_file *files;
    size_t n_files;
    const char *folder; /* where the files stand now */
} tpk_portal_study;

/* study.js, a script, and study.json with the same object. The same bytes for the same study. */
TPK_MUST_CHECK tpk_status tpk_portal_study_write(const tpk_portal_study *study, const char *script_path,
                                                 const char *json_path, tpk_err *err);

/* ---- the page ---- */

extern const char *const TPK_PORTAL_PAGE[]; /* "index.html" ...; NULL-terminated */

/* Are all files of the page in the folder? */
bool tpk_portal_page_is_there(const char *folder);

/* ---- small helpers ---- */

/* head, the bytes as base64, tail. */
TPK_MUST_CHECK tpk_status tpk_portal_write_base64(const char *path, const char *head, const void *bytes,
                                                  size_t n, const char *tail, tpk_err *err);

/* Copies a file. TPK_ERR_IO, TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_portal_copy(const char *from, const char *to, tpk_err *err);

#endif
