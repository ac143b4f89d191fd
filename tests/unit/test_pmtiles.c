/* PMTiles archives, read back by pmtiles_reader.py, which knows the specification and nothing of Tapak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/sha.h>

#include "output/pmtiles.h"
#include "study_files.h"

static const tpk_pmtiles_about PNG_0_TO_9 = {
    TPK_TILES_PNG, 0, 9, {114.25, -4.5, 117, -1.25}, "{\"name\": \"Uji\"}"};

/* The examples of the specification. */
static void ids_follow_the_specification(void **state)
{
    (void)state;
    assert_int_equal(tpk_tile_id((tpk_tile_address){0, 0, 0}), 0);
    assert_int_equal(tpk_tile_id((tpk_tile_address){1, 0, 0}), 1);
    assert_int_equal(tpk_tile_id((tpk_tile_address){1, 0, 1}), 2);
    assert_int_equal(tpk_tile_id((tpk_tile_address){1, 1, 1}), 3);
    assert_int_equal(tpk_tile_id((tpk_tile_address){1, 1, 0}), 4);
    assert_int_equal(tpk_tile_id((tpk_tile_address){2, 0, 0}), 5);
    assert_int_equal(tpk_tile_id((tpk_tile_address){12, 3423, 1763}), 19078479);
}

/* Hilbert's curve: neighbours along it share a side, and no tile comes twice. */
static void ids_of_a_zoom_walk_over_neighbours(void **state)
{
    (void)state;
    enum { Z = 6, SIDE = 1 << Z };
    static tpk_tile_address at[SIDE * SIDE];
    static bool seen[SIDE * SIDE];
    uint64_t first = tpk_tile_id((tpk_tile_address){Z, 0, 0});
    for (uint32_t y = 0; y < SIDE; y++) {
        for (uint32_t x = 0; x < SIDE; x++) {
            uint64_t place = tpk_tile_id((tpk_tile_address){Z, x, y}) - first;
            assert_true(place < SIDE * SIDE && !seen[place]);
            seen[place] = true;
            at[place] = (tpk_tile_address){Z, x, y};
        }
    }
    for (int i = 1; i < SIDE * SIDE; i++)
        assert_int_equal(abs((int)at[i].x - (int)at[i - 1].x) + abs((int)at[i].y - (int)at[i - 1].y), 1);
}

typedef struct tile {
    tpk_tile_address address;
    char bytes[32];
} tile;

static int by_id(const void *a, const void *b)
{
    uint64_t one = tpk_tile_id(((const tile *)a)->address), other = tpk_tile_id(((const tile *)b)->address);
    return (one > other) - (one < other);
}

static tpk_status write_archive(const char *path, const tpk_pmtiles_about *about, const tile *tiles, size_t n,
                                tpk_err *err)
{
    tpk_pmtiles *archive;
    tpk_status status = tpk_pmtiles_open(path, about, &archive, err);
    for (size_t i = 0; i < n && status == TPK_OK; i++)
        status = tpk_pmtiles_add(archive, tiles[i].address, tiles[i].bytes, strlen(tiles[i].bytes), err);
    if (status == TPK_OK) return tpk_pmtiles_finish(archive, err);
    tpk_pmtiles_abort(archive);
    return status;
}

static void expect_line(FILE *reader, const char *expected)
{
    char line[400];
    assert_non_null(fgets(line, sizeof line, reader));
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line, expected);
}

/* The independent reader finds this head, and these tiles in their order. */
static void expect_archive(const char *path, const char *head, const tile *tiles, size_t n)
{
    char command[900], line[200];
    snprintf(command, sizeof command, "/usr/bin/python3 tests/unit/pmtiles_reader.py '%s'", path);
    FILE *reader = popen(command, "r");
    assert_non_null(reader);
    expect_line(reader, head);
    expect_line(reader, "meta {\"name\": \"Uji\"}");
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(tiles[i].bytes);
        unsigned char digest[SHA256_DIGEST_LENGTH];
        SHA256((const unsigned char *)tiles[i].bytes, length, digest);
        int used = snprintf(line, sizeof line, "tile %d %u %u %zu ", tiles[i].address.z, tiles[i].address.x,
                            tiles[i].address.y, length);
        for (int k = 0; k < SHA256_DIGEST_LENGTH; k++)
            used += snprintf(line + used, sizeof line - (size_t)used, "%02x", digest[k]);
        expect_line(reader, line);
    }
    assert_null(fgets(line, sizeof line, reader));
    assert_int_equal(pclose(reader), 0);
}

#define BOUNDS " bounds=114.2500,-4.5000,117.0000,-1.2500"

static void equal_tiles_are_stored_once_and_neighbours_share_an_entry(void **state)
{
    (void)state;
    static const tile tiles[] = {{{0, 0, 0}, "land"}, {{1, 0, 0}, "sea"},  {{1, 0, 1}, "sea"},
                                 {{1, 1, 1}, "land"}, {{2, 0, 0}, "hill"}, {{2, 1, 0}, "sea"}};
    const char *path = in_scratch("few.pmtiles");
    assert_int_equal(write_archive(path, &PNG_0_TO_9, tiles, 6, NULL), TPK_OK);
    expect_archive(
        path,
        "head type=2 compression=1 clustered=1 zooms=0..9 leaves=0 addressed=6 entries=5 contents=3" BOUNDS,
        tiles, 6);
}

