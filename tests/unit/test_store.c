#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "input/store.h"
#include "input_support.h"

static tpk_layer_spec layers[4];
static tpk_project project;

static void make_project(void)
{
    static const char *const IDS[] = {"titik", "bidang", "tinggi", "hilang"};
    static const char *const PATHS[] = {FIXTURES "titik.shp", FIXTURES "poligon.shp", FIXTURES "int16.tif",
                                        FIXTURES "hilang.shp"};
    for (size_t i = 0; i < 4; i++) {
        layers[i] = spec_of(PATHS[i]);
        layers[i].id = (char *)(uintptr_t)IDS[i];
    }
    project = (tpk_project){.layers = layers, .n_layers = 4};
}

static tpk_store *new_store(tpk_diags *diags)
{
    tpk_store *store = NULL;
    make_project();
    assert_int_equal(tpk_store_new(&project, worker, utm50s, NULL, diags, &store, NULL), TPK_OK);
    return store;
}

static void note_id(void *user, const tpk_layer_spec *spec, const tpk_layer *layer, const tpk_raster *raster)
{
    assert_true((layer == NULL) != (raster == NULL));
    strcat(user, spec->id);
    strcat(user, " ");
}

static void a_layer_is_opened_once_and_shared(void **state)
{
    (void)state;
    tpk_diags diags = {0};
    tpk_store *store = new_store(&diags);
    const tpk_layer *a, *b, *kota, *again;
    const tpk_raster *r, *s;
    assert_int_equal(tpk_store_raster(store, "tinggi", &r, NULL), TPK_OK);
    assert_int_equal(tpk_store_vector(store, "titik", "kelas = 'kota'", &kota, NULL), TPK_OK);
    assert_int_equal(tpk_store_vector(store, "titik", NULL, &a, NULL), TPK_OK);
    size_t n_remarks = diags.n;
    assert_int_equal(tpk_store_vector(store, "titik", NULL, &b, NULL), TPK_OK);
    assert_int_equal(tpk_store_vector(store, "titik", "kelas = 'kota'", &again, NULL), TPK_OK);
    assert_int_equal(tpk_store_raster(store, "tinggi", &s, NULL), TPK_OK);
    assert_ptr_equal(a, b);
    assert_ptr_equal(kota, again);
    assert_ptr_equal(r, s);
    assert_int_equal(a->n_features, 4);
    assert_int_equal(kota->n_features, 2);
    assert_int_equal(diags.n, n_remarks);
    char ids[64] = "";
    tpk_store_each(store, note_id, ids);
    assert_string_equal(ids, "tinggi titik ");
    tpk_store_free(store);
    tpk_diags_clear(&diags);
}

static void errors_name_layer_and_file_once(void **state)
{
    (void)state;
    tpk_store *store = new_store(NULL);
    const tpk_layer *layer;
    const tpk_raster *raster;
    tpk_err err = {0};
    assert_int_equal(tpk_store_vector(store, "hilang", NULL, &layer, &err), TPK_ERR_IO);
    assert_null(layer);
    assert_ptr_equal(strstr(err.message, "layer 'hilang' (" FIXTURES "hilang.shp): "), err.message);
    assert_null(strstr(err.message + 1, "layer 'hilang'"));
    err = (tpk_err){0};
    assert_int_equal(tpk_store_vector(store, "titik", "kls = 1", &layer, &err), TPK_ERR_DATA);
    assert_non_null(strstr(err.message, "layer 'titik': the condition"));
    err = (tpk_err){0};
    assert_int_equal(tpk_store_vector(store, "tinggi", NULL, &layer, &err), TPK_ERR_DATA);
    assert_int_equal(tpk_store_raster(store, "titik", &raster, NULL), TPK_ERR_DATA);
    err = (tpk_err){0};
    assert_int_equal(tpk_store_raster(store, "entah", &raster, &err), TPK_ERR_PROJECT);
    assert_non_null(strstr(err.message, "no layer 'entah'"));
    char ids[64] = "";
    tpk_store_each(store, note_id, ids);
    assert_string_equal(ids, "titik "); /* what failed is not listed */
    tpk_store_free(store);
}

static void exhausted_memory_is_reported_without_leaks(void **state)
{
    (void)state;
    make_project();
    long before = tpk_mem_live_count(), fired = 1;
    for (long k = 0; fired > 0; k++) {
        tpk_store *store = NULL;
        const tpk_layer *layer;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_store_new(&project, worker, utm50s, NULL, NULL, &store, NULL);
        if (status == TPK_OK) status = tpk_store_vector(store, "titik", "jumlah = 0", &layer, NULL);
        fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired > 0 ? TPK_ERR_MEMORY : TPK_OK);
        tpk_store_free(store);
        assert_int_equal(tpk_mem_live_count(), before);
        assert_true(k < 5000);
    }
}

static size_t list_files(const char *path, char *names)
{
    tpk_layer_spec spec = spec_of(path);
    char **paths = NULL;
    size_t n = 0;
    names[0] = '\0';
    assert_int_equal(tpk_layer_files(&spec, &paths, &n, NULL), TPK_OK);
    for (size_t i = 0; i < n; i++) {
        strcat(strcat(names, strrchr(paths[i], '/') + 1), " ");
        tpk_free(paths[i]);
    }
    tpk_free(paths);
    return n;
}

