#include "zones/overlay.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "geo/area.h"

static const double M2_PER_HA = 10000, M_PER_KM = 1000;

/* Coordinates of a metric CRS have a last digit of 1e-9 m: along a shared border rounding leaves slivers
 * below these sizes. */
static const double SLIVER_OF_ZONE = 1e-11, SLIVER_M = 1e-6;

enum { FEATURES_AT_ONCE = 256, PAIRS_AT_ONCE = 16 };

/* What one thread owns. Prepared geometries grow indexes when they are asked, so that each thread has its own
 * of a zone. */
typedef struct member {
    tpk_worker *worker;
    tpk_crs *crs; /* lines only */
    tpk_geos_geom *zone;
    size_t zone_index;
    tpk_err err;
    int64_t failed_at; /* task of err */
} member;

typedef struct overlay_job {
    const tpk_geom *zones, *features;
    size_t n_zones;
    int64_t n_features;
    tpk_geom_kind kind;
    tpk_crs *crs;
    const tpk_control *control;
    int n_crew;
    member *crew;
    tpk_geos_geom **shapes; /* the features in GEOS's form */
    tpk_geos_tree *tree;
    tpk_map_area **areas; /* of the zones; polygon layers only, NULL for a zone without parts */
    double *zone_m2;
    size_t *first_pair; /* n_zones + 1: the zone's part of pieces */
    bool *touches;      /* of each pair */
    tpk_overlay *out;
} overlay_job;

typedef tpk_status task_fn(overlay_job *job, member *crew, int64_t task, tpk_err *err);

static void keep_failure(member *crew, int64_t task, const tpk_err *err, atomic_llong *first_failed)
{
    if (task < crew->failed_at) {
        crew->failed_at = task;
        crew->err = *err;
    }
    long long first = atomic_load(first_failed);
    while (task < first && !atomic_compare_exchange_weak(first_failed, &first, task)) {
    }
}

/* Tasks 0 .. n-1 by all threads, `chunk` neighbours at a time. Of several failures the one of the lowest task
 * is reported, whatever the number of threads: a task is skipped only when an earlier one has failed. */
static tpk_status run_tasks(overlay_job *job, task_fn *fn, int64_t n, int chunk, const char *stage,
                            const char *unit, tpk_err *err)
{
    atomic_llong first_failed = n, n_done = 0;
    for (int t = 0; t < job->n_crew; t++) job->crew[t].failed_at = n;
#pragma omp parallel for num_threads(job->n_crew) schedule(dynamic, chunk)
    for (int64_t i = 0; i < n; i++) {
        member *crew = &job->crew[omp_get_thread_num()];
        if (i > atomic_load_explicit(&first_failed, memory_order_relaxed) || tpk_cancelled(job->control))
            continue;
        tpk_err failure = {0};
        if (fn(job, crew, i, &failure) != TPK_OK) keep_failure(crew, i, &failure, &first_failed);
        int64_t done = atomic_fetch_add(&n_done, 1) + 1;
        if (omp_get_thread_num() == 0) tpk_progress(job->control, stage, done, n, unit);
    }
    if (tpk_cancelled(job->control))
        return tpk_err_set(err, TPK_ERR_CANCELLED, _("stopped while overlaying zones and layers"));
    for (int t = 0; t < job->n_crew; t++) {
        const member *crew = &job->crew[t];
        if (first_failed < n && crew->failed_at == first_failed)
            return tpk_err_set(err, crew->err.code, "%s", crew->err.message);
    }
    return TPK_OK;
}

static tpk_status import_feature(overlay_job *job, member *crew, int64_t task, tpk_err *err)
{
    int64_t end =
        (task + 1) * FEATURES_AT_ONCE < job->n_features ? (task + 1) * FEATURES_AT_ONCE : job->n_features;
    for (int64_t f = task * FEATURES_AT_ONCE; f < end; f++) {
        tpk_status status = tpk_geos_geom_new(crew->worker, job->features[f], &job->shapes[f], err);
        if (status != TPK_OK) return tpk_err_prefix(err, status, _("feature number %lld"), (long long)f + 1);
    }
    return TPK_OK;
}

