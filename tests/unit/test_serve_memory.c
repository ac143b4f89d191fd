/* The server's parts without memory: each says so, leaks nothing, and answers when there is some again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <utime.h>

#include "server/desk.h"
#include "server/files.h"
#include "server/guests.h"
#include "server/page.h"
#include "server/queue.h"
#include "server/server.h"
#include "small_study.h"

static char project[600];
static const tpk_control PATIENT = {0};

static int set_up(void **state)
{
    if (files_set_up(state) != 0) return -1;
    snprintf(project, sizeof project, "%s", write_small_study());
    mkdir(in_scratch("portal"), 0777);
    write_text("portal/index.html", "<p>portal</p>");
    write_text("portal/study.js", "window.TAPAK_STUDY = {};");
    return 0;
}

static tpk_live *open_live(void)
{
    tpk_err err = {TPK_OK, ""};
    tpk_live *live = NULL;
    if (tpk_live_open(project, NULL, &(tpk_options){0}, &live, &err) != TPK_OK) fail_msg("%s", err.message);
    return live;
}

static tpk_desk_sources sources_of(tpk_live *live, const char *folder)
{
    static atomic_ullong newest;
    atomic_store(&newest, 0);
    return (tpk_desk_sources){live, folder, "http://127.0.0.1:8080", &newest, NULL};
}

static tpk_desk *open_desk(const tpk_desk_sources *sources)
{
    tpk_desk *desk;
    assert_int_equal(tpk_desk_new(sources, &desk, NULL), TPK_OK);
    return desk;
}

/* ---- asking ---- */

static tpk_request request_for(const char *path, const tpk_parameter *parameters, size_t n)
{
    tpk_request request;
    tpk_err err = {TPK_OK, ""};
    if (tpk_request_parse(path, parameters, n, &request, &err) != TPK_OK) fail_msg("%s", err.message);
    request.accepts_gzip = true;
    return request;
}

typedef struct question {
    const char *path;
    tpk_parameter parameters[3];
    size_t n_parameters;
    bool of_folder;
    int least_failures; /* how many allocations it takes at the least */
} question;

static const question QUESTIONS[] = {
    {"/tiles/16/53739/33426.png", {{"w", "akses:0.5,tanah:0.5"}}, 1, false, 30},
    {"/tiles/16/53739/33426.png", {{"style", "classes"}}, 1, false, 30},
    {"/explain", {{"lon", "115.2"}, {"lat", "-3.615"}, {"w", "tinggi:1"}}, 3, false, 30},
    {"/zones.geojson", {{"w", "akses:1"}}, 1, false, 30},
    {"/tilejson.json", {{"w", "akses:1"}}, 1, false, 5},
    {"/", {{NULL, NULL}}, 0, false, 3},
    {"/", {{NULL, NULL}}, 0, true, 3},
    {"/study.js", {{NULL, NULL}}, 0, true, 5},
    {"/nowhere", {{NULL, NULL}}, 0, true, 0},
};

/* Zones that were asked for before would be there. */
static void forget_zones(tpk_live *live)
{
    char trouble[TPK_ERR_MESSAGE_SIZE];
    tpk_edition *edition = tpk_live_take(live, trouble);
    tpk_free(edition->zones_text);
    tpk_free(edition->zones_weights);
    edition->zones_text = edition->zones_weights = NULL;
    tpk_live_give(live, edition);
}

/* A desk of its own for each try, so that nothing it needs is there from before. */
static unsigned ask_new_desk(tpk_live *live, const char *folder, const tpk_request *request,
                             tpk_status *status)
{
    tpk_desk *desk;
    tpk_shelf *shelf;
    *status = tpk_shelf_new(1 << 20, &shelf, NULL);
    tpk_desk_sources sources = sources_of(live, folder);
    sources.shelf = shelf;
    if (*status == TPK_OK) *status = tpk_desk_new(&sources, &desk, NULL);
    if (*status != TPK_OK) {
        tpk_shelf_free(shelf);
        return 0;
    }
    tpk_answer answer;
    assert_true(tpk_desk_answer(desk, request, &PATIENT, &answer));
    unsigned code = answer.code;
    assert_true(code == 200 || answer.etag[0] == '\0');
    tpk_answer_clear(&answer);
    tpk_desk_free(desk);
    tpk_shelf_free(shelf);
    return code;
}

