/* A study of 3 x 3 cells of 100 m that can be computed by hand; test_run.c has the arithmetic.
 *
 *        x 300000 .. 300300, y 9600000 .. 9600300, EPSG:32750       road at x = 300050, north-south
 *        height      10  4  6      soil  A A B      the north-east cell (0, 2) is outside the study area
 *                     8  ?  2            A A B      the south-west cell (2, 0) lies in a protected wood
 *                    10 20 10            A A A      A: Aluvial, B: Gambut */
#ifndef TPK_TEST_SMALL_STUDY_H
#define TPK_TEST_SMALL_STUDY_H

#include "study_files.h"

static inline const char *write_small_study(void)
{
    static const double heights[9] = {10, 4, 6, 8, -9999, 2, 10, 20, 10};
    write_features("wilayah.geojson", "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": "
                                      "\"Polygon\", \"coordinates\": [[[300000, 9600000], "
                                      "[300300, 9600000], [300300, 9600200], [300200, 9600200], [300200, "
                                      "9600300], [300000, 9600300], [300000, 9600000]]]}}");
    write_shapefile("jalan.shp", "EPSG:32750",
                    "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Jalan Uji\"}, \"geometry\": "
                    "{\"type\": \"LineString\", "
                    "\"coordinates\": [[300050, 9599000], [300050, 9601000]]}}");
    write_shapefile("tanah.shp", "EPSG:32750",
                    "{\"type\": \"Feature\", \"properties\": {\"jenis\": \"Aluvial\"}, \"geometry\": "
                    "{\"type\": \"Polygon\", \"coordinates\": "
                    "[[[300000, 9600000], [300300, 9600000], [300300, 9600100], [300160, 9600100], [300160, "
                    "9600300], [300000, 9600300], "
                    "[300000, 9600000]]]}},"
                    "{\"type\": \"Feature\", \"properties\": {\"jenis\": \"Gambut\"}, \"geometry\": "
                    "{\"type\": \"Polygon\", \"coordinates\": "
                    "[[[300160, 9600100], [300300, 9600100], [300300, 9600300], [300160, 9600300], [300160, "
                    "9600100]]]}}");
    write_features("lindung.geojson",
                   "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": \"Polygon\", "
                   "\"coordinates\": [[[300010, 9600010], "
                   "[300090, 9600010], [300090, 9600090], [300010, 9600090], [300010, 9600010]]]}}");
    write_features("pelabuhan.geojson", "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Dermaga "
                                        "Satu\"}, \"geometry\": {\"type\": \"Point\", \"coordinates\": "
                                        "[300100, 9600200]}},"
                                        "{\"type\": \"Feature\", \"properties\": {\"nama\": \"Dermaga "
                                        "Dua\"}, \"geometry\": {\"type\": \"Point\", \"coordinates\": "
                                        "[300400, 9600100]}}");
    write_shapefile("zona.shp", "EPSG:32750",
                    "{\"type\": \"Feature\", \"properties\": {\"kode\": \"U\", \"nama\": \"Utara\", "
                    "\"luas\": 2.0, \"catatan\": \"uji\"}, \"geometry\": "
                    "{\"type\": \"Polygon\", \"coordinates\": [[[300000, 9600160], [300150, 9600160], "
                    "[300150, 9600300], [300000, 9600300], "
                    "[300000, 9600160]]]}},"
                    "{\"type\": \"Feature\", \"properties\": {\"kode\": \"T\", \"nama\": \"Timur\", "
                    "\"luas\": null, \"catatan\": null}, \"geometry\": "
                    "{\"type\": \"Polygon\", \"coordinates\": [[[300200, 9600000], [300350, 9600000], "
                    "[300350, 9600250], [300200, 9600250], "
                    "[300200, 9600000]]]}}");
    write_raster("tinggi.tif", "EPSG:32750", 300000, 9600300, 100, 3, 3, heights, -9999);
    return write_text(
        "kecil.yaml",
        "tapak: 1\n"
        "title: Studi kecil\n"
        "note: Hanya uji\n"
        "language: en\n"
        "grid: {crs: EPSG:32750, cell: 100, area: wilayah}\n"
        "layers:\n"
        "  wilayah: {path: wilayah.geojson, crs: EPSG:32750}\n"
        "  jalan: jalan.shp\n"
        "  tanah: tanah.shp\n"
        "  lindung: {path: lindung.geojson, crs: EPSG:32750}\n"
        "  pelabuhan: {path: pelabuhan.geojson, crs: EPSG:32750}\n"
        "  zona: zona.shp\n"
        "  tinggi: tinggi.tif\n"
        "zones: {layer: zona, id: kode, name: nama, stated_area_ha: luas, note: catatan}\n"
        "overlay: [jalan, tanah, pelabuhan]\n"
        "criteria:\n"
        "  akses: {title: Road, from: {distance: jalan}, curve: {linear: {best: 0, worst: 200}}}\n"
        "  tinggi: {title: Height, from: {raster: tinggi, resample: nearest}, curve: {points: [[0, 0], [10, "
        "1]]}}\n"
        "  tanah: {title: Soil, from: {attribute: tanah, field: jenis}, curve: {classes: {Aluvial: 1, "
        "Gambut: 0}}}\n"
        "constraints:\n"
        "  lindung: {title: Protected wood, from: {inside: lindung}, source: UU 41/1999}\n"
        "  terlalu_tinggi: {title: Too high, from: tinggi, above: 15, source: Permenperin 30/2020, unknown: "
        "pass}\n"
        "decision:\n"
        "  weights: {akses: 0.5, tinggi: 0.25, tanah: 0.25}\n"
        "  classes: {S1: 0.8, S2: 0.6, S3: 0.4}\n");
}

#endif