/* 65,536 tiles of irregular lengths: their directory does not fit the root. */
static void many_tiles_get_leaf_directories(void **state)
{
    (void)state;
    enum { SIDE = 256, N = SIDE * SIDE };
    static tile tiles[N];
    for (uint32_t i = 0; i < N; i++) {
        tiles[i].address = (tpk_tile_address){9, 100 + i % SIDE, 50 + i / SIDE};
        snprintf(tiles[i].bytes, sizeof tiles[i].bytes, "%u %.*s", i,
                 (int)((i * i + 77) * (i ^ 2654435761u) >> 28), "...............");
    }
    qsort(tiles, N, sizeof *tiles, by_id);
    const char *path = in_scratch("many.pmtiles");
    assert_int_equal(write_archive(path, &PNG_0_TO_9, tiles, N, NULL), TPK_OK);
    expect_archive(path,
                   "head type=2 compression=1 clustered=1 zooms=0..9 leaves=64 addressed=65536 entries=65536 "
                   "contents=65536" BOUNDS,
                   tiles, N);
}

static void no_tile_is_an_archive_too(void **state)
{
    (void)state;
    tpk_pmtiles_about about = PNG_0_TO_9;
    about.type = TPK_TILES_MVT;
    const char *path = in_scratch("none.pmtiles");
    assert_int_equal(write_archive(path, &about, NULL, 0, NULL), TPK_OK);
    expect_archive(
        path,
        "head type=1 compression=2 clustered=1 zooms=0..9 leaves=0 addressed=0 entries=0 contents=0" BOUNDS,
        NULL, 0);
}

static void tiles_out_of_order_empty_or_beyond_the_zooms_are_refused(void **state)
{
    (void)state;
    static const tile falling[] = {{{2, 0, 0}, "a"}, {{1, 0, 0}, "b"}};
    static const tile twice[] = {{{2, 0, 0}, "a"}, {{2, 0, 0}, "a"}};
    static const tile deep[] = {{{10, 0, 0}, "a"}}, empty[] = {{{1, 0, 0}, ""}};
    const char *path = in_scratch("refused.pmtiles");
    tpk_err err = {0};
    assert_int_equal(write_archive(path, &PNG_0_TO_9, falling, 2, &err), TPK_ERR_ARGUMENT);
    assert_string_equal(err.message, "tile 1/0/0 of 1 bytes: it is out of order, empty or beyond the zooms");
    assert_int_equal(write_archive(path, &PNG_0_TO_9, twice, 2, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(write_archive(path, &PNG_0_TO_9, deep, 1, NULL), TPK_ERR_ARGUMENT);
    assert_int_equal(write_archive(path, &PNG_0_TO_9, empty, 1, NULL), TPK_ERR_ARGUMENT);
    tpk_pmtiles_about about = PNG_0_TO_9;
    about.max_zoom = 27;
    assert_int_equal(write_archive(path, &about, NULL, 0, NULL), TPK_ERR_ARGUMENT);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    tpk_err err = {0};
    assert_int_equal(write_archive(in_scratch("nowhere/a.pmtiles"), &PNG_0_TO_9, NULL, 0, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "nowhere/a.pmtiles"));
}

static int n_files(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        n += entry->d_name[0] != '.' || entry->d_name[1] > '.';
    closedir(dir);
    return n;
}

static void want_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    static const tile tiles[] = {{{0, 0, 0}, "land"}, {{1, 0, 0}, "sea"}, {{1, 1, 0}, "sea"}};
    const char *folder = in_scratch("memory"), *path = in_scratch("memory/a.pmtiles");
    assert_int_equal(mkdir(folder, 0777), 0);
    long live = tpk_mem_live_count();
    tpk_status status = TPK_ERR_MEMORY;
    for (long k = 0; status != TPK_OK; k++) {
        tpk_mem_fail_after(k);
        status = write_archive(path, &PNG_0_TO_9, tiles, 3, NULL);
        long failed = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        if (status == TPK_OK) {
            assert_true(k > 8);
        } else {
            assert_int_equal(status, TPK_ERR_MEMORY);
            assert_true(failed > 0);
            assert_int_equal(n_files(folder), 0);
        }
    }
    assert_int_equal(n_files(folder), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_follow_the_specification),
        cmocka_unit_test(ids_of_a_zoom_walk_over_neighbours),
        cmocka_unit_test(equal_tiles_are_stored_once_and_neighbours_share_an_entry),
        cmocka_unit_test(many_tiles_get_leaf_directories),
        cmocka_unit_test(no_tile_is_an_archive_too),
        cmocka_unit_test(tiles_out_of_order_empty_or_beyond_the_zooms_are_refused),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
        cmocka_unit_test(want_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
