/* Gaps between polygons of a layer that should cover: the holes of their union that no polygon has by itself.
 *
 * "Should cover" is a guess from the columns. Administrative units, land cover and spatial plans carry
 * columns that their offices prescribe (facts: BIG's WADM..., Kemendagri's and BPS's codes, KLHK's PL20xx_ID,
 * the ministry's KODKWS and NAMZON), and each of these products divides all of its land by definition;
 * permits, lakes or zones do not, and what lies between them is no gap. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "check/kinds.h"
#include "check/polygon.h"
#include "check/tally.h"
#include "geo/geos.h"

static const double NOISE_M2 = 1, SLIVER_WIDTH_M = 25; /* as for overlaps */

static bool is_covering_column(const char *name)
{
    static const char *const STARTS[] = {
        "WADM",   "KDPPUM",    "KDPKAB",    "KDCPUM",    "KDEPUM",  "KDEBPS",   "KODKWS",  "NAMZON",
        "KODZON", "kabupaten", "kecamatan", "kelurahan", "village", "district", "regency", "NM_KAB",
        "NAME_2", "desa",      "kab_kota",  "penutupan", "tutupan", "Nama_RT"};
    for (size_t i = 0; i < sizeof STARTS / sizeof STARTS[0]; i++) {
        size_t n = strlen(STARTS[i]);
        if (strlen(name) >= n) {
            char start[16];
            memcpy(start, name, n);
            start[n] = '\0';
            if (tpk_text_equal_fold(start, STARTS[i])) return true;
        }
    }
    return (name[0] == 'P' || name[0] == 'p') && (name[1] == 'L' || name[1] == 'l') && name[2] == '2' &&
           name[3] == '0'; /* PL2022_ID */
}

/* "63.09", "63.09.05.2012": Kemendagri's code of a regency, district or village. */
static bool is_unit_code(const char *text)
{
    size_t n = strspn(text, "0123456789.");
    return text[n] == '\0' && (n == 5 || n == 8 || n == 13) && text[2] == '.';
}

static bool should_cover(const tpk_layer *layer)
{
    for (size_t i = 0; i < layer->n_fields; i++) {
        const tpk_field *field = &layer->fields[i];
        if (is_covering_column(field->name)) return true;
        if (field->type != TPK_FIELD_TEXT || !tpk_name_has(field->name, "kode")) continue;
        int64_t n_codes = 0, n_texts = 0;
        for (int64_t f = 0; f < layer->n_features; f++) {
            n_texts += field->text[f] != NULL;
            n_codes += field->text[f] && is_unit_code(field->text[f]);
        }
        if (n_codes > 1 && n_codes >= n_texts - n_texts / 10) return true;
    }
    return false;
}

typedef struct gaps {
    const tpk_subject *subject; /* borrowed */
    tpk_polygon_maker *maker;
    tpk_geom_buffer all, merged; /* every valid polygon; their union */
    int64_t *first;              /* n_features + 1: parts in all */
    double *own;                 /* areas of the polygons' own holes, ascending */
    int64_t n_own;
    tpk_tally tally;
    double area_m2;
    int64_t n_narrow;
} gaps;

static tpk_status collect(gaps *g, tpk_err *err)
{
    const tpk_layer *layer = g->subject->layer;
    g->all.kind = TPK_GEOM_POLYGON;
    for (int64_t f = 0; f < layer->n_features; f++) {
        tpk_geom geom;
        tpk_status status = tpk_check_step(g->subject, f, layer->n_features, err);
        if (status == TPK_OK) status = tpk_polygon_valid(g->maker, f, &geom, err);
        if (status != TPK_OK) return status;
        g->first[f] = g->all.n_parts;
        for (int64_t p = 0; p < geom.n_parts; p++) {
            int64_t start = geom.part_start[p];
            if (!tpk_geom_buffer_add_part(&g->all, geom.xy + 2 * start, geom.part_start[p + 1] - start,
                                          geom.ring_role[p]))
                return tpk_err_memory(err);
        }
    }
    g->first[layer->n_features] = g->all.n_parts;
    return TPK_OK;
}

static tpk_status merge(gaps *g, tpk_err *err)
{
    int64_t n = g->subject->layer->n_features;
    tpk_geom view = tpk_geom_buffer_view(&g->all);
    tpk_geom *geoms = tpk_alloc((size_t)n, sizeof *geoms);
    if (!geoms) return tpk_err_memory(err);
    for (int64_t f = 0; f < n; f++) {
        geoms[f] = view;
        geoms[f].n_parts = g->first[f + 1] - g->first[f];
        if (view.n_parts == 0) continue;
        geoms[f].part_start = view.part_start + g->first[f];
        geoms[f].ring_role = view.ring_role + g->first[f];
    }
    tpk_status status = tpk_geos_union(g->subject->worker, geoms, n, &g->merged, NULL);
    tpk_free(geoms);
    if (status == TPK_ERR_MEMORY) return tpk_err_memory(err);
    if (status != TPK_OK) tpk_geom_buffer_reset(&g->merged, TPK_GEOM_POLYGON); /* GEOS cannot tell */
    return TPK_OK;
}

