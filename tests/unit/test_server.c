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

#include "base/mem.h"
#include "output/gzip.h"
#include "output/png.h"
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

/* ---- pictures ---- */

enum { SIDE = 37 };

static uint32_t u32_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The data of the chunk of a type, after its CRC was checked. */
static const uint8_t *chunk_of(const uint8_t *png, size_t n, const char *type, size_t *size)
{
    for (size_t at = 8; at < n; at += 12 + u32_at(png + at)) {
        *size = u32_at(png + at);
        assert_true(at + 12 + *size <= n);
        if (memcmp(png + at + 4, type, 4) != 0) continue;
        assert_int_equal(u32_at(png + at + 8 + *size), libdeflate_crc32(0, png + at + 4, *size + 4));
        return png + at + 8;
    }
    fail_msg("no chunk %s", type);
    return NULL;
}

static void a_picture_holds_its_pixels_and_colours(void **state)
{
    (void)state;
    uint8_t pixels[SIDE * SIDE], rows[SIDE * (SIDE + 1)], *bytes;
    tpk_rgba palette[256];
    for (int i = 0; i < 256; i++)
        palette[i] = (tpk_rgba){(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7), (uint8_t)(i ? 255 : 0)};
    for (int i = 0; i < SIDE * SIDE; i++) pixels[i] = (uint8_t)(i * 31);
    tpk_png *png;
    size_t n, size, got;
    assert_int_equal(tpk_png_new(SIDE, &png, NULL), TPK_OK);
    assert_int_equal(tpk_png_encode(png, pixels, palette, &bytes, &n, NULL), TPK_OK);
    const uint8_t *header = chunk_of(bytes, n, "IHDR", &size);
    assert_int_equal(u32_at(header), SIDE);
    assert_int_equal(u32_at(header + 4), SIDE);
    assert_memory_equal(header + 8, "\x08\x03\0\0\0", 5);
    const uint8_t *colors = chunk_of(bytes, n, "PLTE", &size);
    assert_int_equal(size, 768);
    assert_memory_equal(colors + 3 * 200, ((uint8_t[]){200, 55, (uint8_t)(200 * 7)}), 3);
    const uint8_t *alpha = chunk_of(bytes, n, "tRNS", &size);
    assert_int_equal(alpha[0], 0);
    assert_int_equal(alpha[255], 255);
    const uint8_t *data = chunk_of(bytes, n, "IDAT", &size);
    struct libdeflate_decompressor *reader = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_zlib_decompress(reader, data, size, rows, sizeof rows, &got), 0);
    assert_int_equal(got, sizeof rows);
    for (int r = 0; r < SIDE; r++) {
        assert_int_equal(rows[r * (SIDE + 1)], 0);
        assert_memory_equal(rows + r * (SIDE + 1) + 1, pixels + r * SIDE, SIDE);
    }
    chunk_of(bytes, n, "IEND", &size);
    assert_int_equal(size, 0);
    libdeflate_free_decompressor(reader);
    tpk_free(bytes);
    tpk_png_free(png);
}

static void a_picture_without_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    static const uint8_t PIXELS[SIDE * SIDE];
    static const tpk_rgba PALETTE[256];
    long live = tpk_mem_live_count(), k = 0;
    for (long n_fired = 1; n_fired > 0; k++) {
        tpk_png *png = NULL;
        uint8_t *bytes = NULL;
        size_t n;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_png_new(SIDE, &png, NULL);
        if (status == TPK_OK) status = tpk_png_encode(png, PIXELS, PALETTE, &bytes, &n, NULL);
        n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, n_fired == 0 ? TPK_OK : TPK_ERR_MEMORY);
        tpk_free(bytes);
        tpk_png_free(png);
        assert_int_equal(tpk_mem_live_count(), live);
    }
    assert_true(k > 3);
}

static void gzip_unpacks_to_what_it_was(void **state)
{
    (void)state;
    char text[5000], back[5000], *packed;
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
        assert_ptr_equal(tpk_queue_take(queue), &items[0]);
        assert_ptr_equal(tpk_queue_take(queue), &items[1]);
    }
    assert_true(tpk_queue_put(queue, &items[2]));
    tpk_queue_close(queue);
    assert_false(tpk_queue_put(queue, &items[0]));
    assert_ptr_equal(tpk_queue_take(queue), &items[2]);
    assert_null(tpk_queue_take(queue));
    tpk_queue_free(queue);
}

enum { N_ITEMS = 2000, N_THREADS = 4 };

static void *take_all(void *queue)
{
    intptr_t n = 0;
    while (tpk_queue_take(queue)) n++;
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
        cmocka_unit_test(parameters_are_checked),
        cmocka_unit_test(a_request_without_memory_is_told_and_leaks_nothing),
        cmocka_unit_test(etags_are_found_in_a_list),
        cmocka_unit_test(a_picture_holds_its_pixels_and_colours),
        cmocka_unit_test(a_picture_without_memory_is_told_and_leaks_nothing),
        cmocka_unit_test(gzip_unpacks_to_what_it_was),
        cmocka_unit_test(the_queue_is_bounded_and_keeps_the_order),
        cmocka_unit_test(every_item_is_taken_once_by_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
