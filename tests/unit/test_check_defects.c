/* The defects of geometry, tables and rasters that ../shared/data/README.md lists, layer by layer, each with
 * the finding that must tell it; and layers it calls good, which must stay quiet. Skipped where the layers
 * are absent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "check/subject.h"
#include "check_support.h"

#define DATA "../shared/data/"

typedef struct defect {
    const char *layer;
    const tpk_finding_kind *kind;
    const char *id;
    int64_t n;        /* features concerned; -1: any number; 0 with `says`: columns or the whole */
    const char *says; /* in what was found or in an example; NULL: anything */
} defect;

#define IS(layer, kind, id, n, says)                                                                         \
    {                                                                                                        \
        DATA layer, &TPK_FINDING_##kind, id, n, says                                                         \
    }

static const defect DEFECTS[] = {
    IS("admin/desa_kalsel_hdx2020.shp", NAMES_CUT, "names_cut", 0, "5 column names"),
    IS("admin/desa_kalsel_kepmendagri2025.shp", GAPS, "gaps", -1, NULL),
    IS("admin/desa_kalsel_kepmendagri2025.shp", OVERLAPS, "overlap_slivers", -1, "261."), /* 2.6 km2 */
    IS("admin/kabkota_kalsel_kepmendagri2025.shp", OVERLAPS, "overlaps", -1,
       "3717."), /* 38 km2 with the slivers */
    IS("admin/kabkota_kalsel_kepmendagri2025.shp", GAPS, "gaps", -1, NULL),
    IS("admin/kabkota_kalsel_gadm.shp", COLUMN_EMPTY, "column_empty", 0, "3 of 12"),
    IS("admin/provinsi_kalsel_gadm.shp", COLUMN_EMPTY, "column_empty", 0, "3 of 11"),
    IS("admin/adm_kab_2008_utm50s.shp", AREA_IN_SQUARE_DEGREES, "area_in_square_degrees", 0, "AREA"),
    IS("admin/adm_kab_2008_utm50s.shp", COLUMN_CONSTANT, "column_constant", 0, "HECTARES = 0"),
    IS("admin/kecamatan_big50k_sebagian.shp", Z_DROPPED, "z_dropped", 348, NULL),
    IS("admin/kecamatan_big50k_sebagian.shp", EXACT_DUPLICATES, "exact_duplicates", 58, NULL),
    IS("admin/kecamatan_big50k_sebagian.shp", COLUMN_EMPTY, "column_empty", 0, "18 of 28"),
    IS("admin/kecamatan_big50k_sebagian.shp", AREA_IN_SQUARE_DEGREES, "area_in_square_degrees", 0,
       "SHAPE_Area"),
    IS("admin/batas_admin_garis_big50k_sebagian.shp", EXACT_DUPLICATES, "exact_duplicates", 221, NULL),
    IS("admin/batas_admin_garis_big50k_sebagian.shp", COLUMN_EMPTY, "column_empty", 0, "15 of 27"),
    IS("admin/batas_rt_banjarmasin.shp", RING_INVALID, "ring_invalid", 18, NULL), /* 41 with the next */
    IS("admin/batas_rt_banjarmasin.shp", SELF_TOUCHING, "self_touching", 23, NULL),
    IS("admin/kelurahan_banjarbaru.shp", COLUMN_EMPTY, "column_empty", 0, "12 of 27"),
    IS("admin/kelurahan_banjarbaru.shp", AREA_IN_SQUARE_DEGREES, "area_in_square_degrees", 0, "shape_area"),
    IS("admin/kecamatan_tanahlaut_sp2010.shp", EXACT_DUPLICATES, "exact_duplicates", 1, NULL),
    IS("admin/wilayah_admin_globalmap_z9.shp", NAMES_JOIN, "names_join", 0, "BALITOKUALA"),
    IS("settlement/permukiman_titik_globalmap.shp", TEXT_CUT, "text_cut", -1, "Rantaukudjan"),
    IS("transport/pelabuhan_dephub.shp", FAR_FEATURES, "far_features", -1, "165.9475"),
    IS("transport/pelabuhan_dephub.shp", EXACT_DUPLICATES, "exact_duplicates", 3, NULL),
    IS("transport/pelabuhan_dephub.shp", LOST_CHARACTERS, "lost_characters", 22, NULL),
    IS("transport/rel_globalmap.shp", Z_DROPPED, "z_dropped", 3, NULL),
    IS("hydro/laut_globalmap.shp", SELF_TOUCHING, "self_touching", 1, NULL), /* "1 invalid" */
    IS("hydro/sungai_wdbii_f.shp", ZERO_LENGTH, "zero_length", 2, NULL),
    IS("energy/gardu_induk_osm.shp", NUMBERS_AS_TEXT, "numbers_as_text", 0, "voltage"),
    IS("energy/gardu_induk_osm.shp", COLUMN_EMPTY, "column_empty", 0, "4 of 14"),
    IS("energy/pembangkit_wri.shp", EXACT_DUPLICATES, "exact_duplicates", 1, NULL),
    IS("settlement/toponimi_big50k.shp", EXACT_DUPLICATES, "exact_duplicates", 17004, NULL),
    IS("settlement/toponimi_big50k.shp", COLUMN_EMPTY, "column_empty", 0, "24 of 36"),
    IS("resources/sumberdaya_batubara_esdm.shp", EXACT_DUPLICATES, "exact_duplicates", 2, NULL),
    IS("resources/sumberdaya_batubara_esdm.shp", FAR_FEATURES, "far_features", 1, "113.8529"),
    IS("resources/emas_primer_esdm.shp", EXACT_DUPLICATES, "exact_duplicates", 1, NULL),
    IS("resources/kebun_sawit_biopama2019.shp", SELF_TOUCHING, "self_touching", 25, NULL),
    IS("hazard/hotspot_viirs_7hari.shp", COLUMN_CONSTANT, "column_constant", 0, "acq_date = 2026/08/13"),
    IS("raster/dem_srtm30plus_z6_2445m.tif", RASTER_STEPS, "raster_steps", 0, NULL),
    IS("raster/dem_srtm30plus_z6_2445m.tif", AREA_COVER, "area_cover", 0, "96 %"),
    IS("raster/dem_etopo5_5menit.tif", PIXELS_COARSE, "pixels_coarse", 0, NULL),
    IS("raster/kepadatan_penduduk_gpw2015_z7_8bit.tif", NODATA_MISSING, "nodata_missing", 0, "hold 0"),
    IS("raster/relief_viewfinder_z7_1223m_8bit.tif", NODATA_MISSING, "nodata_missing", 0, "hold 5"),
    /* Quiet: id NULL. */
    IS("admin/desa_kalsel_hdx2020.shp", OVERLAPS, NULL, 0, NULL), /* "0 overlap, 0 gaps", "0 invalid" */
    IS("admin/desa_kalsel_hdx2020.shp", GAPS, NULL, 0, NULL),
    IS("admin/desa_kalsel_hdx2020.shp", RING_INVALID, NULL, 0, NULL),
    IS("admin/desa_kalsel_hdx2020.shp", NAMES_JOIN, NULL, 0, NULL),
    IS("admin/kabkota_kalsel_gadm.shp", NUMBERS_AS_TEXT, NULL, 0, NULL),
    IS("admin/kabkota_kalsel_gadm.shp", OVERLAPS, NULL, 0, NULL),
    IS("admin/kecamatan_balangan.shp", RING_INVALID, NULL, 0, NULL),
    IS("admin/kecamatan_balangan.shp", EXACT_DUPLICATES, NULL, 0, NULL),
    IS("resources/kebun_sawit_biopama2019.shp", RING_INVALID, NULL, 0, NULL),
    IS("resources/pabrik_sawit_uml.shp", EXACT_DUPLICATES, NULL, 0, NULL),
    IS("resources/pabrik_sawit_uml.shp", PLACEHOLDER_NAMES, NULL, 0, NULL),
    IS("transport/navaid_ourairports.shp", EXACT_DUPLICATES, NULL, 0, NULL),
    IS("hydro/garis_pantai_gshhg_f.shp", ZERO_LENGTH, NULL, 0, NULL),
    IS("settlement/toponimi_big50k.shp", TEXT_CUT, NULL, 0, NULL),
    IS("admin/kecamatan_big50k_sebagian.shp", TEXT_CUT, NULL, 0, NULL),
    IS("admin/desa_kalsel_kepmendagri2025.shp", TEXT_CUT, NULL, 0, NULL),
    IS("raster/cahaya_malam_blackmarble2012_z7.tif", NODATA_MISSING, NULL, 0, NULL),
    IS("raster/dem_etopo5_5menit.tif", RASTER_STEPS, NULL, 0, NULL),
    IS("raster/dem_etopo5_5menit.tif", RASTER_STRIPES, NULL, 0, NULL),
    IS("raster/dem_etopo5_5menit.tif", NODATA_MISSING, NULL, 0, NULL),
    IS("raster/dem_srtm30plus_z6_2445m.tif", RASTER_STRIPES, NULL, 0, NULL),
    IS("raster/relief_viewfinder_z7_1223m_8bit.tif", RASTER_STRIPES, NULL, 0, NULL),
};

