#include "server/desk.h"

#include <stdio.h>
#include <string.h>

#include "api/weights.h"
#include "api/zones_view.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "output/gzip.h"
#include "output/serve_json.h"
#include "server/files.h"
#include "server/page.h"

struct tpk_desk {
    tpk_live *live;
    const char *folder, *address;
    tpk_map_tile *tile;
    tpk_edition *edition; /* NULL before the first request */
    /* Of the edition; NULL until they are needed. */
    tpk_view *map, *places; /* EPSG:3857 and EPSG:4326 */
    double *weights;        /* n_criteria */
};

/* ---- life ---- */

static void leave_edition(tpk_desk *desk)
{
    tpk_view_free(desk->map);
    tpk_view_free(desk->places);
    tpk_free(desk->weights);
    desk->map = desk->places = NULL;
    desk->weights = NULL;
    tpk_live_give(desk->live, desk->edition);
    desk->edition = NULL;
}

tpk_status tpk_desk_new(tpk_live *live, const char *folder, const char *address, tpk_desk **desk,
                        tpk_err *err)
{
    *desk = NULL;
    tpk_desk *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->live = live;
    made->folder = folder;
    made->address = address;
    tpk_status status = tpk_map_tile_new(&made->tile, err);
    if (status != TPK_OK) {
        tpk_free(made);
        return status;
    }
    *desk = made;
    return TPK_OK;
}

void tpk_desk_free(tpk_desk *desk)
{
    if (!desk) return;
    leave_edition(desk);
    tpk_map_tile_free(desk->tile);
    tpk_free(desk);
}

/* The study as it is now; its trouble, if any, goes with the answer. */
static tpk_status enter_edition(tpk_desk *desk, tpk_answer *answer, tpk_err *err)
{
    char trouble[TPK_ERR_MESSAGE_SIZE];
    tpk_edition *newest = tpk_live_take(desk->live, trouble);
    if (newest == desk->edition) {
        tpk_live_give(desk->live, newest);
    } else {
        leave_edition(desk);
        desk->edition = newest;
    }
    if (trouble[0]) answer->trouble = tpk_strdup(trouble);
    if (desk->weights) return TPK_OK;
    desk->weights = tpk_alloc(tpk_study_criterion_count(desk->edition->study), sizeof *desk->weights);
    return desk->weights ? TPK_OK : tpk_err_memory(err);
}

/* ---- what comes from the study ---- */

/* The view of a CRS under the weights that are asked for; made when it is not there yet. */
static tpk_status take_view(tpk_desk *desk, const char *crs, const char *weights, tpk_view **view,
                            tpk_err *err)
{
    const tpk_study *study = desk->edition->study;
    tpk_status status = weights ? tpk_weights_parse(study, weights, desk->weights, err) : TPK_OK;
    if (status == TPK_OK && !*view) status = tpk_view_new(study, crs, NULL, view, err);
    return status == TPK_OK ? tpk_view_set_weights(*view, weights ? desk->weights : NULL, err) : status;
}

static tpk_status answer_tile(tpk_desk *desk, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    tpk_status status = take_view(desk, "EPSG:3857", request->weights, &desk->map, err);
    if (status != TPK_OK) return status;
    answer->type = "image/png";
    return tpk_map_tile_draw(desk->tile, desk->map, request, &desk->edition->colors, &answer->bytes,
                             &answer->n, err);
}

static tpk_status answer_place(tpk_desk *desk, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    tpk_explanation *explanation = NULL;
    tpk_status status = take_view(desk, "EPSG:4326", request->weights, &desk->places, err);
    if (status == TPK_OK)
        status = tpk_view_explain(desk->places, request->lon, request->lat, &explanation, err);
    if (status == TPK_OK) status = tpk_explanation_json(explanation, &answer->bytes, err);
    tpk_explanation_free(explanation);
    if (status == TPK_OK) answer->n = strlen(answer->bytes);
    return status;
}

static tpk_status answer_zones(tpk_desk *desk, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    tpk_status status = take_view(desk, "EPSG:4326", request->weights, &desk->places, err);
    if (status != TPK_OK) return status;
    pthread_mutex_lock(&desk->edition->zones);
    status = tpk_view_zones_geojson(desk->places, &answer->bytes, err);
    pthread_mutex_unlock(&desk->edition->zones);
    if (status == TPK_OK) answer->n = strlen(answer->bytes);
    answer->type = "application/geo+json";
    return status;
}