static void assert_told_without_memory(tpk_live *live, const question *q)
{
    tpk_request request = request_for(q->path, q->parameters, q->n_parameters);
    const char *folder = q->of_folder ? scratch : NULL;
    tpk_status status;
    unsigned usual = ask_new_desk(live, folder, &request, &status); /* what lasts is there now */
    forget_zones(live);
    int n_failures = 0;
    for (long k = 0;; k++) {
        long blocks = tpk_mem_live_count();
        tpk_mem_fail_after(k);
        unsigned code = ask_new_desk(live, folder, &request, &status);
        bool fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        forget_zones(live);
        assert_int_equal(tpk_mem_live_count(), blocks);
        if (!fired) {
            assert_int_equal(code, usual);
            break;
        }
        n_failures++;
        if (status != TPK_OK)
            assert_int_equal(status, TPK_ERR_MEMORY);
        else if (code != 503 && !(code == 404 && usual == 404)) /* an error without its words is still that */
            fail_msg("%s: %u when allocation %ld failed", q->path, code, k);
    }
    assert_int_equal(usual, strcmp(q->path, "/nowhere") == 0 ? 404 : 200);
    if (n_failures < q->least_failures) fail_msg("%s: only %d allocations", q->path, n_failures);
    tpk_request_clear(&request);
}

static void every_answer_without_memory_is_503_and_leaks_nothing(void **state)
{
    (void)state;
    tpk_live *live = open_live();
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++)
        assert_told_without_memory(live, &QUESTIONS[i]);
    tpk_live_free(live);
}

/* Whatever a desk lacked memory for, it answers the next request as any other desk. */
static void a_desk_that_lacked_memory_answers_the_next_request(void **state)
{
    (void)state;
    tpk_live *live = open_live();
    tpk_request request = request_for("/tiles/16/53739/33426.png", NULL, 0);
    const tpk_desk_sources sources = sources_of(live, NULL);
    tpk_desk *desk = open_desk(&sources);
    tpk_answer good, answer;
    assert_true(tpk_desk_answer(desk, &request, NULL, &good));
    assert_int_equal(good.code, 200);
    tpk_desk_free(desk);
    bool fired = true;
    for (long k = 0; fired; k += 3) {
        desk = open_desk(&sources);
        tpk_mem_fail_after(k);
        assert_true(tpk_desk_answer(desk, &request, NULL, &answer));
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        tpk_answer_clear(&answer);
        assert_true(tpk_desk_answer(desk, &request, NULL, &answer));
        assert_int_equal(answer.code, 200);
        assert_int_equal(answer.n, good.n);
        assert_memory_equal(answer.bytes, good.bytes, good.n);
        tpk_answer_clear(&answer);
        tpk_desk_free(desk);
    }
    tpk_answer_clear(&good);
    tpk_request_clear(&request);
    tpk_live_free(live);
}

static tpk_answer ask_desk(tpk_desk *desk, const char *path)
{
    tpk_request request = request_for(path, NULL, 0);
    tpk_answer answer;
    assert_true(tpk_desk_answer(desk, &request, NULL, &answer));
    assert_int_equal(answer.code, 200);
    tpk_request_clear(&request);
    return answer;
}

/* The project is newer at the next look. */
static void touch_project(void)
{
    static time_t changed = 1650000000;
    changed++;
    usleep(150 * 1000); /* files are looked at ten times a second at most */
    assert_int_equal(utime(project, &(struct utimbuf){changed, changed}), 0);
}

static void a_desk_at_rest_keeps_the_newest_study_and_no_other(void **state)
{
    (void)state;
    static const char TILE[] = "/tiles/16/53739/33426.png";
    tpk_live *live = open_live();
    const tpk_desk_sources sources = sources_of(live, NULL);
    tpk_desk *desk = open_desk(&sources), *other = open_desk(&sources);
    long blocks = tpk_mem_live_count();
    tpk_desk_rest(desk); /* before its first request */
    tpk_answer first = ask_desk(desk, TILE);
    long blocks_with_views = tpk_mem_live_count();
    tpk_desk_rest(desk);
    assert_int_equal(tpk_mem_live_count(), blocks_with_views);
    touch_project();
    tpk_answer answer = ask_desk(other, "/tilejson.json");
    tpk_answer_clear(&answer);
    assert_true(tpk_mem_live_count() > blocks_with_views + 20); /* two studies */
    tpk_desk_rest(desk);
    tpk_desk_rest(other);
    assert_int_equal(tpk_mem_live_count(), blocks + 2); /* the first answer, and the other desk's weights */
    answer = ask_desk(desk, TILE);
    assert_int_equal(answer.n, first.n);
    assert_memory_equal(answer.bytes, first.bytes, first.n);
    assert_string_not_equal(answer.etag, first.etag);
    tpk_answer_clear(&first);
    tpk_answer_clear(&answer);
    tpk_desk_free(desk);
    tpk_desk_free(other);
    tpk_live_free(live);
}

