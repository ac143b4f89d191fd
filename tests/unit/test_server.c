/* The server's parts: addresses taken apart, pictures, the queue, what is kept from an ETag. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "output/gzip.h"
#include "server/answer.h"
#include "server/queue.h"
#include "server/request.h"

/* ---- addresses ---- */

static tpk_status parse(const char *path, const char *name, const char *value, tpk_request *request)
{
    tpk_parameter parameter = {name, value};
    tpk_err err = {TPK_OK, ""};
    tpk_status status = tpk_request_parse(path, &parameter, name ? 1 : 0, request, &err);
    assert_int_equal(status != TPK_OK, err.message[0] != '\0');
    return status;
}

static void a_tile_address_is_taken_apart(void **state)
{
    (void)state;
    tpk_request r;
    assert_int_equal(parse("/tiles/8/255/0.png", "w", "lereng:1", &r), TPK_OK);
    assert_int_equal(r.ask, TPK_ASK_TILE);
    assert_int_equal(r.z, 8);
    assert_int_equal(r.x, 255);
    assert_int_equal(r.y, 0);
    assert_false(r.classes);
    assert_string_equal(r.weights, "lereng:1");
    tpk_request_clear(&r);
    assert_int_equal(parse("/tiles/22/4194303/4194303.png", "style", "classes", &r), TPK_OK);
    assert_true(r.classes);
    assert_null(r.weights);
    tpk_request_clear(&r);
}

static void tiles_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const PATHS[] = {
        "/tiles/8/256/0.png", "/tiles/8/0/256.png",        "/tiles/23/0/0.png", "/tiles/8/0/0",
        "/tiles/8/0/0.png/",  "/tiles/8//0.png",           "/tiles/+8/0/0.png", "/tiles/8/00/0.png",
        "/tiles/8/0/0.PNG",   "/tiles/4294967296/0/0.png", "/tiles/",           "/tiles/8/0x1/0.png"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        tpk_request r;
        assert_int_equal(parse(PATHS[i], NULL, NULL, &r), TPK_ERR_ARGUMENT);
        tpk_request_clear(&r);
    }
}

static void a_whole_address_is_parted_into_host_and_path(void **state)
{
    (void)state;
    static const struct {
        const char *target, *host, *path;
    } CASES[] = {{"/a/b", NULL, "/a/b"},
                 {"http://h:80/a", "h:80", "/a"},
                 {"HTTPS://h", "h", "/"},
                 {"http://h/", "h", "/"},
                 {"http://h//a", "h", "//a"},
                 {"http:///a", NULL, "http:///a"},
                 {"ftp://h/a", NULL, "ftp://h/a"},
                 {"http:/h", NULL, "http:/h"},
                 {"/http://h/a", NULL, "/http://h/a"},
                 {"", NULL, ""},
                 {"http", NULL, "http"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t n_host;
        const char *host, *path = tpk_target_path(CASES[i].target, &host, &n_host);
        assert_string_equal(path, CASES[i].path);
        assert_int_equal(host != NULL, CASES[i].host != NULL);
        if (!host) continue;
        assert_int_equal(n_host, strlen(CASES[i].host));
        assert_memory_equal(host, CASES[i].host, n_host);
    }
}

static void parameters_are_checked(void **state)
{
    (void)state;
    tpk_request r;
    assert_int_equal(parse("/explain", "lon", "181", &r), TPK_ERR_ARGUMENT);
    tpk_request_clear(&r);
    assert_int_equal(parse("/explain", "lon", "115", &r), TPK_ERR_ARGUMENT);
    tpk_request_clear(&r);
    assert_int_equal(parse("/zones.geojson", "style", "classes", &r), TPK_ERR_ARGUMENT);
    tpk_request_clear(&r);
    const tpk_parameter both[] = {{"lat", "-3.98"}, {"lon", "114.95"}};
    assert_int_equal(tpk_request_parse("/explain", both, 2, &r, NULL), TPK_OK);
    assert_true(r.lon == 114.95 && r.lat == -3.98);
    tpk_request_clear(&r);
    assert_int_equal(parse("/app.js", "v", "1", &r), TPK_OK);
    assert_int_equal(r.ask, TPK_ASK_FILE);
    assert_string_equal(r.path, "app.js");
    tpk_request_clear(&r);
}

static void a_request_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    const tpk_parameter weights = {"w", "lereng:1"};
    long live = tpk_mem_live_count();
    static const char *const PATHS[] = {"/zones.geojson", "/file"};
    for (size_t i = 0; i < 2; i++) {
        tpk_request r;
        tpk_mem_fail_after(0);
        tpk_status status = tpk_request_parse(PATHS[i], &weights, 1, &r, NULL);
        tpk_mem_fail_after(-1);
        assert_int_equal(status, TPK_ERR_MEMORY);
        tpk_request_clear(&r);
        assert_int_equal(tpk_mem_live_count(), live);
    }
}

