/* A raster against its study: whole metres under a slope, pixels coarser than the cells, how much of the area
 * it covers (pixels without data cover nothing). */
#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "check/kinds.h"
#include "check/raster_scan.h"
#include "check/tally.h"
#include "geo/segments.h"

/* Below this a step between whole numbers cannot move a point over a limit of the usual slope classes (3, 8,
 * 15 %). */
static const double LEAST_STEP_PCT = 1;

static tpk_status integer_elevation(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    tpk_tally tally = {0};
    if (!subject->used_for_slope || !raster->is_integer) return TPK_OK;
    double pixel_m = tpk_raster_pixel_m(subject), step_pct = 100 * fabs(raster->scale) / pixel_m;
    if (!(step_pct >= LEAST_STEP_PCT)) return TPK_OK;
    char *found =
        tpk_finding_text(_("the elevation is in whole steps of %g m (%s) with pixels of %.1f m: one step "
                           "from pixel to pixel is a "
                           "slope of %.1f %%"),
                         fabs(raster->scale), raster->data_type ? raster->data_type : "", pixel_m, step_pct);
    char *change = tpk_finding_text(
        _("use an elevation in floating-point numbers for '%s' (DEMNAS is), or smooth it before use (QGIS: "
          "Gaussian filter)"),
        tpk_subject_id(subject));
    return tpk_tally_report_take(
        &tally, findings, "integer_elevation", TPK_GRAVITY_REPAIR, found,
        _("gentle land becomes flat terraces with steep edges: slope classes below a few percent are chance"),
        change, err);
}

static tpk_status pixels_coarse(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const double TIMES = 3 * 1.01; /* the map's scale is not a finer raster */
    tpk_tally tally = {0};
    double pixel_m = tpk_raster_pixel_m(subject), times = pixel_m / subject->cell_m;
    if (!(subject->cell_m > 0) || !(times > TIMES)) return TPK_OK;
    char *found = tpk_finding_text(_("its pixels are %.0f m, %.0f times the study's cell of %g m"), pixel_m,
                                   times, subject->cell_m);
    char *why, *change;
    if (subject->used_for_slope) {
        why = tpk_finding_text(_("a slope over %.0f m misses every hillside shorter than that: slopes come "
                                 "out too gentle, and limits such "
                                 "as 15 %% exclude too little"),
                               2 * pixel_m);
        change = tpk_finding_text(_("use a finer elevation for '%s' (DEMNAS: 8 m, from BIG), or say in the "
                                    "report that slope is a first guess"),
                                  tpk_subject_id(subject));
    } else {
        why = tpk_finding_text(
            _("%.0f cells share one measured value: the map looks finer than what was measured"),
            times * times);
        change = tpk_finding_text(
            _("use a finer raster for '%s', or a larger `cell:` in the project file, up to %.0f"),
            tpk_subject_id(subject), pixel_m);
    }
    tpk_status status = why ? tpk_tally_report_take(&tally, findings, "pixels_coarse", TPK_GRAVITY_REMARK,
                                                    found, why, change, err)
                            : tpk_err_memory(err);
    if (!why) {
        tpk_free(found);
        tpk_free(change);
    }
    tpk_free(why);
    return status;
}

/* ---- area_cover ---- */

/* A lattice of points is looked at, the finer the less of its box the area fills; the share of 10,000 points
 * is good to half a percent. */
enum { COARSEST_SIDE = 200, FINEST_SIDE = 800, ENOUGH_POINTS = 10000 };

typedef struct place {
    int32_t row, col; /* of the pixel; row -1: outside the raster */
} place;

static int by_row(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x->col > y->col) - (x->col < y->col);
}

static place pixel_at(const tpk_raster *raster, double x, double y)
{
    const double *g = raster->geotransform;
    double determinant = g[1] * g[5] - g[2] * g[4], dx = x - g[0], dy = y - g[3];
    double col = floor((dx * g[5] - dy * g[2]) / determinant),
           row = floor((dy * g[1] - dx * g[4]) / determinant);
    bool inside = col >= 0 && col < raster->n_cols && row >= 0 && row < raster->n_rows; /* false for NaN */
    return inside ? (place){(int32_t)row, (int32_t)col} : (place){-1, -1};
}

/* Points of the lattice of side x side that lie in the area, all when area is NULL. Returns how many. */
static int64_t lay_lattice(tpk_box box, const tpk_segments *area, int side, double *lonlat)
{
    int64_t n = 0;
    for (int i = 0; i < side * side; i++) {
        double lon = box.x_min + (i % side + 0.5) / side * (box.x_max - box.x_min);
        double lat = box.y_min + (i / side + 0.5) / side * (box.y_max - box.y_min);
        if (area && !tpk_segments_contain(area, lon, lat)) continue;
        lonlat[2 * n] = lon;
        lonlat[2 * n + 1] = lat;
        n++;
    }
    return n;
}