/* ---- zones ---- */

static unsigned ask_zones(tpk_desk *desk, const char *weights, const tpk_control *control, bool *is_answered)
{
    const tpk_parameter w = {"w", weights};
    tpk_request request = request_for("/zones.geojson", &w, 1);
    tpk_answer answer;
    *is_answered = tpk_desk_answer(desk, &request, control, &answer);
    unsigned code = answer.code;
    assert_int_equal(answer.n > 0, *is_answered);
    tpk_answer_clear(&answer);
    tpk_request_clear(&request);
    return code;
}

static void zones_are_left_to_the_desk_for_them_until_they_are_kept(void **state)
{
    (void)state;
    tpk_live *live = open_live();
    const tpk_desk_sources sources = sources_of(live, NULL);
    tpk_desk *quick = open_desk(&sources), *patient = open_desk(&sources);
    bool is_answered;
    assert_int_equal(ask_zones(quick, "nothing:1", NULL, &is_answered), 400);
    ask_zones(quick, "akses:1", NULL, &is_answered);
    assert_false(is_answered);
    atomic_int stop = 1;
    const tpk_control stopped = {.cancel = &stop};
    assert_int_equal(ask_zones(patient, "akses:1", &stopped, &is_answered), 503);
    ask_zones(quick, "akses:1", NULL, &is_answered);
    assert_false(is_answered); /* nothing was kept of what was stopped */
    assert_int_equal(ask_zones(patient, "akses:1", &PATIENT, &is_answered), 200);
    assert_int_equal(ask_zones(quick, "akses:1", NULL, &is_answered), 200);
    ask_zones(quick, "tanah:1", NULL, &is_answered);
    assert_false(is_answered);
    tpk_desk_free(quick);
    tpk_desk_free(patient);
    tpk_live_free(live);
}

/* ---- the live study ---- */

static long n_to_open; /* allocations that opening the study takes, or up to 6 more */

/* Beyond the live study's own at the beginning in steps: each opens the study anew. */
static void a_study_that_cannot_be_opened_leaves_nothing(void **state)
{
    (void)state;
    long blocks = tpk_mem_live_count(), k = 0;
    for (bool fired = true; fired; k += k < 20 ? 1 : 7) {
        tpk_live *live;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_live_open(project, NULL, &(tpk_options){0}, &live, NULL);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        tpk_live_free(live);
        assert_int_equal(tpk_mem_live_count(), blocks);
    }
    assert_true(k > 100);
    n_to_open = k - 7; /* without the step after the last */
}

/* Of a folder whose project changed since: the comparison needs memory too. */
static void a_folder_that_cannot_be_opened_leaves_nothing(void **state)
{
    (void)state;
    run_study(project, in_scratch("hasil"), (tpk_options){0});
    FILE *file = fopen(project, "a");
    assert_true(file && fputs("# \n", file) >= 0 && fclose(file) == 0);
    long blocks = tpk_mem_live_count(), k = 0;
    for (bool fired = true; fired; k += k < 20 ? 1 : 7) {
        tpk_live *live;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_live_open(NULL, in_scratch("hasil"), &(tpk_options){0}, &live, NULL);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        if (live) {
            char trouble[TPK_ERR_MESSAGE_SIZE];
            tpk_edition *edition = tpk_live_take(live, trouble);
            assert_non_null(strstr(edition->differs, "changed since: kecil.yaml"));
            tpk_live_give(live, edition);
        }
        tpk_live_free(live);
        assert_int_equal(tpk_mem_live_count(), blocks);
    }
    assert_true(k > 100);
}

