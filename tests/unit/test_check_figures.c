/* Findings about what layers say that nobody measured, that nobody else says so, or that is no longer so: for
 * each a layer that shows it and ones that look like it and are fine. */
#include <setjmp.h>
#include <stdarg.h>
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
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REPAIR, 0,
                 "names 10 of the 13 regencies");
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REPAIR, 0,
                 "the land of 3 others");
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REPAIR, 0,
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
    assert_found(&TPK_FINDING_REGENCIES_MISSING, &m->subject, "regencies_missing", TPK_GRAVITY_REPAIR, 0,
                 "the land of 1 other belongs to them");
    unmake(m);
}

/* ---- codes_prefixed ---- */

static void letters_before_official_codes_are_told(void **state)
{
    (void)state;
    made *m = table(3);
    TEXTS(m, "regency_co", "id6301", "id6302", NULL);
    TEXTS(m, "village_co", "ID6301010001", "id6301010002", "id6302020003");
    assert_found(&TPK_FINDING_CODES_PREFIXED, &m->subject, "codes_prefixed", TPK_GRAVITY_REMARK, 0,
                 "2 columns hold official codes with letters before them: 'ID' before '6301010001'");
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
                 "WRBB, is WAOO");
    unmake(m);
    m = airports(4, "icao", (const char *const[]){"WAOO", "waon", NULL, ""});
    assert_fine(&TPK_FINDING_AIRPORT_CODES_OLD, &m->subject);
    unmake(m);
    m = airports(4, "icao", (const char *const[]){NULL, NULL, "WAOC", "WRBK"}); /* not known for certain */
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
    assert_found(&TPK_FINDING_AIRPORTS_MISSING, &m->subject, "airports_missing", TPK_GRAVITY_REPAIR, 0,
                 "3 of the 4 airports");
    assert_found(&TPK_FINDING_AIRPORTS_MISSING, &m->subject, "airports_missing", TPK_GRAVITY_REPAIR, 0,
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
        cmocka_unit_test(many_exact_zeros_beside_amounts_of_all_sizes_are_told),
        cmocka_unit_test(zeros_that_are_measured_are_fine),
        cmocka_unit_test(round_figures_that_come_again_are_told),
        cmocka_unit_test(counted_figures_and_round_choices_are_fine),
        cmocka_unit_test(figures_of_one_place_may_repeat),
        cmocka_unit_test(codes_that_were_given_up_are_told),
        cmocka_unit_test(airports_that_a_list_lacks_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
