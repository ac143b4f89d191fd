/* Findings about what layers say that nobody measured, that nobody else says so, or that is no longer so: for
 * each a layer that shows it and ones that look like it and are fine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check_support.h"

static const double NONE = (double)NAN;

/* ---- regencies_missing ---- */

/* The thirteen seats, as facts about the province have them. */
enum { N_SEATS = 13 };
static const double SEATS[N_SEATS][2] = {
    {114.7823, -3.7998}, {116.2281, -3.2362}, {114.8484, -3.4089}, {114.7664, -2.9781}, {115.1552, -2.9312},
    {115.2658, -2.7865}, {115.3845, -2.5845}, {115.2544, -2.4196}, {115.4077, -2.1709}, {115.9485, -3.4837},
    {115.4705, -2.3640}, {114.5889, -3.3281}, {114.8309, -3.4390}};
#define TEN_OLD                                                                                              \
    "TANAH LAUT", "KOTA BARU", "BANJAR", "BARITO KUALA", "TAPIN", "HULU SEI SELATAN", "HULU SEI TENGAH",     \
        "HULU SEI UTARA", "TABALONG"
static const char *const PRESENT[N_SEATS] = {TEN_OLD, "Tanah Bumbu", "Balangan", "Kota Banjarmasin",
                                             "Kota Banjarbaru"};
static const char *const OLD[N_SEATS] = {TEN_OLD, "KOTA BARU", "HULU SEI UTARA", "KODYA BANJARMASIN",
                                         "BANJAR"};

/* A small square around each of the first n seats, named so. */
static made *division(const char *const *names, int n)
{
    const double HALF = 0.01;
    made *m = make(TPK_GEOM_POLYGON, (size_t)n, (size_t)n * 5);
    for (int s = 0; s < n; s++) box(m, SEATS[s][0] - HALF, SEATS[s][1] - HALF, 2 * HALF, 2 * HALF);
    place(m, degrees);
    texts(m, "NM_KAB", names);
    return m;
}

static void an_older_division_is_told_with_whose_land_it_gives_to_whom(void **state)
{
    (void)state;
    made *m = division(OLD, N_SEATS);
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REMARK, 0,
                 "names 10 of the 13 regencies");
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REMARK, 0,
                 "the seats of 3 others");
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REMARK, 0,
                 "Balangan: its seat, Paringin, lies in HULU SEI UTARA here");
    unmake(m);
}

static void the_present_division_and_parts_of_it_are_fine(void **state)
{
    (void)state;
    made *m = division(PRESENT, N_SEATS);
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    unmake(m);
    m = division(PRESENT, 9); /* the other four are not in the layer, and their land neither */
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    unmake(m);
    m = division(OLD, N_SEATS); /* names few: a map of one corner */
    for (int f = 0; f < N_SEATS; f++) m->layer.fields[0].text[f] = (char *)(uintptr_t) "BANJAR";
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    unmake(m);
    m = division(OLD,
                 N_SEATS); /* areas of floods: Banjar's own seat stayed dry */
    m->layer.fields[0].text[2] = NULL;
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    unmake(m);
    m = division(OLD, N_SEATS); /* points say where they are, not what belongs to whom */
    m->layer.kind = TPK_GEOM_POINT;
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    unmake(m);
    m = division(OLD, N_SEATS); /* no places without a CRS */
    free(m->subject.lonlat);
    m->subject.lonlat = NULL;
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    unmake(m);
}

/* A hole in the older regency's polygon, where the seat lies. */
static void a_seat_in_a_hole_belongs_to_nobody(void **state)
{
    (void)state;
    made *m = make(TPK_GEOM_POLYGON, 9, 100);
    for (int s = 0; s < 9; s++) {
        double x = SEATS[s][0], y = SEATS[s][1];
        box(m, x - 0.01, y - 0.01, 0.02, 0.02);
    }
    double x = SEATS[10][0], y = SEATS[10][1]; /* around Paringin */
    PART(m, TPK_RING_OUTER, x - 0.02, y - 0.02, x + 0.02, y - 0.02, x + 0.02, y + 0.02, x - 0.02, y + 0.02,
         x - 0.02, y - 0.02);
    PART(m, TPK_RING_HOLE, x - 0.01, y - 0.01, x + 0.01, y - 0.01, x + 0.01, y + 0.01, x - 0.01, y + 0.01,
         x - 0.01, y - 0.01);
    place(m, degrees);
    texts(m, "NM_KAB", PRESENT);
    assert_fine(&TPK_FINDING_REGENCIES_MISSING, &m->subject);
    m->layer.feature_part[9]--; /* without the hole */
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REMARK, 0,
                 "the seat of 1 other lies in them");
    unmake(m);
}