static bool says(const tpk_finding *finding, const char *part)
{
    if (!part || strstr(finding->found, part)) return true;
    for (size_t i = 0; i < finding->n_examples; i++) {
        if (finding->examples[i].name && strstr(finding->examples[i].name, part)) return true;
    }
    return false;
}

/* "missed" or "false alarm", or NULL. */
static const char *judge(const defect *d, const tpk_findings *findings)
{
    if (!d->id) return findings->n > 0 ? "false alarm" : NULL;
    const tpk_finding *finding = find(findings, d->id);
    return finding && (d->n < 0 || finding->n_features == d->n) && says(finding, d->says) ? NULL : "missed";
}

static void listed_defects_are_found_and_good_layers_stay_quiet(void **state)
{
    (void)state;
    if (access(DATA "README.md", R_OK) != 0) skip();
    const tpk_surroundings around = {.area_lonlat = TPK_BOX_EMPTY, .cell_m = 30, .worker = worker};
    size_t n_missed = 0, n_false = 0;
    for (size_t i = 0; i < sizeof DEFECTS / sizeof DEFECTS[0]; i++) {
        const defect *d = &DEFECTS[i];
        tpk_layer_spec spec = {.id = (char *)(uintptr_t) "uji",
                               .path = (char *)(uintptr_t)d->layer,
                               .band = 1,
                               .nodata = (double)NAN};
        tpk_opened opened;
        tpk_diags diags = {0};
        tpk_err err = {0};
        if (tpk_subject_open(&spec, (tpk_usage){0}, &around, &opened, &diags, &err) != TPK_OK)
            fail_msg("%s: %s", d->layer, err.message);
        tpk_findings findings = run(d->kind, &opened.subject);
        const char *wrong = judge(d, &findings);
        if (wrong) print_message("%s: %s: %s\n", wrong, d->layer, d->kind->id);
        for (size_t k = 0; wrong && k < findings.n; k++) print_message("    %s\n", findings.items[k].found);
        n_missed += wrong && d->id;
        n_false += wrong && !d->id;
        tpk_findings_clear(&findings);
        tpk_diags_clear(&diags);
        tpk_opened_close(&opened);
    }
    print_message("%zu rows: %zu missed, %zu false alarms\n", sizeof DEFECTS / sizeof DEFECTS[0], n_missed,
                  n_false);
    assert_int_equal(n_missed + n_false, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_defects_are_found_and_good_layers_stay_quiet),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
