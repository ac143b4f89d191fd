#include "server/map_tile.h"

#include <math.h>

#include "api/legends.h"
#include "base/mem.h"

enum { N_POINTS = TPK_MAP_TILE_SIDE * TPK_MAP_TILE_SIDE, ZERO = 1, FIRST_STEP = 2, N_STEPS = 253 };

/* How far from its place a pixel may be evaluated, in pixels. */
static const double OFF_PIXELS = 0.01;
static const double HALF_WORLD_M = 20037508.342789244; /* pi x 6378137 m */

struct tpk_map_tile {
    float score[N_POINTS];
    uint8_t point_class[N_POINTS];
    uint8_t pixels[N_POINTS];
};

/* ---- colours ---- */

static tpk_rgba opaque(tpk_rgb color)
{
    return (tpk_rgba){color.r, color.g, color.b, 255};
}

static uint8_t mix(uint8_t a, uint8_t b, double t)
{
    return (uint8_t)lround(a + (b - a) * t);
}

/* The colour of a value of a ramp; beyond its ends that of the end. entries[0] stands apart: it is 0. */
static tpk_rgba ramp_color(const tpk_legend *ramp, double value)
{
    size_t i = 1;
    while (i + 1 < ramp->n && ramp->entries[i].value < value) i++;
    const tpk_legend_entry *above = &ramp->entries[i], *below = i > 1 ? above - 1 : above;
    double span = above->value - below->value, t = span > 0 ? (value - below->value) / span : 0;
    t = fmin(t, 1);
    tpk_rgb a = below->color, b = above->color;
    return (tpk_rgba){mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t), 255};
}

tpk_status tpk_map_colors_init(const tpk_study *study, tpk_map_colors *colors, tpk_err *err)
{
    tpk_own_legend score = {0}, classes = {0};
    *colors = (tpk_map_colors){0};
    tpk_status status = tpk_legend_score(study->plan, &score, err);
    if (status == TPK_OK) status = tpk_legend_classes(study->plan, &classes, err);
    if (status == TPK_OK) {
        colors->score[ZERO] = opaque(score.entries[0].color);
        for (int i = 0; i <= N_STEPS; i++)
            colors->score[FIRST_STEP + i] = ramp_color(&score.legend, (double)i / N_STEPS);
        for (size_t i = 0; i < classes.legend.n; i++)
            colors->classes[(uint8_t)classes.entries[i].value] = opaque(classes.entries[i].color);
    }
    tpk_own_legend_clear(&score);
    tpk_own_legend_clear(&classes);
    return status;
}

/* ---- tiles ---- */

tpk_status tpk_map_tile_new(tpk_map_tile **tile, tpk_err *err)
{
    *tile = NULL;
    tpk_map_tile *made = tpk_alloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    *tile = made;
    return TPK_OK;
}

void tpk_map_tile_free(tpk_map_tile *tile)
{
    tpk_free(tile);
}

static uint8_t number_of(float score)
{
    if (isnan(score)) return 0;
    return score > 0 ? (uint8_t)(FIRST_STEP + (int)(score * N_STEPS + 0.5f)) : ZERO;
}

tpk_status tpk_map_tile_draw(tpk_map_tile *tile, tpk_view *view, const tpk_request *request,
                             const tpk_map_colors *colors, char **png, size_t *n, tpk_err *err)
{
    double side_m = 2 * HALF_WORLD_M / (double)(1u << request->z), pixel_m = side_m / TPK_MAP_TILE_SIDE;
    double west = request->x * side_m - HALF_WORLD_M, north = HALF_WORLD_M - request->y * side_m;
    tpk_results results = {.score = request->classes ? NULL : tile->score,
                           .point_class = request->classes ? tile->point_class : NULL};
    *png = NULL;
    tpk_status status = tpk_view_set_tolerance(view, pixel_m * OFF_PIXELS, err);
    if (status != TPK_OK) return status;
    status = tpk_view_window(view, west, north, pixel_m, pixel_m, TPK_MAP_TILE_SIDE, TPK_MAP_TILE_SIDE,
                             &results, err);
    if (status != TPK_OK) return status;
    for (size_t i = 0; !request->classes && i < N_POINTS; i++) tile->pixels[i] = number_of(tile->score[i]);
    return tpk_png_encode(request->classes ? tile->point_class : tile->pixels, TPK_MAP_TILE_SIDE,
                          TPK_MAP_TILE_SIDE, request->classes ? colors->classes : colors->score,
                          (uint8_t **)png, n, err);
}
