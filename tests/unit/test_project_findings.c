/* Findings about keys, types and numbers of a project file, at every level of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "project_check.h"

#define TOP_KEYS                                                                                             \
    "tapak, title, language, note, grid, layers, zones, regions, overlay, criteria, constraints, decision, " \
    "output"

static void the_unchanged_file_is_accepted(void **state)
{
    (void)state;
    check("", -1);
}

static void unknown_keys_are_refused_at_every_level(void **state)
{
    (void)state;
    check("unknown key 'titl' in the project file; did you mean 'title'?", TITLE, "`titl: Uji", -1);
    check("unknown key 'apa saja' in the project file; allowed: " TOP_KEYS, TITLE, "`apa saja: Uji", -1);
    check("unknown key 'cel' in 'grid'; did you mean 'cell'?", GRID,
          "grid: {crs: EPSG:32750, cell: 30, `cel: 2, area: provinsi}", -1);
    check("unknown key 'pathh' in layer 'jalan'; did you mean 'path'?", JALAN,
          "  jalan: {path: jalan.shp, `pathh: x}", -1);
    check("unknown key 'luas' in 'zones'; allowed: layer, id, name, stated_area_ha, note", ZONES,
          "zones: {layer: zona, id: kode, name: nama, `luas: 3}", -1);
    check("unknown key 'bobot' in criterion 'lereng'; allowed: title, from, curve, unknown", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: {points: [[0, 1], [15, 0]]}, `bobot: 3}", -1);
    check("unknown key 'sources' in constraint 'curam'; did you mean 'source'?", CURAM,
          "  curam: {from: lereng, above: 15, source: P, `sources: x}", -1);
    check("unknown key 'weight' in 'decision'; did you mean 'weights'?", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4}\n  `weight: 1", -1);
    check("unknown key 'S4' in 'classes'; allowed: S1, S2, S3", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4}\n  classes: {`S4: 0.1}", -1);
    check("'slope' has no parameter 'satuan'; allowed: layer, unit", LERENG,
          "  lereng: {from: {slope: elevasi, `satuan: percent}, curve: {points: [[0, 1], [15, 0]]}}", -1);
    check("'linear' needs 'worst' (number)\n'linear' has no parameter 'worstt'; did you mean 'worst'?", AKSES,
          "  akses: {from: {distance: jalan}, curve: {`linear: {best: 500, `worstt: 10000}}}", -1);
}

static void regions_are_checked_as_zones_are(void **state)
{
    (void)state;
    check("", TITLE, "regions: {layer: zona, name: nama, id: kode}", -1);
    check("'regions' needs the key 'layer' (id of a vector layer)\n'regions' needs the key 'name' (field of "
          "the "
          "layer)",
          TITLE, "``regions: {}", -1);
    check(
        "'regions' needs the key 'name' (field of the layer)\nunknown key 'nama' in 'regions'; did you mean "
        "'name'?",
        TITLE, "`regions: {layer: zona, `nama: nama}", -1);
    check("'layer': there is no layer 'zonaa'; did you mean 'zona'?", TITLE,
          "regions: {layer: `zonaa, name: nama}", -1);
    check("'layer' needs a layer of polygons; layer 'jalan' (jalan.shp) holds lines", TITLE,
          "regions: {layer: `jalan, name: kelas}", -1);
    check(
        "'name': layer 'zona' (zona.shp) has no field 'namaa'; did you mean 'nama'? Its fields: kode, nama, "
        "luas_hekta\n'id': layer 'zona' (zona.shp) has no field 'kod'; did you mean 'kode'? Its fields: "
        "kode, "
        "nama, luas_hekta",
        TITLE, "regions: {layer: zona, name: `namaa, id: `kod}", -1);
    check("'regions': expected a map with the keys layer, name, id, found text 'zona'", TITLE,
          "regions: `zona", -1);
}

static void all_missing_keys_of_the_top_are_named(void **state)
{
    (void)state;
    check_text("`````title: Uji\n",
               "the project file needs the key 'tapak' (number)\nthe project file needs the key 'grid' (map, "
               "see Grid)\n"
               "the project file needs the key 'layers' (map of id to path or to a layer)\n"
               "the project file needs the key 'criteria' (map of id to criterion)\n"
               "the project file needs the key 'decision' (map, see Decision)");
}

static void missing_keys_are_named_at_their_section(void **state)
{
    (void)state;
    check("'grid' needs the key 'crs' (text)\n'grid' needs the key 'cell' (number)", GRID,
          "``grid: {area: provinsi}", -1);
    check("layer 'jalan' needs the key 'path' (text)", JALAN, "  `jalan: {where: x}", -1);
    check("'zones' needs the key 'layer' (id of a vector layer)\n'zones' needs the key 'id' (field of the "
          "layer)\n"
          "'zones' needs the key 'name' (field of the layer)",
          ZONES, "```zones: {stated_area_ha: luas}", -1);
    check("criterion 'akses' needs the key 'from' (source, see Sources)", AKSES,
          "  `akses: {curve: {linear: {best: 500, worst: 1}}}", -1);
    check("criterion 'akses' needs the key 'curve' (curve, see Curves)", AKSES,
          "  `akses: {from: {distance: jalan}}", -1);
    check("constraint 'curam' needs the key 'from' (id of a criterion, or a source, see Sources)\n"
          "constraint 'curam' needs the key 'source' (text)",
          CURAM, "  ``curam: {above: 3}", -1);
    check("'decision' needs the key 'weights' (map of criterion id to number)", DECISION,
          "`decision:", WEIGHTS, "  combine: weighted_sum", -1);
    check("'grid' needs 'area' (the layer of the study area) or 'bounds' ([x_min, y_min, x_max, y_max])",
          GRID, "`grid: {crs: x, cell: 30}", -1);
    check("'distance' needs 'layer' (id of a vector layer)", AKSES,
          "  akses: {from: {`distance: }, curve: {linear: {best: 500, worst: 1}}}", -1);
    check("'attribute' needs 'field' (field of the layer)", AKSES,
          "  akses: {from: {`attribute: jalan}, curve: {linear: {best: 500, worst: 1}}}", -1);
    check("'constant' needs 'value' (number)", AKSES,
          "  akses: {from: {`constant: }, curve: {linear: {best: 500, worst: 1}}}", -1);
}

static void values_of_the_wrong_type_are_described(void **state)
{
    (void)state;
    check("'tapak': expected the number 1, found text 'satu'", TAPAK, "tapak: `satu", -1);
    check("'title': expected text, found a list", TITLE, "title: `[a]", -1);
    check("'title': expected text, found nothing", TITLE, "`title:", -1);
    check("'title' is blank; write a text", TITLE, "title: `\"  \"", -1);
    check("'cell': expected a number, found text 'abc'", GRID, "grid: {crs: x, cell: `abc, area: provinsi}",
          -1);
    check("'cell': expected a number, found text '30'; remove the quotes", GRID,
          "grid: {crs: x, cell: `'30', area: provinsi}", -1);
    check("'cell': expected a number, found text '2,5'; write a decimal point, not a comma", GRID,
          "grid:\n  crs: x\n  cell: `2,5\n  area: provinsi", -1);
    check("'cell': expected a number, found a map", GRID, "grid: {crs: x, cell: `{m: 3}, area: provinsi}",
          -1);
    check("'cell': expected a finite number, found text '.nan'", GRID,
          "grid: {crs: x, cell: `.nan, area: provinsi}", -1);
    check("'cell': expected a finite number, found text '-.Inf'", GRID,
          "grid: {crs: x, cell: `-.Inf, area: provinsi}", -1);
    check("'cell': expected a finite number, found text '1e999'", GRID,
          "grid: {crs: x, cell: `1e999, area: provinsi}", -1);
    check("'cell': expected a number, found nothing", GRID, "grid: {crs: x, cell: `~, area: provinsi}", -1);
    check("'grid': expected a map with the keys crs, cell, area, bounds, found the number 3", GRID,
          "grid: `3", -1);
    check("'layers': expected a map of ids to layers, found a list", LAYERS, "layers: `[a]", PROVINSI, NULL,
          JALAN, NULL, ZONA, NULL, ELEVASI, NULL, -1);
    check("layer 'jalan': expected a map with the keys path, where, crs, encoding, layer, source, band, "
          "nodata, repair, optional, found a list",
          JALAN, "  jalan: `[jalan.shp]", -1);
    check("'jalan': expected text, found nothing", JALAN, "  `jalan:", -1);
    check("'overlay': expected a list of layer ids, found text 'jalan'", OVERLAY, "overlay: `jalan", -1);
    check("'overlay': expected id of a vector layer, found a list", OVERLAY, "overlay: [`[jalan]]", -1);
    check("'constraints': expected a map of ids to constraints, found an empty list", CONSTRAINTS,
          "constraints: `[]", CURAM, NULL, -1);
    check("'weights': expected a map of criterion ids to numbers, found a list", WEIGHTS,
          "  weights: `[0.6, 0.4]", -1);
    check("'slope': expected true or false, found text 'yes'", LERENG,
          "  lereng: {from: {raster: elevasi, slope: `yes}, curve: {points: [[0, 1], [15, 0]]}}", -1);
    check("'constant': expected a map of parameters, found the number 3", LERENG,
          "  lereng: {from: {constant: `3}, curve: {points: [[0, 1], [15, 0]]}}", -1);
    check_text("`- satu\n- dua\n",
               "the project file: expected a map with the keys " TOP_KEYS ", found a list");
    check("'title': expected text, found a map", TITLE,
          "title: `{x: 'ééééééééééééééééééééééééééééééééééééééééééé'}", -1);
    check("'cell': expected a number, found text 'éééééééééééééééééééééééééééééé...'", GRID,
          "grid: {crs: x, cell: `ééééééééééééééééééééééééééééééééééééé, area: provinsi}", -1);
}

static void numbers_out_of_range_say_what_is_allowed(void **state)
{
    (void)state;
    check("'cell' is 0; allowed: greater than 0 m", GRID, "grid: {crs: x, cell: `0, area: provinsi}", -1);
    check("'band' is 0; allowed: 1 to 65535", ELEVASI, "  elevasi: {path: elevasi.tif, band: `0}", -1);
    check("'band': expected a whole number, found the number 1.5", ELEVASI,
          "  elevasi: {path: elevasi.tif, band: `1.5}", -1);
    check("'value' is 11; allowed: at most 10", AKSES,
          "  akses: {from: {constant: {value: `11}}, curve: {linear: {best: 500, worst: 1}}}", -1);
    check("'max' is 0; allowed: greater than 0 m", AKSES,
          "  akses: {from: {distance: jalan, max: `0}, curve: {linear: {best: 500, worst: 1}}}", -1);
    check("'share' is 1.5; allowed: greater than 0 and at most 1", CURAM,
          "  curam: {from: {inside: zona, share: `1.5}, source: P}", -1);
    check("'S1' is 1.5; allowed: 0 to 1", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4}\n  classes: {S1: `1.5}", -1);
    check("'unknown' is 2; allowed: 0 to 1", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: {points: [[0, 1], [15, 0]]}, unknown: `2}", -1);
    check("'nearer' is 0; allowed: greater than 0 m", CURAM, "  curam: {from: akses, nearer: `0, source: P}",
          -1);
    check("'farther' is -1; allowed: at least 0 m", CURAM, "  curam: {from: akses, farther: `-1, source: P}",
          -1);
    check("this project file is of version 3; this program reads version 1 (write 'tapak: 1', or use a newer "
          "Tapak)",
          TAPAK, "tapak: `3", -1);
}

static void choices_are_listed_or_the_nearest_is_named(void **state)
{
    (void)state;
    check("'language' cannot be 'idd'; did you mean 'id'?", TITLE, "language: `idd", -1);
    check("'language' cannot be 'french'; allowed: id, en", TITLE, "language: `french", -1);
    check("'unit' cannot be 'percents'; did you mean 'percent'?", LERENG,
          "  lereng: {from: {slope: elevasi, unit: `percents}, curve: {points: [[0, 1], [15, 0]]}}", -1);
    check("'combine' cannot be 'owa'; allowed: weighted_sum", WEIGHTS,
          "  weights: {akses: 0.6, lereng: 0.4}\n  combine: `owa", -1);
    check("'unknown' cannot be 'ignore'; allowed: unknown, pass, exclude", CURAM,
          "  curam: {from: lereng, above: 15, source: P, unknown: `ignore}", -1);
    check("'unknown': expected exclude, worst, share or a membership from 0 to 1, found text 'best'", LERENG,
          "  lereng: {from: {slope: elevasi}, curve: {points: [[0, 1], [15, 0]]}, unknown: `best}", -1);
}

static void bounds_are_four_rising_numbers_instead_of_an_area(void **state)
{
    (void)state;
    check("", GRID, "grid: {crs: x, cell: 30, bounds: [1, 2, 3, 4]}", -1);
    check("'grid' has both 'area' and 'bounds'; keep one", GRID,
          "grid: {crs: x, cell: 30, area: provinsi, `bounds: [1, 2, 3, 4]}", -1);
    check("'bounds': expected list [x_min, y_min, x_max, y_max], found a list", GRID,
          "grid: {crs: x, cell: 30, bounds: `[1, 2, 3]}", -1);
    check("'bounds': expected list [x_min, y_min, x_max, y_max], found the number 3", GRID,
          "grid: {crs: x, cell: 30, bounds: `3}", -1);
    check("'y_min': expected a number, found text 'dua'", GRID,
          "grid: {crs: x, cell: 30, bounds: [1, `dua, 3, 4]}", -1);
    check(
        "'x_max' is 1; it must be greater than 'x_min', 1\n'y_max' is 0; it must be greater than 'y_min', 2",
        GRID, "grid: {crs: x, cell: 30, bounds: [1, 2, `1, `0]}", -1);
}

static void ids_are_small_letters_digits_and_underscores(void **state)
{
    (void)state;
    check("layer id 'Jalan-raya' is not allowed; begin with a small letter a-z, then use small letters, "
          "digits and _, at most 40 in all\n"
          "layer 'Jalan-raya': the file is broken",
          ZONA, "  zona: zona.shp\n  `Jalan-raya: `jalan.shp", -1);
    check("layer id '' is not allowed; begin with a small letter a-z, then use small letters, digits and _, "
          "at most 40 in all\n"
          "layer '': the file is broken",
          ZONA, "  zona: zona.shp\n  `'': `jalan.shp", -1);
    check("criterion id '1akses' is not allowed; begin with a small letter a-z, then use small letters, "
          "digits and _, at most 40 in all",
          AKSES, "  `1akses: {from: {distance: jalan}, curve: {linear: {best: 500, worst: 10000}}}", WEIGHTS,
          "  weights: {1akses: 0.6, lereng: 0.4}", -1);
    check("", CURAM, "  a234567890123456789012345678901234567890: {from: lereng, above: 15, source: P}", -1);
    check("constraint id 'a2345678901234567890123456789012345678901' is not allowed; begin with a small "
          "letter a-z, then use small letters, "
          "digits and _, at most 40 in all",
          CURAM, "  `a2345678901234567890123456789012345678901: {from: lereng, above: 15, source: P}", -1);
}

static void an_id_that_would_double_a_zone_property_is_refused(void **state)
{
    (void)state;
    check("the id 'area' would name a second zone property 'area_ha'; choose another id", CURAM,
          "  `area: {from: lereng, above: 15, source: P}", -1);
    check("the id 'zona' would name a second zone property 'zona_ha'; choose another id", OVERLAY,
          "overlay: [jalan, zona]", CURAM, "  `zona: {from: lereng, above: 15, source: P}", -1);
    check("the id 'lereng_unknown' would name a second zone property 'lereng_unknown_ha'; choose another id",
          CURAM, "  `lereng_unknown: {from: lereng, above: 15, source: P}", -1);
    check("the id 'score' would name a second zone property 'score_mean'; choose another id", AKSES,
          "  `score: {from: {distance: jalan}, curve: {linear: {best: 500, worst: 10000}}}", WEIGHTS,
          "  weights: {score: 0.6, lereng: 0.4}", -1);
    check("the id 'excluded' would name a second zone property 'excluded_ha'; choose another id", ZONA,
          "  zona: zona.shp\n  excluded: /vsimem/x.shp", OVERLAY, "overlay: [jalan, `excluded]", -1);
    check("", CURAM, "  lereng: {from: lereng, above: 15, source: P}", -1);
}

static void ids_clash_also_when_only_capitals_differ(void **state)
{
    (void)state;
    check("the id 'class_n' would name a zone property 'class_n_ha' beside 'class_N_ha', and many programs "
          "do not "
          "tell capitals from small letters there; choose another id",
          CURAM, "  `class_n: {from: lereng, above: 15, source: P}", -1);
    check("the id 'class_s1' would name a zone property 'class_s1_ha' beside 'class_S1_ha', and many "
          "programs do "
          "not tell capitals from small letters there; choose another id",
          ZONA, "  zona: zona.shp\n  class_s1: /vsimem/x.shp", OVERLAY, "overlay: [jalan, `class_s1]", -1);
}

static void what_gives_different_properties_does_not_clash(void **state)
{
    (void)state;
    check("", CURAM, "  jalan: {from: lereng, above: 15, source: P}", -1); /* jalan_ha beside jalan_km */
    check("", ZONA, "  zona: zona.shp\n  class_s2: /vsimem/x.shp", OVERLAY, "overlay: [jalan, class_s2]", -1);
    check("", ZONES, NULL, CURAM, "  area: {from: lereng, above: 15, source: P}",
          -1); /* no zones, no properties */
    check("the id 'hutan' would name a second zone property 'hutan_ha'; choose another id", ZONA,
          "  zona: zona.shp\n  hutan: /vsimem/x.shp", OVERLAY, "overlay: [hutan]", CURAM,
          "  `hutan: {from: lereng, above: 15, source: P}", -1); /* its file does not say what it holds */
}

