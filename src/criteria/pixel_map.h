/* Where a sample point falls on a raster, in pixels (as sample.h counts them), from whatever CRS to whatever
 * CRS.
 *
 * Asking PROJ costs about a microsecond a point. Between the nodes of a mesh with a side of 32 samples or
 * more, as wide as is fine enough all over the study area (a power of two in the plan's unit, anchored at its
 * origin, so that nothing depends on the block a point comes in), places are interpolated where exact
 * transformations at the middles of the mesh cell's sides and of the cell itself agree within 0.005 pixel;
 * elsewhere every point is transformed exactly. */
#ifndef TPK_CRITERIA_PIXEL_MAP_H
#define TPK_CRITERIA_PIXEL_MAP_H

#include "criteria/source.h"

/* Constant after set-up, shared by threads. Initialise with {0}. */
typedef struct tpk_pixel_map {
    const tpk_raster *raster;  /* borrowed, must outlive this */
    char *plan_wkt;            /* owned; NULL: the raster is in the plan's CRS */
    tpk_box area, area_lonlat; /* of the study, in the plan's CRS and in degrees */
    bool north_up;             /* rows run along x, columns along y */
    double inverse[4];         /* of the geotransform's matrix, for rasters that are not */
    double wrap_cols;    /* pixels that are 360 degrees wide; 0: the raster does not go round the earth */
    double pixels_per_m; /* in the middle of the study area, the larger of both axes */
} tpk_pixel_map;

/* TPK_ERR_DATA for a raster whose pixels have no extent, TPK_ERR_CRS when there is no transformation,
 * TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_pixel_map_init(tpk_pixel_map *map, const tpk_source_request *request,
                                             const tpk_raster *raster, tpk_err *err);
void tpk_pixel_map_clear(tpk_pixel_map *map); /* safe twice */

/* One thread's access. map is borrowed. Caller frees with tpk_pixel_mapper_free. */
typedef struct tpk_pixel_mapper tpk_pixel_mapper;
TPK_MUST_CHECK tpk_status tpk_pixel_mapper_new(const tpk_pixel_map *map, tpk_pixel_mapper **mapper,
                                               tpk_err *err);
void tpk_pixel_mapper_free(tpk_pixel_mapper *mapper);

/* (px, py) of (x, y) in the plan's CRS, NaN when it cannot be transformed. cell_m: side of the samples'
 * footprint. */
void tpk_pixel_locate(tpk_pixel_mapper *mapper, double cell_m, double x, double y, double *px, double *py);

/* The same for n points, in place: x[i] becomes px, y[i] py. */
void tpk_pixel_locate_all(tpk_pixel_mapper *mapper, double cell_m, size_t n, double *x, double *y);

/* Does px depend on x alone and py on y alone? Then a lattice of points is one of pixels, too. */
bool tpk_pixel_mapper_is_separable(const tpk_pixel_mapper *mapper);

/* The box in pixels around the footprint, a square with side cell_m around (x, y). */
tpk_box tpk_pixel_footprint(tpk_pixel_mapper *mapper, double cell_m, double x, double y);

#endif
