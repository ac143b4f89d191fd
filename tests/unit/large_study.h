/* A study of about 700 x 500 cells that uses every kind of source, every policy for the unknown, an irregular
 * study area and zones that reach beyond it. Everything is drawn from a fixed seed. */
#ifndef TPK_TEST_LARGE_STUDY_H
#define TPK_TEST_LARGE_STUDY_H

#include "study_files.h"

/* A number in [low, high), the same on every machine (Knuth's MMIX generator). */
static inline double draw(uint64_t *seed, double low, double high)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return low + (double)(*seed >> 11) * 0x1p-53 * (high - low);
}

typedef struct text_buffer {
    char *text;
    size_t n, capacity;
} text_buffer;

static inline void put(text_buffer *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char piece[1000];
    int n = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    assert_true(n >= 0 && n < (int)sizeof piece);
    if (b->n + (size_t)n + 1 > b->capacity) {
        b->capacity = 2 * b->capacity + 2000;
        b->text = realloc(b->text, b->capacity);
        assert_non_null(b->text);
    }
    memcpy(b->text + b->n, piece, (size_t)n + 1);
    b->n += (size_t)n;
}

/* Lines of 12 points that wander through the box and beyond it. */
static inline void write_lines(const char *name, uint64_t seed, int n)
{
    text_buffer b = {0};
    for (int i = 0; i < n; i++) {
        double x = draw(&seed, 298000, 337000), y = draw(&seed, 9598000, 9627000);
        put(&b,
            "%s{\"type\": \"Feature\", \"properties\": {\"nama\": \"Jalan %d\", \"kelas\": \"%s\"}, "
            "\"geometry\": {\"type\": \"LineString\", \"coordinates\": [",
            i ? ", " : "", i, i % 3 ? "lokal" : "arteri");
        for (int k = 0; k < 12; k++) {
            put(&b, "%s[%.2f, %.2f]", k ? ", " : "", x, y);
            x += draw(&seed, -900, 1300), y += draw(&seed, -900, 900);
        }
        put(&b, "]}}");
    }
    write_shapefile(name, "EPSG:32750", b.text);
    free(b.text);
}

static inline void write_points(const char *name, uint64_t seed, int n)
{
    text_buffer b = {0};
    for (int i = 0; i < n; i++) {
        put(&b,
            "%s{\"type\": \"Feature\", \"properties\": {\"nama\": \"Titik %d\"}, \"geometry\": {\"type\": "
            "\"Point\", \"coordinates\": [%.2f, %.2f]}}",
            i ? ", " : "", i, draw(&seed, 298000, 337000), draw(&seed, 9598000, 9627000));
    }
    write_features(name, b.text);
    free(b.text);
}

/* Stars of 20 corners with a class and a number; radius at most `radius_m`. */
static inline void write_stars(const char *name, uint64_t seed, int n, double radius_m, double x_min,
                               double x_max)
{
    text_buffer b = {0};
    for (int i = 0; i < n; i++) {
        double x = draw(&seed, x_min, x_max), y = draw(&seed, 9598000, 9627000), first_x = 0, first_y = 0;
        put(&b,
            "%s{\"type\": \"Feature\", \"properties\": {\"kode\": \"Z%d\", \"nama\": \"Bintang %d\", "
            "\"jenis\": \"%c\", \"angka\": %.3f}, \"geometry\": "
            "{\"type\": \"Polygon\", \"coordinates\": [[",
            i ? ", " : "", i, i, "ABCD"[i % 4], draw(&seed, 0, 10));
        for (int k = 0; k < 20; k++) {
            double angle = 2 * M_PI * k / 20, r = draw(&seed, radius_m / 3, radius_m);
            double px = x + r * cos(angle), py = y + r * sin(angle);
            if (k == 0) first_x = px, first_y = py;
            put(&b, "[%.2f, %.2f], ", px, py);
        }
        put(&b, "[%.2f, %.2f]]]}}", first_x, first_y);
    }
    write_shapefile(name, "EPSG:32750", b.text);
    free(b.text);
}

/* Rolling heights with holes: in degrees for the slope, in metres otherwise. */
static inline void write_heights(const char *name, const char *crs, double x0, double y0, double pixel,
                                 int n_rows, int n_cols, bool classes)
{
    double *values = malloc((size_t)n_rows * (size_t)n_cols * sizeof *values);
    assert_non_null(values);
    for (int r = 0; r < n_rows; r++) {
        for (int c = 0; c < n_cols; c++) {
            double height =
                60 + 55 * sin(c * 0.11 + r * 0.03) * cos(r * 0.07) + 4 * sin(c * 1.3) * sin(r * 1.7);
            bool hole = (r / 9 + c / 14) % 11 == 0;
            values[r * n_cols + c] = hole ? -9999 : classes ? floor(height / 30) : height;
        }
    }
    write_raster(name, crs, x0, y0, pixel, n_rows, n_cols, values, -9999);
    free(values);
}