static void output_names_maps_and_how_they_are_written(void **state)
{
    (void)state;
    check("", TITLE, "output: {rasters: [], compress: deflate}", -1);
    check("unknown key 'raster' in 'output'; did you mean 'rasters'?", TITLE, "output: {`raster: []}", -1);
    check("'rasters': expected list of suitability, classes, reasons, limiting, found text 'classes'", TITLE,
          "output: {rasters: `classes}", -1);
    check("'rasters' cannot be 'class'; did you mean 'classes'?", TITLE,
          "output: {rasters: [reasons, `class]}", -1);
    check(
        "'compress' cannot be 'jpeg'; allowed: deflate, zstd\n'overviews': expected true or false, found the "
        "number 3",
        TITLE, "output: {compress: `jpeg, overviews: `3}", -1);
    check("'output': expected a map with the keys rasters, compress, overviews, styles, portal, tiles, stac, "
          "qgis, "
          "found a list",
          TITLE, "output: `[classes]", -1);
    check("'note': expected text, found a list", TITLE, "note: `[a]", -1);
}

static void sections_may_be_left_out_or_empty(void **state)
{
    (void)state;
    check("", TITLE, NULL, ZONES, NULL, OVERLAY, NULL, CONSTRAINTS, NULL, CURAM, NULL, -1);
    check("", OVERLAY, "overlay:", CONSTRAINTS, "constraints: # none yet", CURAM, NULL, -1);
    check("'criteria': expected a map with at least one criterion, found nothing", CRITERIA,
          "`criteria:", AKSES, NULL, LERENG, NULL, CONSTRAINTS, NULL, CURAM, NULL, -1);
    check("'criteria': expected a map with at least one criterion, found an empty map", CRITERIA,
          "criteria: `{}", AKSES, NULL, LERENG, NULL, -1);
    check("'layers': expected a map of ids to layers, found an empty map", LAYERS, "layers: `{}", PROVINSI,
          NULL, JALAN, NULL, ZONA, NULL, ELEVASI, NULL, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_unchanged_file_is_accepted),
        cmocka_unit_test(unknown_keys_are_refused_at_every_level),
        cmocka_unit_test(regions_are_checked_as_zones_are),
        cmocka_unit_test(all_missing_keys_of_the_top_are_named),
        cmocka_unit_test(missing_keys_are_named_at_their_section),
        cmocka_unit_test(values_of_the_wrong_type_are_described),
        cmocka_unit_test(numbers_out_of_range_say_what_is_allowed),
        cmocka_unit_test(choices_are_listed_or_the_nearest_is_named),
        cmocka_unit_test(bounds_are_four_rising_numbers_instead_of_an_area),
        cmocka_unit_test(ids_are_small_letters_digits_and_underscores),
        cmocka_unit_test(an_id_that_would_double_a_zone_property_is_refused),
        cmocka_unit_test(ids_clash_also_when_only_capitals_differ),
        cmocka_unit_test(what_gives_different_properties_does_not_clash),
        cmocka_unit_test(output_names_maps_and_how_they_are_written),
        cmocka_unit_test(sections_may_be_left_out_or_empty),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