static tpk_status answer_tilejson(tpk_desk *desk, const tpk_request *request, tpk_answer *answer,
                                  tpk_err *err)
{
    const tpk_study *study = desk->edition->study;
    char *url = NULL;
    tpk_status status =
        request->weights ? tpk_weights_parse(study, request->weights, desk->weights, err) : TPK_OK;
    if (status == TPK_OK) status = tpk_page_tile_url(desk->address, request, &url, err);
    if (status == TPK_OK)
        status = tpk_tilejson(tpk_study_title(study), study->project->note, url, study->lonlat, TPK_MAX_ZOOM,
                              &answer->bytes, err);
    tpk_free(url);
    if (status == TPK_OK) answer->n = strlen(answer->bytes);
    return status;
}

/* FNV-1a over all that the answer depends on. */
static uint64_t digest(uint64_t hash, const char *text)
{
    for (const char *c = text ? text : "\1";; c++) {
        hash = (hash ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
        if (*c == '\0') return hash;
    }
}

static void tag(const tpk_desk *desk, const tpk_request *r, tpk_answer *answer)
{
    char place[160];
    bool packs = r->ask != TPK_ASK_TILE && r->accepts_gzip;
    snprintf(place, sizeof place, "%d %d %u %u %d %.17g %.17g %d", (int)r->ask, r->z, r->x, r->y, r->classes,
             r->lon, r->lat, packs);
    uint64_t hash = digest(digest(digest(UINT64_C(0xcbf29ce484222325), place), r->weights), r->host);
    snprintf(answer->etag, sizeof answer->etag, "\"%llx-%llx\"", (unsigned long long)desk->edition->number,
             (unsigned long long)hash);
}

static tpk_status answer_from_study(tpk_desk *desk, const tpk_request *request, tpk_answer *answer,
                                    tpk_err *err)
{
    tag(desk, request, answer);
    if (tpk_etag_matches(request->if_none_match, answer->etag)) {
        answer->code = 304;
        return TPK_OK;
    }
    switch (request->ask) {
    case TPK_ASK_TILE: return answer_tile(desk, request, answer, err);
    case TPK_ASK_EXPLAIN: return answer_place(desk, request, answer, err);
    case TPK_ASK_ZONES: return answer_zones(desk, request, answer, err);
    default: return answer_tilejson(desk, request, answer, err);
    }
}

/* ---- files ---- */

static tpk_status answer_file(tpk_desk *desk, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    tpk_status status = tpk_files_answer(desk->folder, request, answer, err);
    bool is_start = *request->path == '\0';
    if (status != TPK_OK || answer->code != 404 || !is_start) return status;
    tpk_answer_clear(answer);
    status = enter_edition(desk, answer, err);
    if (status != TPK_OK) return status;
    answer->code = 200;
    answer->type = "text/html; charset=utf-8";
    status = tpk_page_html(desk->edition->study, desk->address, request, &answer->bytes, err);
    if (status == TPK_OK) answer->n = strlen(answer->bytes);
    return status;
}

static tpk_status pack(const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    enum { LEAST = 1024 };
    answer->varies = true;
    if (!request->accepts_gzip || answer->n < LEAST) return TPK_OK;
    uint8_t *packed;
    tpk_status status = tpk_gzip(answer->bytes, answer->n, &packed, &answer->n, err);
    if (status != TPK_OK) return status;
    tpk_free(answer->bytes);
    answer->bytes = (char *)packed;
    answer->gzipped = true;
    return TPK_OK;
}

void tpk_desk_answer(tpk_desk *desk, const tpk_request *request, tpk_answer *answer)
{
    tpk_err err = {TPK_OK, ""};
    tpk_status status;
    *answer = TPK_NO_ANSWER;
    answer->code = 200;
    if (request->ask == TPK_ASK_FILE) {
        status = answer_file(desk, request, answer, &err);
    } else {
        status = enter_edition(desk, answer, &err);
        if (status == TPK_OK) status = answer_from_study(desk, request, answer, &err);
        if (status == TPK_OK && request->ask != TPK_ASK_TILE) status = pack(request, answer, &err);
    }
    if (status != TPK_OK) tpk_answer_failure(answer, &err);
}
