#include "api/findings.h"

#include <math.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "geo/geos.h"

static const double LEAST_HA = 0.01;         /* hectares are told with two decimals */
static const double MOST_UNKNOWN_PCT = 5;    /* of a zone, before a criterion is worth a warning */
static const double LEAST_KNOWN_SHARE = 0.5; /* of a zone, for its score to speak for it */

static tpk_status added(tpk_status status, tpk_err *err)
{
    return status == TPK_OK ? TPK_OK : tpk_err_memory(err);
}

/* ---- the study area ---- */

/* A zone in a wrong place can be left without any area: that matters too. */
static bool matters(double ha, double area_ha)
{
    return !(ha < LEAST_HA) || !(ha < area_ha / 2);
}

/* Adds to `inside` what the zone and one polygon of the study area have in common. */
static tpk_status add_common(tpk_worker *worker, const tpk_geos_geom *zone, tpk_geom polygon,
                             tpk_geom_buffer *inside, tpk_err *err)
{
    tpk_geos_geom *shape = NULL;
    tpk_geom_buffer piece = {0}, both = {0};
    tpk_status status = tpk_geos_geom_new(worker, polygon, &shape, err);
    if (status == TPK_OK) status = tpk_geos_intersection(worker, zone, shape, TPK_GEOM_POLYGON, &piece, err);
    if (status == TPK_OK && piece.n_parts > 0) {
        tpk_geom parts[] = {tpk_geom_buffer_view(&piece), tpk_geom_buffer_view(inside)};
        status = tpk_geos_union(worker, parts, inside->n_parts > 0 ? 2 : 1, &both, err);
        tpk_geom_buffer before = *inside;
        if (status == TPK_OK) *inside = both, both = before;
    }
    tpk_geom_buffer_clear(&both);
    tpk_geom_buffer_clear(&piece);
    tpk_geos_geom_free(shape);
    return status;
}

/* Which share of a zone's polygon lies outside the polygons of the study area: what cells' centres cannot
 * tell. */
static tpk_status share_beyond(tpk_study *study, const tpk_layer *area, tpk_geom zone, double *share,
                               tpk_err *err)
{
    tpk_geom_buffer inside = {0};
    tpk_geos_geom *shape = NULL;
    tpk_box box = tpk_geom_box(zone);
    tpk_status status = tpk_geos_geom_new(study->worker, zone, &shape, err);
    for (int64_t f = 0; f < area->n_features && status == TPK_OK; f++) {
        tpk_geom polygon = tpk_layer_geom(area, f);
        if (polygon.n_parts == 0 || !tpk_box_intersects(tpk_geom_box(polygon), box)) continue;
        status = add_common(study->worker, shape, polygon, &inside, err);
    }
    double own = tpk_geos_area(zone);
    *share = own > 0 ? fmax(0, 1 - tpk_geos_area(tpk_geom_buffer_view(&inside)) / own) : 1;
    tpk_geom_buffer_clear(&inside);
    tpk_geos_geom_free(shape);
    return status;
}

/* Cells along the edge of the study area whose centre is outside are no fault of a zone that stays inside. */
static tpk_status tell_outside(tpk_study *study, const tpk_zone_row *row, tpk_geom geom, tpk_err *err)
{
    double area_ha = row->stats.area_ha, outside_ha = row->stats.class_ha[TPK_CELL_OUTSIDE];
    double beyond_ha = outside_ha;
    if (!matters(outside_ha, area_ha)) return TPK_OK;
    if (study->project->grid.area) {
        const tpk_layer *area;
        double share = 0;
        tpk_status status = tpk_store_vector(study->store, study->project->grid.area, NULL, &area, err);
        if (status == TPK_OK) status = share_beyond(study, area, geom, &share, err);
        if (status != TPK_OK) return tpk_err_prefix(err, status, _("zone '%s'"), row->id);
        beyond_ha = share * area_ha;
        if (!matters(beyond_ha, area_ha)) return TPK_OK;
    }
    return added(tpk_diag_add(&study->diags, TPK_WARNING, study->project->path, study->project->zones.pos,
                              _("zone '%s': %.2f ha of %.2f ha lie outside the study area, counted by the "
                                "centres of cells (%.2f ha by its polygon); they have no score and no class"),
                              row->id, outside_ha, area_ha, beyond_ha),
                 err);
}