static inline const char *write_large_study(void)
{
    write_features("wilayah.geojson", "{\"type\": \"Feature\", \"properties\": {}, \"geometry\": {\"type\": "
                                      "\"Polygon\", \"coordinates\": [[[300000, 9601200], [309000, 9600000], "
                                      "[334990, 9602500], [333000, 9618000], [329000, 9624990], [316000, "
                                      "9621000], [303000, 9624000], [300000, 9601200]]]}}");
    write_lines("jalan.shp", 1, 60);
    write_lines("sungai.shp", 2, 25);
    write_points("desa.geojson", 3, 150);
    write_stars("tanah.shp", 4, 70, 4500, 298000, 337000);
    write_stars("hutan.shp", 5, 18, 2200, 298000, 337000);
    write_stars("zona.shp", 6, 7, 2600, 300000, 336000);
    write_heights("elevasi.tif", "EPSG:4326", 115.18, -3.37, 0.0011, 250, 330, false);
    write_heights("curah.tif", "EPSG:32750", 299000, 9626000, 130, 210, 290, false);
    write_heights("kelas.tif", "EPSG:32750", 299500, 9625500, 45, 580, 800, true);
    return write_text(
        "besar.yaml",
        "tapak: 1\n"
        "grid: {crs: EPSG:32750, cell: 50, area: wilayah}\n"
        "layers:\n"
        "  wilayah: wilayah.geojson\n"
        "  jalan: jalan.shp\n"
        "  sungai: sungai.shp\n"
        "  desa: desa.geojson\n"
        "  tanah: tanah.shp\n"
        "  hutan: hutan.shp\n"
        "  zona: zona.shp\n"
        "  elevasi: elevasi.tif\n"
        "  curah: curah.tif\n"
        "  kelas: kelas.tif\n"
        "zones: {layer: zona, id: kode, name: nama}\n"
        "overlay: [jalan, tanah, desa]\n"
        "criteria:\n"
        "  jalan: {from: {distance: jalan, where: \"kelas = 'arteri'\"}, curve: {linear: {best: 100, worst: "
        "3000}}}\n"
        "  hutan: {from: {distance: hutan}, curve: {sigmoid: {zero: 0, one: 2500}}}\n"
        "  lereng: {from: {slope: elevasi, unit: degrees}, curve: {points: [[0, 1], [2, 0.7], [9, 0]]}, "
        "unknown: share}\n"
        "  curah: {from: {raster: curah, resample: bilinear}, curve: {trapezoid: {a: 0, b: 40, c: 80, d: "
        "120}}, unknown: worst}\n"
        "  halus: {from: {raster: curah, resample: cubic}, curve: {gaussian: {mid: 60, half_width: 30}}, "
        "unknown: exclude}\n"
        "  rata: {from: {raster: kelas, resample: average}, curve: {linear: {best: 4, worst: 0}}, unknown: "
        "0.3}\n"
        "  kelas: {from: {raster: kelas, resample: nearest}, curve: {classes: {\"0\": 0.2, \"1\": 0.9, "
        "\"2\": 0.5}, other: 0.4}, unknown: share}\n"
        "  tanah: {from: {attribute: tanah, field: jenis}, curve: {classes: {A: 1, B: 0.7, C: 0.1}, other: "
        "0}, unknown: 0.5}\n"
        "  angka: {from: {attribute: tanah, field: angka, outside: 5}, curve: {linear: {best: 10, worst: "
        "0}}}\n"
        "  rapat: {from: {density: desa, radius: 2000}, curve: {linear: {best: 0.6, worst: 0}}}\n"
        "  padat: {from: {density: sungai, radius: 1500}, curve: {linear: {best: 1, worst: 0}}}\n"
        "  dalam: {from: {inside: tanah, cover: share, share: 0.4}, curve: {points: [[0, 0.5], [1, 1]]}}\n"
        "constraints:\n"
        "  hutan: {from: {inside: hutan, cover: touch}, source: UU 41/1999}\n"
        "  sungai: {from: {distance: sungai}, nearer: 150, source: Uji}\n"
        "  curam: {from: lereng, above: 7, source: Uji, unknown: unknown}\n"
        "  basah: {from: curah, above: 110, source: Uji, unknown: exclude}\n"
        "  jauh: {from: jalan, above: 6000, source: Uji, unknown: pass}\n"
        "  gambut: {from: tanah, equals: [D], source: Uji, unknown: pass}\n"
        "  sepi: {from: {density: desa, radius: 5000}, below: 0.02, source: Uji}\n"
        "output: {stac: false}\n"
        "decision:\n"
        "  weights: {jalan: 0.2, hutan: 0.1, lereng: 0.1, curah: 0.1, halus: 0.05, rata: 0.05, kelas: 0.1, "
        "tanah: 0.1, angka: 0.05,\n"
        "    rapat: 0.05, padat: 0.05, dalam: 0.05}\n"
        "  classes: {S1: 0.65, S2: 0.55, S3: 0.4}\n");
}

#endif