static void etags_are_found_in_a_list(void **state)
{
    (void)state;
    assert_true(tpk_etag_matches("\"a\"", "\"a\""));
    assert_true(tpk_etag_matches("\"b\", W/\"a\"", "\"a\""));
    assert_true(tpk_etag_matches("*", "\"a\""));
    assert_false(tpk_etag_matches("\"ab\",\"b\"", "\"a\""));
    assert_false(tpk_etag_matches("", "\"a\""));
    assert_false(tpk_etag_matches(NULL, "\"a\""));
    assert_false(tpk_etag_matches("*", ""));
}

static void encodings_that_take_gzip_are_told_from_those_that_refuse_it(void **state)
{
    (void)state;
    static const char *const TAKES[] = {"gzip",       "GZip", "br, gzip", "gzip;q=0.5", "gzip; q=0.001",
                                        "gzip ;Q=1",  "*",    "br,*;q=1", "*;q=0,gzip", "gzip;q=1.0,*;q=0",
                                        " ,\tgzip\t,"};
    static const char *const REFUSES[] = {
        "",           "br",        "gzip;q=0",       "gzip;q=0.000", "gzip ; q=0",
        "GZIP;Q=0",   "*;q=0",     "*, gzip;q=0",    "xgzip",        "gzipped",
        "gzip;q=0,*", "gzip;q=0.", "identity;q=gzip"};
    assert_false(tpk_accepts_gzip(NULL));
    for (size_t i = 0; i < sizeof TAKES / sizeof *TAKES; i++) {
        if (!tpk_accepts_gzip(TAKES[i])) fail_msg("'%s' takes gzip", TAKES[i]);
    }
    for (size_t i = 0; i < sizeof REFUSES / sizeof *REFUSES; i++) {
        if (tpk_accepts_gzip(REFUSES[i])) fail_msg("'%s' does not take gzip", REFUSES[i]);
    }
}

/* ---- gzip ---- */

static void gzip_unpacks_to_what_it_was(void **state)
{
    (void)state;
    char text[5000], back[5000];
    uint8_t *packed;
    size_t n, got;
    memset(text, 'a', sizeof text);
    assert_int_equal(tpk_gzip(text, sizeof text, &packed, &n, NULL), TPK_OK);
    assert_true(n < 200);
    struct libdeflate_decompressor *reader = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_gzip_decompress(reader, packed, n, back, sizeof back, &got), 0);
    assert_int_equal(got, sizeof text);
    assert_memory_equal(text, back, sizeof text);
    libdeflate_free_decompressor(reader);
    tpk_free(packed);
    tpk_mem_fail_after(0);
    assert_int_equal(tpk_gzip(text, sizeof text, &packed, &n, NULL), TPK_ERR_MEMORY);
    tpk_mem_fail_after(-1);
    assert_null(packed);
}

/* ---- the queue ---- */

static const double PATIENCE_S = 60;

/* That comes soon. */
static void *next_item(tpk_queue *queue)
{
    void *item;
    assert_true(tpk_queue_take(queue, PATIENCE_S, &item));
    return item;
}