/* ---- missing data ---- */

static tpk_status tell_unknown(tpk_study *study, const tpk_zone_row *row, tpk_err *err)
{
    tpk_text list = {0};
    size_t n = 0;
    for (size_t k = 0; k < study->plan->n_criteria; k++) {
        double pct = 100 * row->stats.criteria[k].unknown_ha / row->stats.area_ha;
        if (!(pct > MOST_UNKNOWN_PCT)) continue;
        tpk_text_addf(&list, "%s'%s' %.1f %%", n++ ? ", " : "", study->plan->criteria[k].spec->id, pct);
    }
    if (n == 0) return TPK_OK;
    char *criteria;
    tpk_status status = tpk_text_take(&list, &criteria, err);
    if (status != TPK_OK) return status;
    status = tpk_diag_add(&study->diags, TPK_WARNING, study->project->path, study->project->zones.pos,
                          _("zone '%s': criteria that are unknown in more than %g %% of it: %s; check that "
                            "their layers cover the zone"),
                          row->id, MOST_UNKNOWN_PCT, criteria);
    tpk_free(criteria);
    return added(status, err);
}

static tpk_status tell_basis(tpk_study *study, const tpk_zone_row *row, tpk_err *err)
{
    double known_ha = 0;
    for (int c = TPK_CELL_S1; c <= TPK_CELL_EXCLUDED; c++) known_ha += row->stats.class_ha[c];
    double share = known_ha / row->stats.area_ha;
    tpk_status status = TPK_OK;
    if (isnan(row->stats.score_mean)) {
        status =
            tpk_diag_add(&study->diags, TPK_WARNING, study->project->path, study->project->zones.pos,
                         _("zone '%s' has no score, so it is ranked last: nothing of it is known"), row->id);
    } else if (share < LEAST_KNOWN_SHARE) {
        status = tpk_diag_add(&study->diags, TPK_WARNING, study->project->path, study->project->zones.pos,
                              _("zone '%s': its score and its rank %d rest on %.1f %% of its area; the rest "
                                "is unknown or outside the study area"),
                              row->id, row->rank, 100 * share);
    }
    return added(status, err);
}

tpk_status tpk_findings_zones(tpk_study *study, const tpk_zone_shapes *shapes, tpk_err *err)
{
    for (; study->n_zones_told < shapes->n; study->n_zones_told++) {
        const tpk_zone_row *row = &study->zones[study->n_zones_told];
        tpk_status status = tell_outside(study, row, shapes->geoms[study->n_zones_told], err);
        if (status == TPK_OK) status = tell_unknown(study, row, err);
        if (status == TPK_OK) status = tell_basis(study, row, err);
        if (status != TPK_OK) return status;
    }
    return TPK_OK;
}

/* ---- the map ---- */

static tpk_status look_at(void *state, const tpk_tile *tile, tpk_err *err)
{
    (void)err;
    tpk_map_look *look = state;
    if (atomic_load_explicit(&look->any_known, memory_order_relaxed)) return TPK_OK;
    int64_t n = (int64_t)tile->window.n_rows * tile->window.n_cols;
    for (int64_t i = 0; i < n; i++) {
        if (tile->cell_class[i] < TPK_CELL_S1 || tile->cell_class[i] > TPK_CELL_EXCLUDED) continue;
        atomic_store_explicit(&look->any_known, true, memory_order_relaxed);
        break;
    }
    return TPK_OK;
}

tpk_sink tpk_map_look_sink(tpk_map_look *look)
{
    return (tpk_sink){look_at, look};
}

tpk_status tpk_findings_map(tpk_study *study, const tpk_map_look *look, tpk_err *err)
{
    if (study->map_told || atomic_load(&look->any_known)) return TPK_OK;
    tpk_status status = tpk_diag_add(
        &study->diags, TPK_WARNING, study->project->path, study->project->grid.pos,
        _("nothing of the map is known: no cell of the study area has a score, and no constraint "
          "excludes one; check that the layers of the criteria cover it, and their `unknown`"));
    study->map_told = status == TPK_OK;
    return added(status, err);
}