/* ---- codes_prefixed ---- */

static void letters_before_official_codes_are_told(void **state)
{
    (void)state;
    made *m = table(3);
    TEXTS(m, "regency_co", "id6301", "id6302", NULL);
    TEXTS(m, "village_co", "ID6301010001", "id6301010002", "id6302020003");
    assert_found(
        &TPK_FINDING_CODES_PREFIXED, &m->subject, "codes_prefixed", TPK_GRAVITY_REMARK, 0,
        "2 columns hold what look like official codes with letters before them: 'ID' before '6301010001'");
    assert_found(&TPK_FINDING_CODES_PREFIXED, &m->subject, "codes_prefixed", TPK_GRAVITY_REMARK, 0,
                 "substr(\"village_co\", 3)");
    assert_found(&TPK_FINDING_CODES_PREFIXED, &m->subject, "codes_prefixed", TPK_GRAVITY_REMARK, 0,
                 "regency_co = id6301");
    unmake(m);
}

static void other_codes_and_plain_ones_are_fine(void **state)
{
    (void)state;
    made *m = table(3);
    TEXTS(m, "KODE", "6301", "6302", "6303");
    TEXTS(m, "kode", "63.01.01", "63.01.02", "63.01.03");
    TEXTS(m, "LCODE", "HB0020", "HB0040", "CB0140");
    TEXTS(m, "FCODE", "BA03070040", "BA03070040", "BA03070041");
    TEXTS(m, "jalan", "AB6301", "AB6301", "AB6301");       /* one number: any number */
    TEXTS(m, "campur", "id6301", "pc6302", "id6303");      /* no common letters */
    TEXTS(m, "sebagian", "id6301", "id6302", "tidak ada"); /* not all */
    TEXTS(m, "panjang", "id63010", "id63011", "id63012");  /* no code has five digits */
    TEXTS(m, "kosong", NULL, NULL, NULL);
    assert_fine(&TPK_FINDING_CODES_PREFIXED, &m->subject);
    unmake(m);
}

/* Digits that no regency of the province has: numbers of somebody's own. */
static void numbers_of_assets_are_fine(void **state)
{
    (void)state;
    enum { N_POLES = 20 };
    char names[N_POLES][8];
    const char *poles[N_POLES], *codes[N_POLES];
    static const int REGENCIES[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 71, 72};
    char official[N_POLES][8];
    for (int i = 0; i < N_POLES; i++) {
        snprintf(names[i], sizeof names[i], "TM63%02d", i);
        snprintf(official[i], sizeof official[i], "TM63%02d", REGENCIES[i % 13]);
        poles[i] = names[i];
        codes[i] = official[i];
    }
    made *m = table(N_POLES);
    texts(m, "no_tiang", poles);
    assert_fine(&TPK_FINDING_CODES_PREFIXED, &m->subject);
    unmake(m);
    codes[0] = "TM6399"; /* as an office writes what is not settled */
    codes[1] = "TM6300";
    m = table(N_POLES);
    texts(m, "kode", codes);
    assert_found(&TPK_FINDING_CODES_PREFIXED, &m->subject, "codes_prefixed", TPK_GRAVITY_REMARK, 0,
                 "1 column holds what look like official codes");
    unmake(m);
    codes[2] = "TM6398"; /* more than one in ten */
    m = table(N_POLES);
    texts(m, "kode", codes);
    assert_fine(&TPK_FINDING_CODES_PREFIXED, &m->subject);
    unmake(m);
}

/* ---- zeros_for_unknown ---- */

enum { N_DEPOSITS = 60 };

/* n_zero zeros, then amounts from 0.01 to high, each another by the same factor. */
static void deposits(double *amounts, int n_zero, double high)
{
    for (int i = 0; i < N_DEPOSITS; i++)
        amounts[i] =
            i < n_zero ? 0 : 0.01 * pow(high / 0.01, (double)(i - n_zero) / (N_DEPOSITS - n_zero - 1));
}

