/* GeoPackages, read back through OGR: geometry against GEOS-free arithmetic, columns, styles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ogr_api.h>

#include "output/gpkg.h"
#include "study_files.h"

/* Two squares, the first with a hole: 100 - 4 + 25 map units squared. */
static const double XY[] = {0, 0, 10, 0, 10, 10, 0, 10, 0, 0,  2, 2,  2, 4,  4,
                            4, 4, 2,  2, 2,  20, 0, 25, 0, 25, 5, 20, 5, 20, 0};
static const int64_t START[] = {0, 5, 10, 15};
static const uint8_t ROLE[] = {TPK_RING_OUTER, TPK_RING_HOLE, TPK_RING_OUTER};
static const tpk_geom SQUARES = {TPK_GEOM_POLYGON, 3, START, ROLE, XY};

static tpk_status write_squares(const char *path, tpk_crs *crs, tpk_err *err)
{
    tpk_gpkg *gpkg = NULL;
    tpk_status status = tpk_gpkg_open(path, crs, &gpkg, err);
    if (status != TPK_OK) return status;
    static const char *const NAMES[] = {"nama", "NAMA", "fid", "Geom"};
    const tpk_value values[] = {
        {.text = "Batulicin é"}, {.text = NULL}, {.number = 7}, {.number = (double)NAN}};
    status = tpk_gpkg_begin_table(gpkg, "zona", "Zona", TPK_GEOM_POLYGON, err);
    for (int i = 0; i < 4 && status == TPK_OK; i++) {
        tpk_column_type type = i < 2 ? TPK_COLUMN_TEXT : i == 2 ? TPK_COLUMN_INTEGER : TPK_COLUMN_REAL;
        status = tpk_gpkg_add_column(gpkg, NAMES[i], type, err);
    }
    if (status == TPK_OK) status = tpk_gpkg_add(gpkg, SQUARES, values, err);
    if (status == TPK_OK) status = tpk_gpkg_add(gpkg, (tpk_geom){0}, values, err);
    if (status == TPK_OK) status = tpk_gpkg_set_style(gpkg, "<qgis/>", err);
    if (status == TPK_OK) return tpk_gpkg_finish(gpkg, err);
    tpk_gpkg_abort(gpkg);
    return status;
}

static tpk_crs *utm(tpk_worker *worker)
{
    tpk_crs *crs;
    assert_int_equal(tpk_crs_new(worker, "EPSG:32750", &crs, NULL), TPK_OK);
    return crs;
}

static void features_come_back_with_columns_and_style(void **state)
{
    (void)state;
    tpk_worker *worker;
    assert_int_equal(tpk_worker_new(&worker, NULL), TPK_OK);
    tpk_crs *crs = utm(worker);
    const char *path = in_scratch("zona.gpkg");
    assert_int_equal(write_squares(path, crs, NULL), TPK_OK);

    GDALDatasetH file = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
    assert_non_null(file);
    OGRLayerH layer = GDALDatasetGetLayerByName(file, "zona");
    assert_int_equal(OGR_L_GetGeomType(layer), wkbMultiPolygon);
    assert_string_equal(OSRGetAuthorityCode(OGR_L_GetSpatialRef(layer), NULL), "32750");
    static const char *const COLUMNS[] = {"nama", "NAMA_", "fid_", "Geom_"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(layer), i)),
                            COLUMNS[i]);
    OGRFeatureH feature = OGR_L_GetNextFeature(layer);
    assert_string_equal(OGR_F_GetFieldAsString(feature, 0), "Batulicin é");
    assert_true(OGR_F_IsFieldNull(feature, 1));
    assert_int_equal(OGR_F_GetFieldAsInteger(feature, 2), 7);
    assert_true(OGR_F_IsFieldNull(feature, 3));
    assert_true(fabs(OGR_G_Area(OGR_F_GetGeometryRef(feature)) - 121) < 1e-9);
    assert_int_equal(OGR_G_GetGeometryCount(OGR_F_GetGeometryRef(feature)), 2);
    OGR_F_Destroy(feature);
    feature = OGR_L_GetNextFeature(layer);
    assert_non_null(feature);
    assert_null(OGR_F_GetGeometryRef(feature));
    OGR_F_Destroy(feature);

    OGRLayerH styles = GDALDatasetGetLayerByName(file, "layer_styles");
    feature = OGR_L_GetNextFeature(styles);
    assert_string_equal(OGR_F_GetFieldAsString(feature, OGR_F_GetFieldIndex(feature, "f_table_name")),
                        "zona");
    assert_string_equal(OGR_F_GetFieldAsString(feature, OGR_F_GetFieldIndex(feature, "styleQML")), "<qgis/>");
    assert_string_equal(OGR_F_GetFieldAsString(feature, OGR_F_GetFieldIndex(feature, "f_geometry_column")),
                        OGR_L_GetGeometryColumn(layer));
    OGR_F_Destroy(feature);
    GDALClose(file);
    tpk_crs_free(crs);
    tpk_worker_free(worker);
}

static void failures_are_told_and_leave_no_file(void **state)
{
    (void)state;
    tpk_worker *worker;
    assert_int_equal(tpk_worker_new(&worker, NULL), TPK_OK);
    tpk_crs *crs = utm(worker);
    tpk_err err = {TPK_OK, ""};
    const char *nowhere = in_scratch("tiada/zona.gpkg"), *path = in_scratch("tanpa.gpkg");
    assert_int_equal(write_squares(nowhere, crs, &err), TPK_ERR_IO);
    assert_non_null(strstr(err.message, nowhere));
    long live = tpk_mem_live_count();
    int n_failures = 0;
    for (long k = 0;; k++) {
        tpk_mem_fail_after(k);
        tpk_status status = write_squares(path, crs, NULL);
        long n_fired = tpk_mem_failed_count();
        tpk_mem_fail_after(-1);
        assert_int_equal(tpk_mem_live_count(), live);
        if (n_fired == 0) break;
        assert_int_equal(status, TPK_ERR_MEMORY);
        assert_int_not_equal(access(path, F_OK), 0);
        n_failures++;
    }
    assert_true(n_failures > 8);
    tpk_crs_free(crs);
    tpk_worker_free(worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_come_back_with_columns_and_style),
        cmocka_unit_test(failures_are_told_and_leave_no_file),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
