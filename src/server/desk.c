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

enum { TAKES_LONG = 0 }; /* in place of an answer's code */

struct tpk_desk {
    tpk_desk_sources from;
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
    tpk_live_give(desk->from.live, desk->edition);
    desk->edition = NULL;
}

tpk_status tpk_desk_new(const tpk_desk_sources *sources, tpk_desk **desk, tpk_err *err)
{
    *desk = NULL;
    tpk_desk *made = tpk_zalloc(1, sizeof *made);
    if (!made) return tpk_err_memory(err);
    made->from = *sources;
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

static void note_newest(const tpk_desk *desk)
{
    unsigned long long known = atomic_load(desk->from.newest), own = desk->edition->number;
    while (known < own && !atomic_compare_exchange_weak(desk->from.newest, &known, own)) continue;
}

void tpk_desk_rest(tpk_desk *desk)
{
    if (!desk->edition || desk->edition->number == atomic_load(desk->from.newest)) return;
    leave_edition(desk);
    tpk_mem_trim(); /* this thread may not be asked again, and memory that it freed is of no use to others */
}

/* The study as it is now; what must be known of it goes with the answer. An error with the code 503: there is
 * no study yet. */
static tpk_status enter_edition(tpk_desk *desk, tpk_answer *answer, tpk_err *err)
{
    char trouble[TPK_ERR_MESSAGE_SIZE];
    tpk_edition *newest = tpk_live_take(desk->from.live, trouble);
    if (newest == desk->edition) {
        tpk_live_give(desk->from.live, newest);
    } else {
        leave_edition(desk);
        desk->edition = newest;
    }
    if (!desk->edition) {
        answer->code = 503; /* it may come */
        return tpk_err_set(err, TPK_ERR_IO, "%s", trouble);
    }
    note_newest(desk);
    const char *remark = trouble[0] ? trouble : desk->edition->differs;
    if (remark && !(answer->trouble = tpk_strdup(remark))) return tpk_err_memory(err);
    if (desk->weights) return TPK_OK;
    desk->weights = tpk_alloc(tpk_study_criterion_count(desk->edition->study), sizeof *desk->weights);
    return desk->weights ? TPK_OK : tpk_err_memory(err);
}

/* ---- what comes from the study ---- */

/* The view of a CRS under the weights that are asked for, which are parsed; made when it is not there yet. */
static tpk_status take_view(tpk_desk *desk, const char *crs, const char *weights, tpk_view **view,
                            tpk_err *err)
{
    tpk_status status = *view ? TPK_OK : tpk_view_new(desk->edition->study, crs, NULL, view, err);
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

/* ---- zones ---- */

/* The zones that were asked for last, if they are of these weights; else *text stays NULL. */
static tpk_status copy_kept_zones(tpk_edition *edition, const char *weights, char **text, tpk_err *err)
{
    pthread_mutex_lock(&edition->zones);
    const char *kept = edition->zones_weights;
    bool same = edition->zones_text && (weights && kept ? strcmp(weights, kept) == 0 : weights == kept);
    if (same) *text = tpk_strdup(edition->zones_text);
    pthread_mutex_unlock(&edition->zones);
    return same && !*text ? tpk_err_memory(err) : TPK_OK;
}

static tpk_status keep_zones(tpk_edition *edition, const char *weights, const char *text, tpk_err *err)
{
    char *kept_text = tpk_strdup(text), *kept_weights = weights ? tpk_strdup(weights) : NULL;
    if (!kept_text || (weights && !kept_weights)) {
        tpk_free(kept_text);
        tpk_free(kept_weights);
        return tpk_err_memory(err);
    }
    pthread_mutex_lock(&edition->zones);
    tpk_free(edition->zones_text);
    tpk_free(edition->zones_weights);
    edition->zones_text = kept_text;
    edition->zones_weights = kept_weights;
    pthread_mutex_unlock(&edition->zones);
    return TPK_OK;
}

static tpk_status compute_zones(tpk_desk *desk, const char *weights, const tpk_control *control, char **text,
                                tpk_err *err)
{
    tpk_status status = take_view(desk, "EPSG:4326", weights, &desk->places, err);
    if (status == TPK_OK) status = tpk_view_zones_geojson(desk->places, control, text, err);
    return status == TPK_OK ? keep_zones(desk->edition, weights, *text, err) : status;
}

static tpk_status answer_zones(tpk_desk *desk, const tpk_request *request, const tpk_control *control,
                               tpk_answer *answer, tpk_err *err)
{
    answer->type = "application/geo+json";
    tpk_status status = copy_kept_zones(desk->edition, request->weights, &answer->bytes, err);
    if (status == TPK_OK && !answer->bytes) {
        if (!control) {
            answer->code = TAKES_LONG;
            return TPK_OK;
        }
        status = compute_zones(desk, request->weights, control, &answer->bytes, err);
    }
    if (status == TPK_OK) answer->n = strlen(answer->bytes);
    return status;
}

/* ---- answers ---- */

static tpk_status answer_tilejson(tpk_desk *desk, const tpk_request *request, tpk_answer *answer,
                                  tpk_err *err)
{
    const tpk_study *study = desk->edition->study;
    char *url = NULL;
    tpk_status status = tpk_page_tile_url(desk->from.address, request, &url, err);
    if (status == TPK_OK)
        status = tpk_tilejson(tpk_study_title(study), study->project->note, url, study->lonlat, TPK_MAX_ZOOM,
                              &answer->bytes, err);
    tpk_free(url);
    if (status == TPK_OK) answer->n = strlen(answer->bytes);
    return status;
}

/* What stands at / where there is no portal. */
static tpk_status answer_page(tpk_desk *desk, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    answer->type = "text/html; charset=utf-8";
    tpk_status status = tpk_page_html(desk->edition->study, desk->from.address, request, &answer->bytes, err);
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
    snprintf(place, sizeof place, "%d %d %u %u %d %.17g %.17g %d %d", (int)r->ask, r->z, r->x, r->y,
             r->classes, r->lon, r->lat, packs, r->https);
    uint64_t hash = digest(digest(digest(UINT64_C(0xcbf29ce484222325), place), r->weights), r->host);
    snprintf(answer->etag, sizeof answer->etag, "\"%llx-%llx\"", (unsigned long long)desk->edition->number,
             (unsigned long long)hash);
}

static tpk_status answer_from_study(tpk_desk *desk, const tpk_request *request, const tpk_control *control,
                                    tpk_answer *answer, tpk_err *err)
{
    tpk_status status = TPK_OK;
    if (request->weights)
        status = tpk_weights_parse(desk->edition->study, request->weights, desk->weights, err);
    if (status != TPK_OK) return status;
    tag(desk, request, answer);
    if (tpk_etag_matches(request->if_none_match, answer->etag)) {
        answer->code = 304;
        return TPK_OK;
    }
    switch (request->ask) {
    case TPK_ASK_TILE: return answer_tile(desk, request, answer, err);
    case TPK_ASK_EXPLAIN: return answer_place(desk, request, answer, err);
    case TPK_ASK_ZONES: return answer_zones(desk, request, control, answer, err);
    case TPK_ASK_FILE: return answer_page(desk, request, answer, err);
    default: return answer_tilejson(desk, request, answer, err);
    }
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

/* The file that the run wrote says more than can be computed here, as long as it is of the same study. */
static bool is_zones_file(const tpk_desk *desk, const tpk_request *request, const tpk_answer *answer)
{
    return request->ask == TPK_ASK_ZONES && !request->weights && desk->from.folder && !answer->trouble;
}

static tpk_status answer_zones_file(tpk_desk *desk, const tpk_request *request, tpk_answer *answer,
                                    tpk_err *err)
{
    char path[] = "zones.geojson";
    tpk_request file = *request; /* borrows what the request owns */
    file.path = path;
    return tpk_files_answer(desk->from.folder, desk->from.shelf, &file, answer, err);
}

static tpk_status answer_study(tpk_desk *desk, const tpk_request *request, const tpk_control *control,
                               tpk_answer *answer, tpk_err *err)
{
    tpk_status status = enter_edition(desk, answer, err);
    if (status == TPK_OK && is_zones_file(desk, request, answer)) {
        status = answer_zones_file(desk, request, answer, err);
        if (status != TPK_OK || answer->code != 404) return status;
        tpk_answer_clear(answer);
        answer->code = 200;
    }
    if (status == TPK_OK) status = answer_from_study(desk, request, control, answer, err);
    if (status == TPK_OK && request->ask != TPK_ASK_TILE) status = pack(request, answer, err);
    return status;
}

static tpk_status answer_file(tpk_desk *desk, const tpk_request *request, tpk_answer *answer, tpk_err *err)
{
    tpk_status status = tpk_files_answer(desk->from.folder, desk->from.shelf, request, answer, err);
    bool is_start = *request->path == '\0';
    if (status != TPK_OK || answer->code != 404 || !is_start) return status;
    tpk_answer_clear(answer);
    answer->code = 200;
    return answer_study(desk, request, NULL, answer, err);
}

bool tpk_desk_answer(tpk_desk *desk, const tpk_request *request, const tpk_control *control,
                     tpk_answer *answer)
{
    tpk_err err = {TPK_OK, ""};
    *answer = TPK_NO_ANSWER;
    answer->code = 200;
    tpk_status status = request->ask == TPK_ASK_FILE ? answer_file(desk, request, answer, &err)
                                                     : answer_study(desk, request, control, answer, &err);
    if (status != TPK_OK && answer->code == 503)
        tpk_answer_error(answer, 503, err.message);
    else if (status != TPK_OK)
        tpk_answer_failure(answer, &err);
    bool is_answered = answer->code != TAKES_LONG;
    if (!is_answered) tpk_answer_clear(answer);
    return is_answered;
}