static void many_exact_zeros_beside_amounts_of_all_sizes_are_told(void **state)
{
    (void)state;
    double amounts[N_DEPOSITS];
    made *m = table(N_DEPOSITS);
    deposits(amounts, 13, 800);
    numbers(m, "cd_total", amounts);
    deposits(amounts, 3, 800); /* few: they may well be so */
    numbers(m, "sd_total", amounts);
    assert_found(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject, "zeros_for_unknown", TPK_GRAVITY_REMARK, 0,
                 "1 column of amounts (cd_total) is exactly 0");
    assert_found(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject, "zeros_for_unknown", TPK_GRAVITY_REMARK, 0,
                 "cd_total = 0 in 13 of 60, else 0.01 to 800");
    unmake(m);
}

static void zeros_that_are_measured_are_fine(void **state)
{
    (void)state;
    double amounts[N_DEPOSITS], classes[N_DEPOSITS], negative[N_DEPOSITS], unknown[N_DEPOSITS];
    made *m = table(N_DEPOSITS);
    deposits(amounts, 13, 800);
    for (int i = 0; i < N_DEPOSITS; i++) {
        classes[i] = i < 13 ? 0 : i % 2 ? 1 : 1000;
        negative[i] = i == 20 ? -1 : amounts[i];
        unknown[i] = i < 13 ? NONE : amounts[i];
    }
    numbers(m, "JARAK_M", amounts); /* at the road it is 0 */
    numbers(m, "kelas", classes);   /* the same few again: codes */
    numbers(m, "beda", negative);   /* a difference passes through 0 */
    numbers(m, "cadangan", unknown);
    deposits(amounts, 13, 0.5); /* of one size: within a factor of 50 */
    numbers(m, "kadar", amounts);
    deposits(amounts, 50, 800); /* too few amounts to say how large they are */
    numbers(m, "hipotetik", amounts);
    assert_fine(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject);
    unmake(m);
}