static void the_files_of_a_layer_are_listed(void **state)
{
    (void)state;
    char names[400];
    assert_int_equal(list_files(FIXTURES "titik.shp", names), 5);
    assert_string_equal(names, "titik.shp titik.shx titik.dbf titik.prj titik.cpg ");
    assert_int_equal(list_files(FIXTURES "BESAR.SHP", names), 5);
    assert_non_null(strstr(names, "BESAR.DBF"));
    assert_int_equal(list_files(FIXTURES "int16.tif", names), 1);
    assert_int_equal(list_files(FIXTURES "satu.fgb", names), 1);
    assert_int_equal(list_files("/vsizip/" FIXTURES "arsip.zip/titik.shp", names), 0);
    char vrt[700], folder[300];
    assert_non_null(getcwd(folder, sizeof folder));
    snprintf(vrt, sizeof vrt,
             "<VRTDataset rasterXSize=\"3\" rasterYSize=\"2\"><VRTRasterBand dataType=\"Int16\" "
             "band=\"1\"><SimpleSource>"
             "<SourceFilename>%s/" FIXTURES
             "int16.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
             folder);
    save(scratch_path("rangkai.vrt"), vrt, strlen(vrt));
    assert_int_equal(list_files(scratch_path("rangkai.vrt"), names),
                     2); /* a change of its source is a change of it */
    tpk_layer_spec spec = spec_of(scratch_path("tidak_ada.tif"));
    char **paths;
    size_t n;
    assert_int_equal(tpk_layer_files(&spec, &paths, &n, NULL), TPK_ERR_IO);
    spec = spec_of(scratch_path("tidak_ada.shp"));
    assert_int_equal(tpk_layer_files(&spec, &paths, &n, NULL), TPK_ERR_IO);
}

static bool stamp_follows(const char *path, const tpk_source_files *read)
{
    tpk_layer_spec spec = spec_of(path);
    assert_false(tpk_source_files_changed(&spec, read));
    struct timespec later[2] = {{.tv_sec = 2000000000}, {.tv_sec = 2000000000}};
    assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
    return tpk_source_files_changed(&spec, read);
}

static void a_file_that_changes_after_it_was_read_is_noticed(void **state)
{
    (void)state;
    copy_fixture("titik", "berubah", "shp dbf prj");
    copy_fixture("int16", "berubah", "tif");
    copy_fixture("satu", "berubah", "fgb");
    tpk_layer_spec spec = spec_of(scratch_path("berubah.shp"));
    tpk_layer *layer = read_ok(&spec, utm50s, NULL);
    assert_int_not_equal(layer->files.stamp, 0);
    copy_fixture("titik", "berubah", "cpg"); /* one file more */
    assert_true(tpk_source_files_changed(&spec, &layer->files));
    remove(scratch_path("berubah.cpg"));
    assert_true(stamp_follows(scratch_path("berubah.shp"), &layer->files));
    tpk_layer_free(layer);
    spec = spec_of(scratch_path("berubah.fgb"));
    layer = read_ok(&spec, utm50s, NULL);
    assert_true(stamp_follows(scratch_path("berubah.fgb"), &layer->files));
    remove(scratch_path("berubah.fgb"));
    assert_true(tpk_source_files_changed(&spec, &layer->files));
    tpk_layer_free(layer);
    spec = spec_of(scratch_path("berubah.tif"));
    tpk_raster *raster = NULL;
    assert_int_equal(tpk_raster_open(worker, &spec, &raster, NULL, NULL), TPK_OK);
    save(scratch_path("berubah.tif.aux.xml"), "<PAMDataset/>", 13);
    assert_true(tpk_source_files_changed(&spec, &raster->files));
    remove(scratch_path("berubah.tif.aux.xml"));
    save(scratch_path("berubah.tfw"), "1", 1);
    assert_true(tpk_source_files_changed(&spec, &raster->files));
    remove(scratch_path("berubah.tfw"));
    assert_true(stamp_follows(scratch_path("berubah.tif"), &raster->files));
    tpk_raster_free(raster);
    spec = spec_of("/vsizip/" FIXTURES "arsip.zip/titik.shp");
    layer = read_ok(&spec, utm50s, NULL);
    assert_false(tpk_source_files_changed(&spec, &layer->files));
    tpk_layer_free(layer);
}