/* Makes the thread's own prepared form of a zone, unless it has it. */
static tpk_status take_zone(const overlay_job *job, member *crew, size_t z, tpk_err *err)
{
    if (crew->zone && crew->zone_index == z) return TPK_OK;
    tpk_geos_geom_free(crew->zone);
    crew->zone = NULL;
    tpk_status status = tpk_geos_geom_new(crew->worker, job->zones[z], &crew->zone, err);
    if (status == TPK_OK) status = tpk_geos_prepare(crew->worker, crew->zone, err);
    crew->zone_index = z;
    return status;
}

static bool copy_geom(tpk_geom_buffer *out, tpk_geom geom)
{
    tpk_geom_buffer_reset(out, geom.kind);
    for (int64_t p = 0; p < geom.n_parts; p++) {
        int64_t start = geom.part_start[p];
        uint8_t role = geom.ring_role ? geom.ring_role[p] : TPK_RING_OUTER;
        if (!tpk_geom_buffer_add_part(out, geom.xy + 2 * start, geom.part_start[p + 1] - start, role))
            return false;
    }
    return true;
}

/* The points of one feature, each asked by itself: GEOS would count two at the same place as one. */
static tpk_status cut_points(const member *crew, tpk_geom feature, tpk_piece *piece, bool *touches,
                             tpk_err *err)
{
    tpk_geom_buffer_reset(&piece->geom, TPK_GEOM_POINT);
    for (int64_t p = 0; p < feature.n_parts; p++) {
        tpk_geom point = feature;
        point.part_start = feature.part_start + p;
        point.n_parts = 1;
        tpk_geos_geom *shape = NULL;
        bool inside = false;
        tpk_status status = tpk_geos_geom_new(crew->worker, point, &shape, err);
        if (status == TPK_OK) status = tpk_geos_intersects(crew->worker, crew->zone, shape, &inside, err);
        tpk_geos_geom_free(shape);
        if (status != TPK_OK) return status;
        if (inside && !tpk_geom_buffer_add_part(&piece->geom, feature.xy + 2 * point.part_start[0], 1,
                                                TPK_RING_OUTER)) {
            return tpk_err_memory(err);
        }
    }
    *touches = piece->geom.n_parts > 0;
    return TPK_OK;
}

/* A feature wholly inside is taken as it is. */
static tpk_status cut_shape(const overlay_job *job, const member *crew, tpk_piece *piece, bool *touches,
                            tpk_err *err)
{
    const tpk_geos_geom *feature = job->shapes[piece->feature];
    bool inside = false;
    tpk_status status = tpk_geos_intersects(crew->worker, crew->zone, feature, touches, err);
    if (status != TPK_OK || !*touches) return status;
    status = tpk_geos_contains(crew->worker, crew->zone, feature, &inside, err);
    if (status != TPK_OK) return status;
    if (!inside)
        return tpk_geos_intersection(crew->worker, crew->zone, feature, job->kind, &piece->geom, err);
    return copy_geom(&piece->geom, job->features[piece->feature]) ? TPK_OK : tpk_err_memory(err);
}

static tpk_status measure_piece(const overlay_job *job, const member *crew, tpk_piece *piece, tpk_err *err)
{
    tpk_geom geom = tpk_geom_buffer_view(&piece->geom);
    double length_m = 0, zone_m2;
    tpk_status status = TPK_OK;
    bool sliver = false;
    piece->share_pct = (double)NAN;
    if (job->kind == TPK_GEOM_POLYGON) {
        double area_m2 = tpk_map_area_m2(job->areas[piece->zone], geom);
        zone_m2 = job->zone_m2[piece->zone];
        piece->measure = area_m2 / M2_PER_HA;
        piece->share_pct = 100 * area_m2 / zone_m2;
        sliver = area_m2 < SLIVER_OF_ZONE * zone_m2;
    } else if (job->kind == TPK_GEOM_LINE) {
        status = tpk_crs_line_length_m(crew->crs, geom, 0, &length_m, err);
        piece->measure = length_m / M_PER_KM;
        sliver = length_m < SLIVER_M;
    } else {
        piece->measure = (double)geom.n_parts;
    }
    if (sliver) tpk_geom_buffer_clear(&piece->geom);
    return status;
}