/* The first look comes at the first request; the project is one second newer by then. */
static void a_change_that_cannot_be_read_for_want_of_memory_keeps_the_old_study(void **state)
{
    (void)state;
    long blocks = tpk_mem_live_count();
    time_t changed = 1600000000;
    int n_kept = 0;
    bool fired = true;
    for (long k = 0; fired; k += 11) {
        char trouble[TPK_ERR_MESSAGE_SIZE];
        assert_int_equal(utime(project, &(struct utimbuf){changed, changed}), 0);
        tpk_live *live = open_live();
        changed++;
        assert_int_equal(utime(project, &(struct utimbuf){changed, changed}), 0);
        tpk_mem_fail_after(k);
        tpk_edition *edition = tpk_live_take(live, trouble);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_non_null(edition);
        assert_string_equal(tpk_study_title(edition->study), "Studi kecil");
        assert_int_equal(trouble[0] != '\0', fired);
        n_kept += fired;
        if (n_kept == 2 && fired) { /* there is memory again: it is read a second later */
            uint64_t number = edition->number;
            usleep(1100 * 1000);
            tpk_edition *next = tpk_live_take(live, trouble);
            assert_true(next->number != number);
            assert_string_equal(trouble, "");
            tpk_live_give(live, next);
        }
        tpk_live_give(live, edition);
        tpk_live_free(live);
        assert_int_equal(tpk_mem_live_count(), blocks);
    }
    assert_true(n_kept > 10);
}

/* ---- small parts ---- */

static tpk_status make_queue(void)
{
    tpk_queue *queue;
    tpk_status status = tpk_queue_new(4, &queue, NULL);
    assert_int_equal(status != TPK_OK, queue == NULL);
    tpk_queue_free(queue);
    return status;
}

static tpk_status make_guests(void)
{
    tpk_guests *guests;
    tpk_status status = tpk_guests_new(4, 1, &guests, NULL);
    assert_int_equal(status != TPK_OK, guests == NULL);
    tpk_guests_free(guests);
    return status;
}

static tpk_status make_map_tile(void)
{
    tpk_map_tile *tile;
    tpk_status status = tpk_map_tile_new(&tile, NULL);
    assert_int_equal(status != TPK_OK, tile == NULL);
    tpk_map_tile_free(tile);
    return status;
}

static tpk_status make_tile_url(void)
{
    char *url = NULL, weights[] = "akses:0.5,tanah:0.5";
    tpk_request request = {.weights = weights, .classes = true};
    tpk_status status = tpk_page_tile_url("http://127.0.0.1:8080", &request, &url, NULL);
    tpk_free(url);
    return status;
}

static void parts_without_memory_are_told_and_leak_nothing(void **state)
{
    (void)state;
    tpk_status (*const MAKE[])(void) = {make_queue, make_guests, make_map_tile, make_tile_url};
    for (size_t i = 0; i < sizeof MAKE / sizeof *MAKE; i++) {
        long k = 0, blocks = tpk_mem_live_count();
        for (bool fired = true; fired; k++) {
            tpk_mem_fail_after(k);
            tpk_status status = MAKE[i]();
            fired = tpk_mem_failed_count() > 0;
            tpk_mem_fail_after(-1);
            assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
            assert_int_equal(tpk_mem_live_count(), blocks);
        }
        assert_true(k > 1);
    }
}

/* ---- guests ---- */

static bool is_shut(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void a_guest_that_asks_nothing_in_time_is_shut_and_no_other(void **state)
{
    (void)state;
    int pairs[4][2];
    tpk_guest *guest[4];
    tpk_guests *guests;
    assert_int_equal(tpk_guests_new(3, 0.3, &guests, NULL), TPK_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]), 0);
        guest[i] = tpk_guests_enter(guests, pairs[i][0]);
    }
    assert_null(guest[3]); /* there is room for three */
    tpk_guest_heard(guest[1]);
    tpk_guest_heard(guest[2]);
    tpk_guest_answered(guest[2]);
    tpk_guest_heard(guest[3]);
    usleep(2500 * 1000);
    assert_true(is_shut(pairs[0][1]));
    assert_false(is_shut(pairs[1][1])); /* it waits for its answer */
    assert_true(is_shut(pairs[2][1]));  /* its next request did not come */
    for (int i = 0; i < 4; i++) tpk_guest_leave(guest[i]);
    assert_non_null(guest[0] = tpk_guests_enter(guests, pairs[3][0]));
    tpk_guest_leave(guest[0]);
    for (int i = 0; i < 8; i++) close(pairs[i / 2][i % 2]);
    tpk_guests_free(guests);
}