static double ring_area(const tpk_geom_buffer *buffer, int64_t part)
{
    int64_t start = buffer->part_start[part];
    return fabs(tpk_ring_signed_area(buffer->xy + 2 * start, buffer->part_start[part + 1] - start));
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A lake drawn as a hole of one polygon is left open on purpose. Recognised by its area: GEOS keeps the
 * ring's points but may start it elsewhere, which moves the area by rounding only. */
static bool is_own_hole(const gaps *g, double area)
{
    int64_t low = 0, high = g->n_own;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (g->own[middle] < area * (1 - 1e-9)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < g->n_own && g->own[low] <= area * (1 + 1e-9);
}

static tpk_status take_own_holes(gaps *g, tpk_err *err)
{
    g->own = tpk_alloc((size_t)g->all.n_parts, sizeof *g->own);
    if (!g->own) return tpk_err_memory(err);
    for (int64_t p = 0; p < g->all.n_parts; p++) {
        if (g->all.ring_role[p] == TPK_RING_HOLE) g->own[g->n_own++] = ring_area(&g->all, p);
    }
    qsort(g->own, (size_t)g->n_own, sizeof *g->own, by_size);
    return TPK_OK;
}

static tpk_status weigh(gaps *g, tpk_err *err)
{
    static const uint8_t OUTER[] = {TPK_RING_OUTER};
    for (int64_t p = 0; p < g->merged.n_parts; p++) {
        if (g->merged.ring_role[p] != TPK_RING_HOLE || is_own_hole(g, ring_area(&g->merged, p))) continue;
        tpk_geom hole = {.kind = TPK_GEOM_POLYGON,
                         .n_parts = 1,
                         .part_start = g->merged.part_start + p,
                         .ring_role = OUTER,
                         .xy = g->merged.xy};
        double area_m2, width_m,
            at[2] = {hole.xy[2 * hole.part_start[0]], hole.xy[2 * hole.part_start[0] + 1]};
        tpk_status status = tpk_polygon_measure(g->subject, hole, &area_m2, &width_m, err);
        if (status != TPK_OK) return status;
        if (!(area_m2 >= NOISE_M2)) continue;
        width_m = 2 * area_m2 / (tpk_geom_length(hole) * sqrt(area_m2 / ring_area(&g->merged, p)));
        if (tpk_crs_to_lonlat(g->subject->crs, at, 1, NULL) != TPK_OK) at[0] = at[1] = (double)NAN;
        g->area_m2 += area_m2;
        g->n_narrow += width_m < SLIVER_WIDTH_M;
        char *size = tpk_area_text(area_m2, width_m);
        if (!size) return tpk_err_memory(err);
        char *text = tpk_finding_text(_("%s, at %.5f, %.5f"), size, at[0], at[1]);
        tpk_free(size);
        if (!text) return tpk_err_memory(err);
        tpk_tally_add_value(&g->tally, text);
        tpk_free(text);
    }
    return TPK_OK;
}

static tpk_status report(gaps *g, tpk_findings *findings, tpk_err *err)
{
    if (g->tally.n == 0) return TPK_OK;
    char *found =
        tpk_finding_text(NG_("%lld gap between polygons of a layer that should cover, %.2f ha; %lld of them "
                             "is narrower than %.0f m",
                             "%lld gaps between polygons of a layer that should cover, %.2f ha together; "
                             "%lld of them are narrower than %.0f m",
                             g->tally.n),
                         (long long)g->tally.n, g->area_m2 / 1e4, (long long)g->n_narrow, SLIVER_WIDTH_M);
    char *change =
        tpk_finding_text("%s", _("nothing is needed where the gaps are slivers; for wide ones ask the "
                                 "office whether a unit is missing, or fill them (QGIS: Topology "
                                 "Checker, then Snap geometries to layer)"));
    tpk_gravity gravity = g->n_narrow == g->tally.n ? TPK_GRAVITY_REMARK : TPK_GRAVITY_REPAIR;
    return tpk_tally_report_take(&g->tally, findings, "gaps", gravity, found,
                                 _("cells in a gap belong to no unit: as study area they are left out, as an "
                                   "attribute they are unknown"),
                                 change, err);
}

static tpk_status gaps_examine(const tpk_subject *subject, tpk_findings *findings, tpk_err *err)
{
    const tpk_layer *layer = subject->layer;
    if (layer->kind != TPK_GEOM_POLYGON || layer->n_features < 2 || !subject->crs || !should_cover(layer))
        return TPK_OK;
    gaps g = {.subject = subject, .maker = tpk_polygon_maker_new(subject)};
    g.first = tpk_alloc((size_t)layer->n_features + 1, sizeof *g.first);
    tpk_status status = g.maker && g.first ? TPK_OK : tpk_err_memory(err);
    if (status == TPK_OK) status = collect(&g, err);
    if (status == TPK_OK) status = merge(&g, err);
    if (status == TPK_OK) status = take_own_holes(&g, err);
    if (status == TPK_OK) status = weigh(&g, err);
    if (status == TPK_OK) status = report(&g, findings, err);
    tpk_polygon_maker_free(g.maker);
    tpk_geom_buffer_clear(&g.all);
    tpk_geom_buffer_clear(&g.merged);
    tpk_free(g.first);
    tpk_free(g.own);
    tpk_tally_clear(&g.tally);
    return status;
}

const tpk_finding_kind TPK_FINDING_GAPS = {
    .id = "gaps",
    .summary =
        N_("gaps between polygons of a layer that should cover (administrative, land cover, spatial plan)"),
    .for_vectors = true,
    .examine = gaps_examine,
};