static tpk_status cut_pair(overlay_job *job, member *crew, int64_t task, tpk_err *err)
{
    tpk_piece *piece = &job->out->pieces[task];
    tpk_status status = take_zone(job, crew, (size_t)piece->zone, err);
    if (status == TPK_OK) {
        status = job->kind == TPK_GEOM_POINT
                     ? cut_points(crew, job->features[piece->feature], piece, &job->touches[task], err)
                     : cut_shape(job, crew, piece, &job->touches[task], err);
    }
    if (status == TPK_OK && piece->geom.n_parts > 0) status = measure_piece(job, crew, piece, err);
    if (status == TPK_OK) return status;
    return tpk_err_prefix(err, status, _("zone number %lld and feature number %lld"),
                          (long long)piece->zone + 1, (long long)piece->feature + 1);
}

/* The pairs of zones and features whose boxes meet, by zone, then feature, as pieces still empty. */
static tpk_status find_pairs(overlay_job *job, tpk_err *err)
{
    tpk_geos_hits hits = {0};
    tpk_status status = TPK_OK;
    size_t capacity = 0;
    tpk_overlay *out = job->out;
    for (size_t z = 0; z < job->n_zones && status == TPK_OK; z++) {
        status = take_zone(job, &job->crew[0], z, err);
        if (status == TPK_OK)
            status = tpk_geos_tree_query(job->crew[0].worker, job->tree, job->crew[0].zone, &hits, err);
        if (status == TPK_OK &&
            !tpk_grow(&out->pieces, &capacity, out->n_pieces + hits.n, sizeof *out->pieces)) {
            status = tpk_err_memory(err);
        }
        for (size_t i = 0; i < hits.n && status == TPK_OK; i++) {
            out->pieces[out->n_pieces++] = (tpk_piece){.zone = (int64_t)z, .feature = hits.items[i]};
        }
        job->first_pair[z + 1] = out->n_pieces;
    }
    tpk_free(hits.items);
    if (status != TPK_OK) return status;
    job->touches = tpk_zalloc(out->n_pieces, sizeof *job->touches);
    return job->touches ? TPK_OK : tpk_err_memory(err);
}

/* The first feature that touches is the nearest; else the tree is asked. */
static tpk_status find_nearest(const overlay_job *job, member *crew, size_t z, tpk_zone_overlay *zone,
                               tpk_err *err)
{
    for (size_t i = job->first_pair[z]; i < job->first_pair[z + 1]; i++) {
        if (!job->touches[i]) continue;
        zone->nearest_feature = job->out->pieces[i].feature;
        zone->nearest_m = 0;
        return TPK_OK;
    }
    tpk_status status = take_zone(job, crew, z, err);
    if (status != TPK_OK) return status;
    return tpk_geos_tree_nearest(crew->worker, job->tree, crew->zone, &zone->nearest_feature,
                                 &zone->nearest_m, err);
}

/* Hectares of the union of the zone's pieces. */
static tpk_status measure_union(const overlay_job *job, const member *crew, size_t z, const tpk_geom *geoms,
                                int64_t n, double *area_ha, tpk_err *err)
{
    tpk_geom_buffer all = {0};
    tpk_status status = tpk_geos_union(crew->worker, geoms, n, &all, err);
    if (status == TPK_OK) *area_ha = tpk_map_area_m2(job->areas[z], tpk_geom_buffer_view(&all)) / M2_PER_HA;
    tpk_geom_buffer_clear(&all);
    return status;
}