/* A server looks ten times a second: 1,000 looks at a file of text take less than reading it once. */
static void looking_for_a_change_does_not_read_the_file(void **state)
{
    (void)state;
    const char *path = scratch_path("besar.geojson");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"type\": \"FeatureCollection\", \"features\": [", file);
    for (int i = 0; i < 20000; i++)
        fprintf(file,
                "%s{\"type\": \"Feature\", \"properties\": {\"n\": %d}, \"geometry\": {\"type\": \"Point\", "
                "\"coordinates\": [115.%05d, -3.5]}}",
                i ? ",\n" : "", i, i);
    fputs("]}", file);
    assert_int_equal(fclose(file), 0);
    tpk_layer_spec spec = spec_of(path);
    double start_s = tpk_now_seconds();
    tpk_layer *layer = read_ok(&spec, utm50s, NULL);
    double read_s = tpk_now_seconds() - start_s;
    bool changed = false;
    start_s = tpk_now_seconds();
    for (int i = 0; i < 1000; i++) changed = changed || tpk_source_files_changed(&spec, &layer->files);
    assert_true(tpk_now_seconds() - start_s < read_s);
    assert_false(changed);
    save(path, "{}", 2);
    assert_true(tpk_source_files_changed(&spec, &layer->files));
    tpk_layer_free(layer);
}

/* SQLite gives its log an owner when root opens the file, which moves the log's ctime. */
static void a_log_that_only_got_an_owner_is_no_change(void **state)
{
    (void)state;
    copy_fixture("satu", "dibuka", "fgb");
    save(scratch_path("dibuka.fgb-wal"), "edits", 5);
    tpk_layer_spec spec = spec_of(scratch_path("dibuka.fgb"));
    tpk_layer *layer = read_ok(&spec, utm50s, NULL);
    assert_int_equal(chmod(scratch_path("dibuka.fgb-wal"), 0600), 0);
    assert_false(tpk_source_files_changed(&spec, &layer->files));
    save(scratch_path("dibuka.fgb-wal"), "edits, more", 11);
    assert_true(tpk_source_files_changed(&spec, &layer->files));
    tpk_layer_free(layer);
    assert_int_equal(remove(scratch_path("dibuka.fgb-wal")), 0);
}

static void layers_read_after_the_area_is_known_are_transformed_for_it(void **state)
{
    (void)state;
    static const char POINTS[] = "id,WKT\n1,\"POINT (114.8 -3.3)\"\n2,\"POINT (118 4)\"\n";
    const tpk_layer *layer;
    tpk_diags diags = {0};
    tpk_store *store = new_store(&diags);
    save(scratch_path("titik.csv"), POINTS, sizeof POINTS - 1);
    layers[0].path = (char *)(uintptr_t)scratch_path("titik.csv");
    layers[0].crs = layers[2].crs = (char *)(uintptr_t) "EPSG:4613";
    tpk_store_set_area(store, (tpk_box){114.6, -4.2, 116.3, -2.5});
    assert_int_equal(tpk_store_vector(store, "titik", NULL, &layer, NULL), TPK_OK);
    assert_non_null(strstr(layer->operation, "Segara to WGS 84 (2)"));
    assert_int_equal(diags.n_warnings, 0);
    /* and a raster is told of like a vector */
    const tpk_raster *raster;
    layers[2].crs = (char *)(uintptr_t) "+proj=longlat +ellps=bessel";
    assert_int_equal(tpk_store_raster(store, "tinggi", &raster, NULL), TPK_OK);
    assert_true(has_remark(&diags, TPK_WARNING, "wrong by hundreds of metres"));
    tpk_store_free(store);
    tpk_diags_clear(&diags);
}

static void assert_digest(const char *text, size_t times, const char *expected)
{
    char hex[65];
    const char *path = scratch_path("digest.txt");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < times; i++) fputs(text, file);
    fclose(file);
    assert_int_equal(tpk_file_sha256(path, NULL, hex, NULL), TPK_OK);
    remove(path);
    assert_string_equal(hex, expected);
}

/* The vectors published with FIPS 180-4, and one of 64 bytes, a whole block. */
static void sha256_gives_the_published_digests(void **state)
{
    (void)state;
    assert_digest("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_digest("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_digest("aaaaaaaaaaaaaaaa", 4, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

static void the_checksum_of_a_file_is_sha256sums(void **state)
{
    (void)state;
    char hex[65], command[300], theirs[65] = "";
    assert_int_equal(tpk_file_sha256(FIXTURES "arsip.zip", NULL, hex, NULL), TPK_OK);
    snprintf(command, sizeof command, "sha256sum " FIXTURES "arsip.zip");
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(theirs, sizeof theirs, pipe));
    pclose(pipe);
    assert_string_equal(hex, theirs);
    tpk_err err = {0};
    assert_int_equal(tpk_file_sha256(scratch, NULL, hex, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, "it is a folder"));
    assert_string_equal(hex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_is_opened_once_and_shared),
        cmocka_unit_test(errors_name_layer_and_file_once),
        cmocka_unit_test(exhausted_memory_is_reported_without_leaks),
        cmocka_unit_test(the_files_of_a_layer_are_listed),
        cmocka_unit_test(a_file_that_changes_after_it_was_read_is_noticed),
        cmocka_unit_test(looking_for_a_change_does_not_read_the_file),
        cmocka_unit_test(a_log_that_only_got_an_owner_is_no_change),
        cmocka_unit_test(layers_read_after_the_area_is_known_are_transformed_for_it),
        cmocka_unit_test(sha256_gives_the_published_digests),
        cmocka_unit_test(the_checksum_of_a_file_is_sha256sums),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