/* ---- the whole server ---- */

static tpk_server_options options_of(tpk_cancel *cancel)
{
    return (tpk_server_options){
        .project = project, .bind = "127.0.0.1", .n_threads = 2, .study = {.cancel = cancel}};
}

/* Of what comes after the study. */
static void a_server_that_cannot_start_leaves_nothing(void **state)
{
    (void)state;
    long k = n_to_open - 30, blocks = tpk_mem_live_count();
    for (bool fired = true; fired; k++) {
        tpk_cancel *cancel = tpk_cancel_new();
        tpk_server_options options = options_of(cancel);
        tpk_server *server;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_server_start(&options, &server, NULL);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        assert_int_equal(server == NULL, fired);
        tpk_server_stop(server);
        tpk_cancel_free(cancel);
        assert_int_equal(tpk_mem_live_count(), blocks);
    }
    assert_true(k > n_to_open);
}

/* The answer's first bytes. */
static void get(const char *address, const char *path, char *answer, size_t size)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1))};
    char request[300];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
    ssize_t n = recv(fd, answer, size - 1, MSG_WAITALL);
    answer[n > 0 ? n : 0] = '\0';
    close(fd);
}

static void a_request_that_finds_no_memory_is_answered_503(void **state)
{
    (void)state;
    tpk_cancel *cancel = tpk_cancel_new();
    tpk_server_options options = options_of(cancel);
    tpk_server *server;
    assert_int_equal(tpk_server_start(&options, &server, NULL), TPK_OK);
    long k = 0;
    for (bool fired = true; fired; k++) {
        char answer[2000];
        tpk_mem_fail_after(k);
        get(tpk_server_address(server), "/tilejson.json", answer, sizeof answer);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        answer[12] = '\0';
        assert_string_equal(answer, fired ? "HTTP/1.1 503" : "HTTP/1.1 200");
    }
    assert_true(k > 5);
    tpk_server_stop(server);
    tpk_cancel_free(cancel);
}

static void wait_for_blocks(long blocks)
{
    for (int i = 0; i < 200 && tpk_mem_live_count() != blocks; i++) usleep(50 * 1000);
    assert_int_equal(tpk_mem_live_count(), blocks);
}

/* Every thread has answered of the study as it was when one of them sees it change. */
static void threads_that_nobody_asks_keep_no_old_study(void **state)
{
    (void)state;
    tpk_cancel *cancel = tpk_cancel_new();
    tpk_server_options options = options_of(cancel);
    tpk_server *server;
    char answer[2000];
    options.n_threads = 4;
    assert_int_equal(tpk_server_start(&options, &server, NULL), TPK_OK);
    long blocks = tpk_mem_live_count();
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 12; i++) {
            get(tpk_server_address(server), "/tiles/16/53739/33426.png", answer, sizeof answer);
            answer[12] = '\0';
            assert_string_equal(answer, "HTTP/1.1 200");
        }
        touch_project();
        get(tpk_server_address(server), "/tilejson.json", answer, sizeof answer);
        wait_for_blocks(blocks + 1); /* the weights of the one */
    }
    tpk_server_stop(server);
    tpk_cancel_free(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_without_memory_is_503_and_leaks_nothing),
        cmocka_unit_test(a_desk_that_lacked_memory_answers_the_next_request),
        cmocka_unit_test(a_desk_at_rest_keeps_the_newest_study_and_no_other),
        cmocka_unit_test(zones_are_left_to_the_desk_for_them_until_they_are_kept),
        cmocka_unit_test(a_study_that_cannot_be_opened_leaves_nothing),
        cmocka_unit_test(a_folder_that_cannot_be_opened_leaves_nothing),
        cmocka_unit_test(a_change_that_cannot_be_read_for_want_of_memory_keeps_the_old_study),
        cmocka_unit_test(parts_without_memory_are_told_and_leak_nothing),
        cmocka_unit_test(a_guest_that_asks_nothing_in_time_is_shut_and_no_other),
        cmocka_unit_test(a_server_that_cannot_start_leaves_nothing),
        cmocka_unit_test(a_request_that_finds_no_memory_is_answered_503),
        cmocka_unit_test(threads_that_nobody_asks_keep_no_old_study),
    };
    return cmocka_run_group_tests(tests, set_up, files_tear_down);
}