static tpk_status measure_zone(const overlay_job *job, const member *crew, size_t z, tpk_zone_overlay *zone,
                               tpk_err *err)
{
    size_t first = job->first_pair[z], end = job->first_pair[z + 1];
    tpk_geom *geoms = tpk_alloc(end - first, sizeof *geoms);
    if (!geoms) return tpk_err_memory(err);
    int64_t n = 0;
    zone->measure = 0;
    for (size_t i = first; i < end; i++) {
        const tpk_piece *piece = &job->out->pieces[i];
        if (piece->geom.n_parts == 0) continue;
        zone->measure += piece->measure;
        geoms[n++] = tpk_geom_buffer_view(&piece->geom);
    }
    tpk_status status = TPK_OK;
    if (job->kind == TPK_GEOM_POLYGON && n > 1)
        status = measure_union(job, crew, z, geoms, n, &zone->measure, err);
    tpk_free(geoms);
    return status;
}

static tpk_status sum_zone(overlay_job *job, member *crew, int64_t task, tpk_err *err)
{
    size_t z = (size_t)task;
    tpk_zone_overlay *zone = &job->out->zones[z];
    tpk_status status = measure_zone(job, crew, z, zone, err);
    if (status == TPK_OK) status = find_nearest(job, crew, z, zone, err);
    return status == TPK_OK ? status
                            : tpk_err_prefix(err, status, _("zone number %lld"), (long long)task + 1);
}

/* Pairs that gave no piece leave the list. */
static void drop_empty(tpk_overlay *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->n_pieces; i++) {
        if (out->pieces[i].geom.n_parts == 0) {
            tpk_geom_buffer_clear(&out->pieces[i].geom);
        } else {
            out->pieces[kept++] = out->pieces[i];
        }
    }
    out->n_pieces = kept;
}

static tpk_status start_crew(overlay_job *job, int n_threads, tpk_err *err)
{
    int n = n_threads > 0 ? n_threads : omp_get_num_procs();
    job->crew = tpk_zalloc((size_t)n, sizeof *job->crew);
    if (!job->crew) return tpk_err_memory(err);
    for (; job->n_crew < n; job->n_crew++) {
        member *crew = &job->crew[job->n_crew];
        tpk_status status = tpk_worker_new(&crew->worker, err);
        if (status == TPK_OK && job->kind == TPK_GEOM_LINE) {
            status = tpk_crs_new(crew->worker, tpk_crs_wkt(job->crs), &crew->crs, err);
        }
        if (status != TPK_OK) {
            tpk_worker_free(crew->worker);
            return status;
        }
    }
    return TPK_OK;
}

/* PROJ is asked here only, by one thread. */
static tpk_status measure_zones(overlay_job *job, tpk_err *err)
{
    if (job->kind != TPK_GEOM_POLYGON) return TPK_OK;
    for (size_t z = 0; z < job->n_zones; z++) {
        if (job->zones[z].n_parts == 0) continue;
        tpk_status status = tpk_map_area_new(job->crs, tpk_geom_box(job->zones[z]), &job->areas[z], err);
        if (status != TPK_OK) return tpk_err_prefix(err, status, _("zone number %zu"), z + 1);
        job->zone_m2[z] = tpk_map_area_m2(job->areas[z], job->zones[z]);
    }
    return TPK_OK;
}

static tpk_status start_job(overlay_job *job, int n_threads, tpk_err *err)
{
    job->shapes = tpk_zalloc((size_t)job->n_features, sizeof(tpk_geos_geom *));
    job->areas = tpk_zalloc(job->n_zones, sizeof(tpk_map_area *));
    job->zone_m2 = tpk_zalloc(job->n_zones, sizeof *job->zone_m2);
    job->first_pair = tpk_zalloc(job->n_zones + 1, sizeof *job->first_pair);
    job->out->zones = tpk_zalloc(job->n_zones, sizeof *job->out->zones);
    if (!job->shapes || !job->areas || !job->zone_m2 || !job->first_pair || !job->out->zones)
        return tpk_err_memory(err);
    tpk_status status = start_crew(job, n_threads, err);
    return status == TPK_OK ? measure_zones(job, err) : status;
}