static void the_queue_is_bounded_and_keeps_the_order(void **state)
{
    (void)state;
    int items[3];
    tpk_queue *queue;
    assert_int_equal(tpk_queue_new(2, &queue, NULL), TPK_OK);
    for (int round = 0; round < 3; round++) {
        assert_true(tpk_queue_put(queue, &items[0]));
        assert_true(tpk_queue_put(queue, &items[1]));
        assert_false(tpk_queue_put(queue, &items[2]));
        assert_ptr_equal(next_item(queue), &items[0]);
        assert_ptr_equal(next_item(queue), &items[1]);
    }
    assert_true(tpk_queue_put(queue, &items[2]));
    tpk_queue_close(queue);
    assert_false(tpk_queue_put(queue, &items[0]));
    assert_ptr_equal(next_item(queue), &items[2]);
    void *none;
    assert_false(tpk_queue_take(queue, PATIENCE_S, &none));
    assert_null(none);
    tpk_queue_free(queue);
}

static void an_empty_queue_is_waited_for_as_long_as_is_said(void **state)
{
    (void)state;
    void *item = state;
    tpk_queue *queue;
    assert_int_equal(tpk_queue_new(1, &queue, NULL), TPK_OK);
    double began_s = tpk_now_seconds();
    assert_true(tpk_queue_take(queue, 0.25, &item));
    double took_s = tpk_now_seconds() - began_s;
    assert_null(item);
    if (took_s < 0.25 || took_s > 5) fail_msg("waited for %g s", took_s);
    tpk_queue_close(queue);
    assert_false(tpk_queue_take(queue, PATIENCE_S, &item));
    assert_true(tpk_now_seconds() - began_s < PATIENCE_S / 2);
    tpk_queue_free(queue);
}

static bool is_even(const void *item)
{
    return *(const int *)item % 2 == 0;
}

static void only_a_first_item_that_is_due_is_taken_out_of_turn(void **state)
{
    (void)state;
    int items[3] = {2, 3, 4};
    tpk_queue *queue;
    assert_int_equal(tpk_queue_new(3, &queue, NULL), TPK_OK);
    assert_null(tpk_queue_take_due(queue, is_even));
    for (int i = 0; i < 3; i++) assert_true(tpk_queue_put(queue, &items[i]));
    assert_ptr_equal(tpk_queue_take_due(queue, is_even), &items[0]);
    assert_null(tpk_queue_take_due(queue, is_even));
    assert_ptr_equal(next_item(queue), &items[1]);
    assert_ptr_equal(tpk_queue_take_due(queue, is_even), &items[2]);
    tpk_queue_free(queue);
}

enum { N_ITEMS = 2000, N_THREADS = 4 };

static void *take_all(void *queue)
{
    intptr_t n = 0;
    void *item;
    while (tpk_queue_take(queue, 0.001, &item)) n += item != NULL;
    return (void *)n;
}

static void every_item_is_taken_once_by_many_threads(void **state)
{
    (void)state;
    pthread_t threads[N_THREADS];
    tpk_queue *queue;
    int item;
    intptr_t total = 0;
    assert_int_equal(tpk_queue_new(8, &queue, NULL), TPK_OK);
    for (int t = 0; t < N_THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, take_all, queue), 0);
    for (int i = 0; i < N_ITEMS;) i += tpk_queue_put(queue, &item);
    tpk_queue_close(queue);
    for (int t = 0; t < N_THREADS; t++) {
        void *n;
        pthread_join(threads[t], &n);
        total += (intptr_t)n;
    }
    assert_int_equal(total, N_ITEMS);
    tpk_queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tile_address_is_taken_apart),
        cmocka_unit_test(tiles_that_are_none_are_refused),
        cmocka_unit_test(a_whole_address_is_parted_into_host_and_path),
        cmocka_unit_test(parameters_are_checked),
        cmocka_unit_test(a_request_without_memory_is_told_and_leaks_nothing),
        cmocka_unit_test(etags_are_found_in_a_list),
        cmocka_unit_test(encodings_that_take_gzip_are_told_from_those_that_refuse_it),
        cmocka_unit_test(gzip_unpacks_to_what_it_was),
        cmocka_unit_test(the_queue_is_bounded_and_keeps_the_order),
        cmocka_unit_test(an_empty_queue_is_waited_for_as_long_as_is_said),
        cmocka_unit_test(only_a_first_item_that_is_due_is_taken_out_of_turn),
        cmocka_unit_test(every_item_is_taken_once_by_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