/* The pixels under points of the area, sorted. Caller frees *places with tpk_free. */
static tpk_status sample(const tpk_subject *subject, const tpk_segments *area, place **places, int64_t *n,
                         tpk_err *err)
{
    double *points = NULL;
    *n = 0;
    for (int side = COARSEST_SIDE; side <= FINEST_SIDE && *n < ENOUGH_POINTS; side *= 2) {
        tpk_free(points);
        points = tpk_alloc((size_t)side * (size_t)side, 2 * sizeof *points);
        if (!points) return tpk_err_memory(err);
        *n = lay_lattice(subject->area_lonlat, area, side, points);
    }
    tpk_status status = TPK_OK;
    if (tpk_crs_from_lonlat(subject->crs, points, *n, NULL) == TPK_ERR_MEMORY) status = tpk_err_memory(err);
    *places = status == TPK_OK ? tpk_alloc((size_t)*n + 1, sizeof **places) : NULL;
    for (int64_t i = 0; *places && i < *n; i++)
        (*places)[i] = pixel_at(subject->raster, points[2 * i], points[2 * i + 1]);
    tpk_free(points);
    if (!*places) return tpk_err_memory(err);
    if (*n > 0) qsort(*places, (size_t)*n, sizeof **places, by_row);
    return TPK_OK;
}

/* How many of the places have a value; rows are read once each, in order. */
static tpk_status count_known(const tpk_subject *subject, const place *places, int64_t n, int64_t *n_known,
                              tpk_err *err)
{
    const tpk_raster *raster = subject->raster;
    tpk_raster_reader *reader = NULL;
    float *row = tpk_alloc((size_t)raster->n_cols, sizeof *row);
    tpk_status status = row ? tpk_raster_reader_open(raster, &reader, err) : tpk_err_memory(err);
    int32_t loaded = -1;
    for (int64_t i = 0; status == TPK_OK && i < n; i++) {
        if (places[i].row < 0) continue;
        if (places[i].row != loaded)
            status = tpk_raster_read(reader, places[i].row, 0, 1, raster->n_cols, row, err);
        loaded = places[i].row;
        if (status == TPK_OK) *n_known += !isnan(row[places[i].col]);
        if (tpk_cancelled(subject->control))
            status = tpk_err_set(err, TPK_ERR_CANCELLED, "%s", _("stopped while examining layers"));
    }
    tpk_raster_reader_close(reader);
    tpk_free(row);
    return status;
}

static tpk_status report_cover(const tpk_subject *subject, int64_t n, int64_t n_known, bool box_only,
                               tpk_findings *findings, tpk_err *err)
{
    double pct = n > 0 ? 100.0 * (double)n_known / (double)n : 100;
    tpk_tally tally = {0};
    if (pct >= 99.5) return TPK_OK;
    char *found =
        n_known == 0 ? tpk_finding_text("%s", box_only ? _("it has no value in the box around the study area")
                                                       : _("it has no value in the study area"))
                     : tpk_finding_text(box_only ? _("it has values for about %.0f %% of the box around the "
                                                     "study area (which may hold sea)")
                                                 : _("it has values for about %.0f %% of the study area"),
                                        pct);
    char *change =
        n_known == 0
            ? tpk_finding_text(
                  _("ask the office for the sheets of the study area, and look at the `crs:` of '%s'"),
                  tpk_subject_id(subject))
            : tpk_finding_text(
                  _("ask the office for the missing sheets of '%s', or say with `unknown:` what a criterion "
                    "does without a value"),
                  tpk_subject_id(subject));
    tpk_gravity gravity = n_known == 0            ? TPK_GRAVITY_SERIOUS
                          : !box_only && pct < 90 ? TPK_GRAVITY_REPAIR
                                                  : TPK_GRAVITY_REMARK;
    return tpk_tally_report_take(
        &tally, findings, "area_cover", gravity, found,
        _("where it has no value the criterion is unknown, and by default the score too"), change, err);
}

/* The polygons that are, or come nearest to, the study area; NULL: only its box is known. */
static const tpk_layer *area_of(const tpk_subject *subject)
{
    const tpk_layer *area = subject->area ? subject->area : subject->land ? subject->land : subject->regions;
    return area && area->kind == TPK_GEOM_POLYGON && area->n_features > 0 ? area : NULL;
}

static tpk_status area_cover(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    if (!subject->crs || tpk_box_is_empty(subject->area_lonlat)) return TPK_OK;
    const tpk_layer *area = area_of(subject);
    tpk_segments *segments = NULL;
    place *places = NULL;
    int64_t n_known = 0, n = 0;
    tpk_status status = TPK_OK;
    if (area) {
        tpk_geom all = tpk_layer_all(area);
        status = tpk_segments_new(&all, 1, &segments, err);
    }
    if (status == TPK_OK) status = sample(subject, segments, &places, &n, err);
    if (status == TPK_OK) status = count_known(subject, places, n, &n_known, err);
    if (status == TPK_OK) status = report_cover(subject, n, n_known, !segments, findings, err);
    tpk_segments_free(segments);
    tpk_free(places);
    return status;
}

const tpk_finding_kind TPK_FINDING_INTEGER_ELEVATION = {
    .id = "integer_elevation",
    .summary = N_("elevation in whole numbers under a slope"),
    .for_rasters = true,
    .fast = true,
    .examine = integer_elevation,
};

const tpk_finding_kind TPK_FINDING_PIXELS_COARSE = {
    .id = "pixels_coarse",
    .summary = N_("pixels more than 3 times coarser than the study's cell"),
    .for_rasters = true,
    .fast = true,
    .examine = pixels_coarse,
};

const tpk_finding_kind TPK_FINDING_AREA_COVER = {
    .id = "area_cover",
    .summary = N_("how much of the study area a raster covers"),
    .for_rasters = true,
    .examine = area_cover,
};