static void end_job(overlay_job *job)
{
    tpk_geos_tree_free(job->tree);
    for (int64_t f = 0; job->shapes && f < job->n_features; f++) tpk_geos_geom_free(job->shapes[f]);
    for (size_t z = 0; job->areas && z < job->n_zones; z++) tpk_map_area_free(job->areas[z]);
    for (int t = 0; t < job->n_crew; t++) {
        tpk_geos_geom_free(job->crew[t].zone);
        tpk_crs_free(job->crew[t].crs);
        tpk_worker_free(job->crew[t].worker);
    }
    tpk_free(job->crew);
    tpk_free(job->shapes);
    tpk_free(job->areas);
    tpk_free(job->zone_m2);
    tpk_free(job->first_pair);
    tpk_free(job->touches);
}

static tpk_status check(const overlay_job *job, tpk_err *err)
{
    if (job->kind == TPK_GEOM_NONE || job->kind > TPK_GEOM_POLYGON) {
        return tpk_err_set(err, TPK_ERR_ARGUMENT,
                           _("a layer to overlay must hold points, lines or polygons"));
    }
    for (size_t z = 0; z < job->n_zones; z++) {
        if (job->zones[z].n_parts > 0 && job->zones[z].kind != TPK_GEOM_POLYGON) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT, _("zone number %zu is not a polygon"), z + 1);
        }
    }
    for (int64_t f = 0; f < job->n_features; f++) {
        if (job->features[f].n_parts > 0 && job->features[f].kind != job->kind) {
            return tpk_err_set(err, TPK_ERR_ARGUMENT,
                               _("feature number %lld is of another kind than its layer"), (long long)f + 1);
        }
    }
    return TPK_OK;
}

tpk_status tpk_overlay_run(const tpk_geom *zones, size_t n_zones, const tpk_geom *features,
                           int64_t n_features, tpk_geom_kind kind, tpk_crs *crs, int n_threads,
                           const tpk_control *control, tpk_overlay *overlay, tpk_err *err)
{
    *overlay = (tpk_overlay){0};
    overlay_job job = {.zones = zones,
                       .n_zones = n_zones,
                       .features = features,
                       .n_features = n_features,
                       .kind = kind,
                       .crs = crs,
                       .control = control,
                       .out = overlay};
    int64_t n_imports = (n_features + FEATURES_AT_ONCE - 1) / FEATURES_AT_ONCE;
    tpk_status status = check(&job, err);
    if (status == TPK_OK) status = start_job(&job, n_threads, err);
    if (status == TPK_OK)
        status = run_tasks(&job, import_feature, n_imports, 1, _("preparing the overlay"), _("parts"), err);
    if (status == TPK_OK)
        status = tpk_geos_tree_new(job.crew[0].worker, job.shapes, n_features, &job.tree, err);
    if (status == TPK_OK) status = find_pairs(&job, err);
    if (status == TPK_OK) {
        status = run_tasks(&job, cut_pair, (int64_t)overlay->n_pieces, PAIRS_AT_ONCE, _("overlaying"),
                           _("pairs"), err);
    }
    if (status == TPK_OK)
        status = run_tasks(&job, sum_zone, (int64_t)n_zones, 1, _("measuring zones"), _("zones"), err);
    end_job(&job);
    if (status == TPK_OK) {
        drop_empty(overlay);
    } else {
        tpk_overlay_clear(overlay);
    }
    return status;
}

void tpk_overlay_clear(tpk_overlay *overlay)
{
    for (size_t i = 0; i < overlay->n_pieces; i++) tpk_geom_buffer_clear(&overlay->pieces[i].geom);
    tpk_free(overlay->pieces);
    tpk_free(overlay->zones);
    *overlay = (tpk_overlay){0};
}