/* Columns by these names, in which nothing but the name says whether 0 is a measure. */
static void columns_of_zeros(made *m, const char *const *names, int n)
{
    double amounts[N_DEPOSITS];
    deposits(amounts, 13, 800);
    for (int i = 0; i < n; i++) numbers(m, names[i], amounts);
}
#define COLUMNS_OF_ZEROS(m, ...)                                                                             \
    columns_of_zeros(m, (const char *const[]){__VA_ARGS__},                                                  \
                     (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static void zeros_at_the_sea_in_the_dry_and_without_flood_are_measured(void **state)
{
    (void)state;
    made *m = table(N_DEPOSITS); /* the last of each line as a shapefile cuts it */
    COLUMNS_OF_ZEROS(m, "curah_hujan", "HUJAN_MM", "rain2020", "precip", "curah_presipitasi", "CURAH_HUJA");
    COLUMNS_OF_ZEROS(m, "banjir_ha", "genangan", "flood_area", "luas_longsor", "terbakar_ha", "LUAS_BANJI");
    assert_fine(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject);
    unmake(m);
    m = table(N_DEPOSITS);
    COLUMNS_OF_ZEROS(m, "NEAR_DIST", "HubDist", "dist_m", "distance", "jrk_jalan", "PANJ_JARAK");
    COLUMNS_OF_ZEROS(m, "ketinggian", "height", "alt", "dem_mean", "elevasi", "KELAS_TING");
    assert_fine(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject);
    unmake(m);
    m = table(N_DEPOSITS);
    COLUMNS_OF_ZEROS(m, "slope", "lereng", "kelerengan", "altitude", "NILAI_LERE");
    assert_fine(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject);
    unmake(m);
}

static void words_within_other_words_do_not_say_that_zero_is_measured(void **state)
{
    (void)state;
    made *m = table(N_DEPOSITS);
    COLUMNS_OF_ZEROS(m, "DISTRICT_T", "distribusi", "drainage", "demand", "alternatif", "salt");
    assert_found(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject, "zeros_for_unknown", TPK_GRAVITY_REMARK, 0,
                 "6 columns of amounts (DISTRICT_T, distribusi, drainage, demand, alternatif, salt)");
    unmake(m);
}

/* A mine of 0 tons is a mine still: distances to the layer need it. */
static void leaving_features_out_is_advised_beside_the_layer(void **state)
{
    (void)state;
    made *m = table(N_DEPOSITS);
    COLUMNS_OF_ZEROS(m, "cd_total");
    assert_found(&TPK_FINDING_ZEROS_FOR_UNKNOWN, &m->subject, "zeros_for_unknown", TPK_GRAVITY_REMARK, 0,
                 "a second entry");
    unmake(m);
}

/* ---- figures_repeated ---- */

/* Names, and what is said of them, are invented. */
enum { N_DISTRICTS = 10 };
#define DISTRICTS "Utara", "Selatan", "Timur", "Barat", "Tengah", "Hulu", "Hilir", "Muara", "Pesisir", "Kota"

static void round_figures_that_come_again_are_told(void **state)
{
    (void)state;
    made *m = table(N_DISTRICTS);
    TEXTS(m, "KECAMATAN", DISTRICTS);
    NUMBERS(m, "POPULASI", 5000, 2100, 7700, 11300, 8400, 26100, 5000, 6600, 5000, 2100);
    TEXTS(m, "luas_ha", "41000", "15500", "41000", "0", "15500", "770", "52100", "63200", "74300", "85400");
    assert_found(&TPK_FINDING_FIGURES_REPEATED, &m->subject, "figures_repeated", TPK_GRAVITY_REMARK, 0,
                 "1 column of counts or areas (POPULASI)"); /* of the other one in nine is not round */
    assert_found(&TPK_FINDING_FIGURES_REPEATED, &m->subject, "figures_repeated", TPK_GRAVITY_REMARK, 0,
                 "POPULASI: 5 of 10 places share their figure, such as 5000, with another");
    m->layer.fields[2].text[5] = (char *)(uintptr_t) "2300";
    assert_found(&TPK_FINDING_FIGURES_REPEATED, &m->subject, "figures_repeated", TPK_GRAVITY_REMARK, 0,
                 "luas_ha: 4 of 9 places share their figure, such as 15500, with another");
    unmake(m);
}

static void counted_figures_and_round_choices_are_fine(void **state)
{
    (void)state;
    made *m = table(N_DISTRICTS);
    TEXTS(m, "KECAMATAN", DISTRICTS);
    NUMBERS(m, "JIWA", 5013, 2177, 7741, 11386, 8452, 26133, 5013, 6619, 5013, 2177);    /* counted */
    NUMBERS(m, "akurasi_m", 1000, 2000, 3000, 1000, 2000, 4000, 1000, 5000, 1000, 2000); /* said of the map */
    NUMBERS(m, "penduduk", 1000, 2000, 2000, 1000, 2000, 1000, 1000, 2000, 1000, 2000);  /* two classes */
    NUMBERS(m, "LUAS", 1100, 2200, 3300, 4400, 5500, 6600, 7700, 8800, 9900, 10100);     /* never the same */
    assert_fine(&TPK_FINDING_FIGURES_REPEATED, &m->subject);
    unmake(m);
}

/* One place has one area in every year of the table. */
static void figures_of_one_place_may_repeat(void **state)
{
    (void)state;
    made *m = table(N_DISTRICTS);
    TEXTS(m, "nama", "A", "B", "C", "D", "E", "A", "B", "C", "D", "E");
    NUMBERS(m, "luas_ha", 1100, 2200, 3300, 4400, 5500, 1100, 2200, 3300, 4400, 5500);
    assert_fine(&TPK_FINDING_FIGURES_REPEATED, &m->subject);
    unmake(m);
    m = table(N_DISTRICTS); /* nor can places be told apart without names */
    NUMBERS(m, "luas_ha", 1100, 2200, 3300, 4400, 5500, 1100, 2200, 3300, 4400, 5500);
    assert_fine(&TPK_FINDING_FIGURES_REPEATED, &m->subject);
    unmake(m);
}

static void wages_prices_and_plans_are_round(void **state)
{
    (void)state;
    made *m = table(N_DISTRICTS);
    static const double ROUND[] = {5000, 2100, 7700, 11300, 8400, 26100, 5000, 6600, 5000, 2100};
    static const char *const NAMES[] = {"upah_harian",        "x_harga",    "harga_ha",
                                        "kapasitas_produksi", "luas_izin",  "rencana_ha",
                                        "permit_ha",          "PROD_KAPAS", "LUAS_RENCA"};
    TEXTS(m, "KECAMATAN", DISTRICTS);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) numbers(m, NAMES[i], ROUND);
    assert_fine(&TPK_FINDING_FIGURES_REPEATED, &m->subject);
    numbers(m, "sawah_HA", ROUND);
    assert_found(&TPK_FINDING_FIGURES_REPEATED, &m->subject, "figures_repeated", TPK_GRAVITY_REMARK, 0,
                 "1 column of counts or areas (sawah_HA)");
    unmake(m);
}

/* Every place of a table by year is one place, with the figure that it has first. */
static void places_of_a_table_by_year_count_once(void **state)
{
    (void)state;
    enum { N_YEARS = 3, N_PLACES = 8, N_ROWS = N_YEARS * N_PLACES };
    static const char *const PLACES[N_PLACES] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    static const double FIRST[N_PLACES] = {5000, 2100, 5000, 7700, 2100, 6600, 8400, 9300};
    const char *places[N_ROWS];
    double shared[N_ROWS], own[N_ROWS];
    for (int i = 0; i < N_ROWS; i++) {
        int place = i / N_YEARS, year = i % N_YEARS;
        places[i] = PLACES[place];
        shared[i] = FIRST[place] + 1000 * year;
        own[i] = 5000 + 100 * place + 100 * year; /* a year later the neighbour's of this year */
    }
    made *m = table(N_ROWS);
    texts(m, "nama", places);
    numbers(m, "produksi", shared);
    assert_found(&TPK_FINDING_FIGURES_REPEATED, &m->subject, "figures_repeated", TPK_GRAVITY_REMARK, 0,
                 "produksi: 4 of 8 places share their figure, such as 2100, with another");
    unmake(m);
    m = table(N_ROWS);
    texts(m, "nama", places);
    numbers(m, "produksi", own);
    assert_fine(&TPK_FINDING_FIGURES_REPEATED, &m->subject);
    m->layer.n_features -= N_YEARS; /* seven places of three years */
    memcpy(m->layer.fields[1].number, shared, sizeof shared);
    assert_fine(&TPK_FINDING_FIGURES_REPEATED, &m->subject);
    unmake(m);
}

/* ---- cancelling ---- */

/* Asks to stop at the fourth telling of progress, in the midst of the second column: each column tells when
 * it begins, and every TPK_CHECK_STRIDE features as it is gathered. */
typedef struct listener {
    int n_calls;
    atomic_int cancel;
} listener;

static void stop_at_fourth(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    listener *l = user;
    (void)stage;
    (void)done;
    (void)total;
    (void)unit;
    if (++l->n_calls == 4) atomic_store(&l->cancel, 1);
}

static void cancelling_stops_within_a_column(void **state)
{
    (void)state;
    enum { N_ROWS = 3 * 4096 };
    const tpk_finding_kind *const KINDS[] = {&TPK_FINDING_ZEROS_FOR_UNKNOWN, &TPK_FINDING_FIGURES_REPEATED};
    made *m = table(N_ROWS);
    double *figures = calloc(N_ROWS, sizeof *figures);
    const char **names = calloc(N_ROWS, sizeof *names);
    for (int i = 0; i < N_ROWS; i++) {
        figures[i] = i % 5 * 1000;
        names[i] = i % 2 ? "Utara" : "Selatan";
    }
    texts(m, "nama", names);
    numbers(m, "luas_ha", figures);
    for (size_t k = 0; k < 2; k++) {
        listener l = {0};
        tpk_control control = {.progress = stop_at_fourth, .user = &l, .cancel = &l.cancel};
        m->subject.control = &control;
        tpk_findings findings = {0};
        long before = tpk_mem_live_count();
        assert_int_equal(KINDS[k]->examine(&m->subject, &findings, NULL), TPK_ERR_CANCELLED);
        assert_int_equal(tpk_mem_live_count(), before);
        assert_int_equal(l.n_calls, 4);
        tpk_findings_clear(&findings);
    }
    free(figures);
    free(names);
    unmake(m);
}

/* ---- airports ---- */

/* Points at the four airports, to a hundredth of a degree, with codes; the first n of them. */
static made *airports(int n, const char *column, const char *const *codes)
{
    static const double PLACES[4][2] = {{114.76, -3.44}, {115.44, -2.22}, {116.00, -3.41}, {116.17, -3.30}};
    made *m = make(TPK_GEOM_POINT, (size_t)n, (size_t)n);
    for (int i = 0; i < n; i++) {
        feature(m);
        PART(m, 0, PLACES[i][0], PLACES[i][1]);
    }
    place(m, degrees);
    texts(m, column, codes);
    return m;
}

static void codes_that_were_given_up_are_told(void **state)
{
    (void)state;
    made *m = airports(4, "iko", (const char *const[]){"WRBB", "WAON", "WRBC", NULL});
    assert_found(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject, "airport_codes_old", TPK_GRAVITY_REMARK, 1,
                 "WRBB; ICAO's is WAOO");
    unmake(m);
    m = airports(4, "icao", (const char *const[]){"WAOO", "waon", NULL, ""});
    assert_fine(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject);
    unmake(m);
    m = airports(4, "icao", (const char *const[]){NULL, NULL, "WAOC", "WRBK"}); /* not known for certain */
    assert_fine(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject);
    unmake(m);
    m = airports(4, "icao", (const char *const[]){"-", "63", "", ""}); /* no codes */
    assert_fine(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject);
    unmake(m);
    m = airports(4, "icao", (const char *const[]){"WAOO", "WRBN", "WAON", NULL});
    m->subject.lonlat[2] = m->subject.lonlat[0] + 0.02; /* a helipad beside the first airport */
    m->subject.lonlat[3] = m->subject.lonlat[1];
    assert_fine(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject);
    unmake(m);
    m = airports(4, "bandara",
                 (const char *const[]){"WRBB", "WRBN", NULL, NULL}); /* of beacons, not airports */
    assert_fine(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject);
    unmake(m);
}

static void airports_that_a_list_lacks_are_told(void **state)
{
    (void)state;
    const char *const codes[] = {"WAOO", "WAON", NULL, NULL};
    made *m = airports(3, "icao", codes);
    assert_found(&TPK_FINDING_AIRPORTS_MISSING, &m->subject, "airports_missing", TPK_GRAVITY_REMARK, 0,
                 "3 of the 4 airports");
    assert_found(&TPK_FINDING_AIRPORTS_MISSING, &m->subject, "airports_missing", TPK_GRAVITY_REMARK, 0,
                 "Gusti Syamsir Alam (Stagen), lon 116.1675, lat -3.2995");
    unmake(m);
    m = airports(4, "icao", codes);
    assert_fine(&TPK_FINDING_AIRPORTS_MISSING, &m->subject);
    unmake(m);
    m = airports(2, "icao", codes); /* a selection */
    assert_fine(&TPK_FINDING_AIRPORTS_MISSING, &m->subject);
    unmake(m);
    m = airports(3, "nama", codes); /* places, of whatever kind */
    assert_fine(&TPK_FINDING_AIRPORTS_MISSING, &m->subject);
    unmake(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_division_is_told_with_whose_land_it_gives_to_whom),
        cmocka_unit_test(the_present_division_and_parts_of_it_are_fine),
        cmocka_unit_test(a_seat_in_a_hole_belongs_to_nobody),
        cmocka_unit_test(letters_before_official_codes_are_told),
        cmocka_unit_test(other_codes_and_plain_ones_are_fine),
        cmocka_unit_test(numbers_of_assets_are_fine),
        cmocka_unit_test(many_exact_zeros_beside_amounts_of_all_sizes_are_told),
        cmocka_unit_test(zeros_that_are_measured_are_fine),
        cmocka_unit_test(zeros_at_the_sea_in_the_dry_and_without_flood_are_measured),
        cmocka_unit_test(words_within_other_words_do_not_say_that_zero_is_measured),
        cmocka_unit_test(leaving_features_out_is_advised_beside_the_layer),
        cmocka_unit_test(round_figures_that_come_again_are_told),
        cmocka_unit_test(counted_figures_and_round_choices_are_fine),
        cmocka_unit_test(figures_of_one_place_may_repeat),
        cmocka_unit_test(wages_prices_and_plans_are_round),
        cmocka_unit_test(places_of_a_table_by_year_count_once),
        cmocka_unit_test(cancelling_stops_within_a_column),
        cmocka_unit_test(codes_that_were_given_up_are_told),
        cmocka_unit_test(airports_that_a_list_lacks_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
