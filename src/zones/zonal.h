/* Statistics of zones from tiles: every cell counts with the exact share of it that the zone covers and its
 * true area on the ellipsoid.
 *
 * A cell's weight is share / areal scale of the CRS at its centre; hectares of a part of a zone are the
 * zone's area on the ellipsoid (geo/area.h) times that part's share of the weights, so that the parts add up
 * to the zone exactly. All sums are exact sums: the same bits for any tiles and threads. */
#ifndef TPK_ZONES_ZONAL_H
#define TPK_ZONES_ZONAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zones/class_sum.h"

/* One tile's results at the cells of `window` (row-major). Borrowed. Of a cell of class OUTSIDE only the
 * class is read. A value that is infinite or beyond 1e12 counts as unknown. */
typedef struct tpk_zonal_tile {
    tpk_window window;
    const float *score;              /* NaN where unknown or outside */
    const uint8_t *cell_class;       /* tpk_cell_class */
    const uint32_t *reasons;         /* bit k: constraint k excludes the cell */
    const uint8_t *limiting;         /* 1 + index of the limiting criterion; 0 none */
    const double *const *values;     /* n_criteria arrays; NaN unknown */
    const double *const *membership; /* n_criteria arrays; NaN unknown */
} tpk_zonal_tile;

/* Over the zone's cells inside the study area, excluded ones too. */
typedef struct tpk_zone_criterion {
    double mean, min, max;  /* of the value where it is known; NaN when nowhere */
    double membership_mean; /* where the membership is known; NaN when nowhere */
    double unknown_ha;      /* where the membership is not known */
    /* The category that covers most (tpk_zonal_set_categories); -1 none, or not counted; ties: the lower. */
    int dominant;
} tpk_zone_criterion;

typedef struct tpk_zone_stats {
    double area_ha; /* on the ellipsoid, edges being straight lines on the map */
    /* By tpk_cell_class; sums to area_ha. OUTSIDE: outside the study area or the grid, or brought by no tile.
     */
    double class_ha[TPK_CELL_CLASS_COUNT];
    /* Over the known part, excluded cells counting 0; NaN when nothing is known. */
    double score_mean, score_min, score_max;
    tpk_zone_criterion *criteria; /* owned; n_criteria */
    double *constraint_ha;        /* owned; n_constraints; a cell under two constraints counts in both */
    /* Index of the criterion that limits most of the scored area; -1 none; ties: the lower index. */
    int limiting;
} tpk_zone_stats;

typedef struct tpk_zonal tpk_zonal;         /* constant after creation, shared by threads */
typedef struct tpk_zonal_acc tpk_zonal_acc; /* one a thread */

/* zones: n polygon geometries in the grid's CRS, valid, borrowed until the zonal is freed. crs is asked
 * during this call only. TPK_ERR_CRS, naming the zone, where the CRS has no areal scale; TPK_ERR_LIMIT above
 * 32 constraints or 254 criteria. Caller frees with tpk_zonal_free. */
TPK_MUST_CHECK tpk_status tpk_zonal_new(const tpk_grid *grid, tpk_crs *crs, const tpk_geom *zones, size_t n,
                                        size_t n_criteria, size_t n_constraints, tpk_zonal **zonal,
                                        tpk_err *err);
void tpk_zonal_free(tpk_zonal *zonal);

/* More categories of one criterion are not counted. */
enum { TPK_ZONAL_MAX_CATEGORIES = 64 };

/* The values of a criterion are categories 0 .. n_categories-1: how much each covers is summed up, for
 * `dominant`. Before the first accumulator. */
void tpk_zonal_set_categories(tpk_zonal *zonal, size_t criterion, size_t n_categories);

/* Does any zone's box reach into the window? */
bool tpk_zonal_touches(const tpk_zonal *zonal, tpk_window window);

/* Caller frees with tpk_zonal_acc_free. */
TPK_MUST_CHECK tpk_status tpk_zonal_acc_new(const tpk_zonal *zonal, tpk_zonal_acc **acc, tpk_err *err);
void tpk_zonal_acc_free(tpk_zonal_acc *acc);

/* Each cell at most once, over all accumulators that are merged. TPK_ERR_BUG for a class that does not exist.
 */
TPK_MUST_CHECK tpk_status tpk_zonal_add(tpk_zonal_acc *acc, const tpk_zonal_tile *tile, tpk_err *err);
void tpk_zonal_merge(tpk_zonal_acc *into, const tpk_zonal_acc *from);

/* stats: n zones. Caller frees each with tpk_zone_stats_clear. */
TPK_MUST_CHECK tpk_status tpk_zonal_finish(const tpk_zonal_acc *acc, tpk_zone_stats *stats, tpk_err *err);
void tpk_zone_stats_clear(tpk_zone_stats *stats);

#endif
