/* Findings about tables: for each a table that shows it and one that looks like it and is fine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/names_between.h"
#include "check_support.h"

static const double NONE = (double)NAN;

static void text_in_another_encoding_is_told_with_the_one_that_fits(void **state)
{
    (void)state;
    made *m = table(2);
    m->layer.encoding = m->layer.encoding_said = (char *)(uintptr_t) "UTF-8";
    tpk_field *field = TEXTS(m, "nama", "Caf\xE9", "Banjar");
    assert_fine(&TPK_FINDING_NUL_PADDING, &m->subject);
    field->undecoded = calloc(2, 1);
    field->undecoded[0] = 1;
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_SERIOUS, 1,
                 "1 text is not UTF-8, which the layer says it is; ISO-8859-1 fits");
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_SERIOUS, 1,
                 "nama = 'Caf\\xE9'");
    field->text[0] = (char *)(uintptr_t) "\x93"
                                         "Batu\x94";
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_SERIOUS, 1,
                 "uji: {path: ..., encoding: CP1252}");
    m->layer.encoding = m->layer.encoding_said = (char *)(uintptr_t) "ASCII";
    field->text[0] = (char *)(uintptr_t) "Caf\xC3\xA9";
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_SERIOUS, 1,
                 "encoding: UTF-8");
    field->undecoded[0] = 0; /* decoded */
    assert_fine(&TPK_FINDING_TEXT_ENCODING, &m->subject);
    unmake(m);
}

static void text_encoded_twice_is_told(void **state)
{
    (void)state;
    made *m = table(2);
    m->layer.encoding = m->layer.encoding_said = (char *)(uintptr_t) "ISO-8859-1";
    TEXTS(m, "nama", "Caf\xC3\x83\xC2\xA9", "Banjar"); /* A tilde, copyright */
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_REPAIR, 1,
                 "encoding: UTF-8");
    m->layer.encoding = m->layer.encoding_said = (char *)(uintptr_t) "UTF-8";
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_REPAIR, 1,
                 "converted twice");
    m->layer.fields[0].text[0] = (char *)(uintptr_t) "S\xC3\xA3o Jos\xC3\xA9"; /* accents as they should be */
    assert_fine(&TPK_FINDING_TEXT_ENCODING, &m->subject);
    unmake(m);
}

static void a_shapefile_without_cpg_is_told_and_a_geopackage_is_not(void **state)
{
    (void)state;
    made *m = table(2);
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    TEXTS(m, "nama", "Banjar", "Tapin");
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_REMARK, 0,
                 "plain ASCII");
    m->layer.fields[0].text[0] = (char *)(uintptr_t) "Caf\xC3\xA9";
    assert_found(&TPK_FINDING_TEXT_ENCODING, &m->subject, "text_encoding", TPK_GRAVITY_REMARK, 0,
                 "1 holds characters above ASCII");
    m->layer.driver = (char *)(uintptr_t) "GPKG";
    assert_fine(&TPK_FINDING_TEXT_ENCODING, &m->subject);
    unmake(m);
}

static void nul_padding_is_counted(void **state)
{
    (void)state;
    made *m = table(2);
    tpk_field *field = TEXTS(m, "nama", "Banjar", "Tapin");
    field->n_nul = 2;
    assert_found(&TPK_FINDING_NUL_PADDING, &m->subject, "nul_padding", TPK_GRAVITY_REMARK, 2, "nama");
    unmake(m);
}

static void question_marks_inside_names_are_lost_characters(void **state)
{
    (void)state;
    made *m = table(4);
    TEXTS(m, "nama", "PT. SATUI TERMINAL UMUM? (LPA)", "Bia?owie?a", "http://a.id/?p=1", "Mana ?");
    assert_found(&TPK_FINDING_LOST_CHARACTERS, &m->subject, "lost_characters", TPK_GRAVITY_REMARK, 2,
                 "Bia?owie?a");
    TEXTS(m, "lain", "a", "b", "c", "d\xEF\xBF\xBD");
    assert_found(&TPK_FINDING_LOST_CHARACTERS, &m->subject, "lost_characters", TPK_GRAVITY_REMARK, 3, "lain");
    unmake(m);
    m = table(2);
    TEXTS(m, "nama", "http://a.id/x?p=1", "?");
    assert_fine(&TPK_FINDING_LOST_CHARACTERS, &m->subject);
    unmake(m);
}

static void cut_and_numbered_column_names_are_matched(void **state)
{
    (void)state;
    made *m = table(1);
    NUMBERS(m, "SHAPE_Leng", 1);
    NUMBERS(m, "kodewilaya", 1);
    NUMBERS(m, "KODZON", 1);
    NUMBERS(m, "KODZON_1", 1);
    assert_found(&TPK_FINDING_NAMES_CUT, &m->subject, "names_cut", TPK_GRAVITY_REMARK, 0,
                 "kodewilaya (from KODEWILAYAH)");
    assert_found(&TPK_FINDING_NAMES_CUT, &m->subject, "names_cut", TPK_GRAVITY_REMARK, 0, "3 column names");
    m->layer.driver = (char *)(uintptr_t) "GPKG";
    assert_fine(&TPK_FINDING_NAMES_CUT, &m->subject);
    unmake(m);
    m = table(1);
    NUMBERS(m, "Qname_2023", 1); /* ten letters by nature */
    NUMBERS(m, "SHAPE_Area", 1);
    NUMBERS(m, "KETERANGAN", 1);
    NUMBERS(m, "NAME_2", 1);
    assert_fine(&TPK_FINDING_NAMES_CUT, &m->subject);
    unmake(m);
}

static void empty_and_constant_columns_are_told(void **state)
{
    (void)state;
    made *m = table(3);
    TEXTS(m, "ALIAS", NULL, " ", "");
    NUMBERS(m, "LUASWH", 0, 0, 0);
    NUMBERS(m, "tinggi", NONE, NONE, NONE);
    TEXTS(m, "provinsi", "Kalsel", "Kalsel", "Kalsel");
    assert_found(&TPK_FINDING_COLUMN_EMPTY, &m->subject, "column_empty", TPK_GRAVITY_REMARK, 0,
                 "2 of 4 columns");
    assert_found(&TPK_FINDING_COLUMN_CONSTANT, &m->subject, "column_constant", TPK_GRAVITY_REMARK, 0,
                 "LUASWH = 0");
    assert_found(&TPK_FINDING_COLUMN_CONSTANT, &m->subject, "column_constant", TPK_GRAVITY_REMARK, 0,
                 "in 1 of them it is 0");
    unmake(m);
    m = table(3);
    TEXTS(m, "ALIAS", NULL, " ", "x");
    NUMBERS(m, "tinggi", 0, 0, 1);
    TEXTS(m, "status", "aktif", "aktif", NULL);
    assert_fine(&TPK_FINDING_COLUMN_EMPTY, &m->subject);
    assert_fine(&TPK_FINDING_COLUMN_CONSTANT, &m->subject);
    unmake(m);
    m = table(2);
    NUMBERS(m, "LUAS", 5, 5); /* two alike prove nothing */
    assert_fine(&TPK_FINDING_COLUMN_CONSTANT, &m->subject);
    unmake(m);
}

static void numbers_as_text_are_told_and_codes_are_not(void **state)
{
    (void)state;
    made *m = table(4);
    TEXTS(m, "daya", "60 MW", "2,5 MW", "30MW", NULL);
    TEXTS(m, "voltage", "150000", "150000;20000", "70000", "20000");
    TEXTS(m, "debit", "1.5", "20", "3", "-");
    assert_found(&TPK_FINDING_NUMBERS_AS_TEXT, &m->subject, "numbers_as_text", TPK_GRAVITY_REMARK, 0,
                 "3 columns");
    assert_found(&TPK_FINDING_NUMBERS_AS_TEXT, &m->subject, "numbers_as_text", TPK_GRAVITY_REMARK, 0,
                 "voltage = '150000;20000'");
    assert_found(&TPK_FINDING_NUMBERS_AS_TEXT, &m->subject, "numbers_as_text", TPK_GRAVITY_REMARK, 0,
                 "regexp_substr(\"daya\"");
    unmake(m);
    m = table(4);
    TEXTS(m, "bujur", "114.5910203040", "114.59", "115.123456789012", "116"); /* long, but quantities */
    TEXTS(m, "nilai", "123456789012", "1234567890123", "7", NULL);
    assert_found(&TPK_FINDING_NUMBERS_AS_TEXT, &m->subject, "numbers_as_text", TPK_GRAVITY_REMARK, 0,
                 "2 columns");
    unmake(m);
    m = table(4);
    TEXTS(m, "kode_unit", "1", "20", "3", "4");       /* a code */
    TEXTS(m, "CC_2", "6301", "6302", "6311", "6371"); /* codes by their common length */
    TEXTS(m, "SRCFILE", "25061219081252", "280612190812421", "29061219081511", "6106121908141"); /* times */
    TEXTS(m, "RT_ke", "001", "002", "12", "5");              /* leading zeros */
    TEXTS(m, "kel", "10 Ulu", "11 Ulu", "1 Ilir", "2 Ilir"); /* names of quarters */
    TEXTS(m, "tanggal", "2026/08/20", "2025/01/01", NULL, NULL);
    TEXTS(m, "wilayahx", "63.09.05.2012", "63.09.05.2013", NULL, NULL);
    assert_fine(&TPK_FINDING_NUMBERS_AS_TEXT, &m->subject);
    unmake(m);
}

static made *two_boxes(void)
{
    made *m = make(TPK_GEOM_POLYGON, 8, 40);
    for (int i = 0; i < 6; i++) box(m, 115 + 0.02 * i, -3, 0.01, 0.01 * (1 + i));
    place(m, degrees);
    return m;
}

/* 0.01 x 0.01 degrees at 3 degrees south: 1112 m x 1106 m = 122.9 ha. */
static void areas_in_square_degrees_are_told(void **state)
{
    (void)state;
    made *m = two_boxes();
    NUMBERS(m, "SHAPE_Area", 1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 6e-4);
    assert_found(&TPK_FINDING_AREA_IN_SQUARE_DEGREES, &m->subject, "area_in_square_degrees",
                 TPK_GRAVITY_REPAIR, 0, "SHAPE_Area");
    assert_fine(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject);
    m->layer.fields[0].name = (char *)(uintptr_t) "indeks"; /* small numbers in a column of another name */
    assert_fine(&TPK_FINDING_AREA_IN_SQUARE_DEGREES, &m->subject);
    unmake(m);
    m = two_boxes();
    NUMBERS(m, "luas_km2", 1.229, 2.458, 3.687, 4.916, 6.145, 7.374);
    NUMBERS(m, "area_m2", 1.229e6, 2.458e6, 3.687e6, 4.916e6, 6.145e6, 7.374e6);
    assert_fine(&TPK_FINDING_AREA_IN_SQUARE_DEGREES, &m->subject);
    assert_fine(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject);
    unmake(m);
}

static void stated_hectares_are_held_against_drawn_ones(void **state)
{
    (void)state;
    made *m = two_boxes();
    NUMBERS(m, "Luas_Ha", 122.9, 245.8, 368.7, 491.6, 614.5, 830);
    assert_found(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject, "stated_against_drawn", TPK_GRAVITY_REMARK,
                 1, "830.00 ha, drawn 737.");
    m->layer.fields[0].number[5] = 745; /* 1 % off: surveyed twice */
    assert_fine(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject);
    for (int i = 0; i < 6; i++) m->layer.fields[0].number[i] = 1.229 * (i + 1);
    assert_found(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject, "stated_against_drawn", TPK_GRAVITY_REPAIR,
                 0, "0.01 times the drawn hectares");
    for (int i = 0; i < 6; i++) m->layer.fields[0].number[i] = 1229 * (i + 1);
    assert_found(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject, "stated_against_drawn", TPK_GRAVITY_REPAIR,
                 6, "times the drawn hectares");
    unmake(m);
    m = two_boxes();
    NUMBERS(m, "luas_panen", 5000, 12, 7, 1, 90, 33); /* the harvest of a district is not its polygon */
    assert_fine(&TPK_FINDING_STATED_AGAINST_DRAWN, &m->subject);
    unmake(m);
}

static void percentages_that_are_parts_of_a_whole_must_sum_to_100(void **state)
{
    (void)state;
    made *m = table(4);
    NUMBERS(m, "pct_hutan", 40, 50, 30, 10);
    NUMBERS(m, "pct_sawah", 60, 50, 70.4, 70);
    assert_found(&TPK_FINDING_PERCENTAGES, &m->subject, "percentages", TPK_GRAVITY_REMARK, 1, "sum 80.0 %");
    m->layer.fields[1].number[3] = 90;
    assert_fine(&TPK_FINDING_PERCENTAGES, &m->subject);
    unmake(m);
    m = table(4);
    NUMBERS(m, "lereng_pct", 4, 5, 3, 1); /* two percentages of different things */
    NUMBERS(m, "tumbuh_pct", 6, 5, 7, 99);
    assert_fine(&TPK_FINDING_PERCENTAGES, &m->subject);
    unmake(m);
}

static void dates_in_the_future_are_told_but_permits_may_end_there(void **state)
{
    (void)state;
    made *m = table(3);
    TEXTS(m, "tgl_sk", "2999/01/31", "2020/01/31", "31-12-2998");
    NUMBERS(m, "tahun", 2020, 2999, 2021);
    assert_found(&TPK_FINDING_DATES_IN_FUTURE, &m->subject, "dates_in_future", TPK_GRAVITY_REMARK, 3,
                 "tgl_sk = 2999/01/31");
    unmake(m);
    m = table(3);
    TEXTS(m, "tgl_akhir", "2999/01/31", NULL, NULL);
    NUMBERS(m, "tahun", 2020, NONE, 2021);
    NUMBERS(m, "jumlah", 2999, 5000, 9000);
    TEXTS(m, "catatan", "2999/2 unit", "99/99/2999", "63-09-2999x");
    m->layer.fields[3].text[2] = NULL;
    assert_fine(&TPK_FINDING_DATES_IN_FUTURE, &m->subject);
    unmake(m);
}

static void placeholders_are_told(void **state)
{
    (void)state;
    made *m = table(5);
    TEXTS(m, "NAMOBJ", "Area Tidak Terdefinisi", "N/A", "Jorong", "unk", "Tapin");
    TEXTS(m, "KDEPUM", "63.--.--.----", "63.01", "71.05/71.10", "63.02", "63.03");
    NUMBERS(m, "TIPADM", 999, 1, 2, 1, 1);
    NUMBERS(m, "elevasi", 999, -9999, 3, 4, 5);
    assert_found(&TPK_FINDING_PLACEHOLDER_NAMES, &m->subject, "placeholder_names", TPK_GRAVITY_REMARK, 7,
                 "Area Tidak Terdefinisi");
    unmake(m);
    m = table(3);
    TEXTS(m, "NAMOBJ", "Area Pelabuhan", "Nan Sarunai", "Nullarbor");
    TEXTS(m, "KDEPUM", "63.09.05.2012", "2026/08/20", "1.5-2.5");
    NUMBERS(m, "TIPADM", 1, 2, 4);
    TEXTS(m, "ragu", "?", NULL, "?"); /* a mark of doubt, meant so */
    assert_fine(&TPK_FINDING_PLACEHOLDER_NAMES, &m->subject);
    unmake(m);
}

static void spellings_of_one_name_are_told(void **state)
{
    (void)state;
    made *m = table(12);
    TEXTS(m, "kabupaten", "Tanah Laut", "TANAHLAUT", "Tapin", "Banjar", "Kota-baru", "Kotabaru", "Tapin",
          "Banjar", "Tapin", "Banjar", "BALITOKUALA", "Banjar");
    tpk_findings none = {0};
    tpk_findings_clear(&none);
    m->layer.fields[0].text[4] = (char *)(uintptr_t) "Tapin";
    m->layer.fields[0].text[5] = (char *)(uintptr_t) "Tapin";
    m->layer.fields[0].text[1] = (char *)(uintptr_t) "Tanah Laut";
    assert_found(&TPK_FINDING_NAMES_JOIN, &m->subject, "names_join", TPK_GRAVITY_REMARK, 0,
                 "'BALITOKUALA' / 'baritokuala'");
    m->layer.fields[0].text[10] = (char *)(uintptr_t) "TAPIN";
    assert_found(&TPK_FINDING_NAMES_JOIN, &m->subject, "names_join", TPK_GRAVITY_REMARK, 0,
                 "'TAPIN' / 'Tapin'");
    m->layer.fields[0].text[10] = (char *)(uintptr_t) "Barito Utara"; /* another regency, over the border */
    assert_fine(&TPK_FINDING_NAMES_JOIN, &m->subject);
    unmake(m);
    m = table(4);
    TEXTS(m, "desa", "Suka Maju", "Sukamaju", "Sido Mulyo", "Tapin"); /* four villages */
    TEXTS(m, "nomor", "A-1 b", "A1b", "A-1 b", "A1b");                /* digits: not names */
    assert_fine(&TPK_FINDING_NAMES_JOIN, &m->subject);
    unmake(m);
}

static tpk_field *cut_at(made *m, const char *name, size_t width, const char *const *values)
{
    tpk_field *field = texts(m, name, values);
    field->width = width;
    return field;
}
#define CUT_AT(m, name, width, ...) cut_at(m, name, width, (const char *const[]){__VA_ARGS__})

static void names_that_pile_up_at_the_width_are_cut(void **state)
{
    (void)state;
    made *m = table(10);
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    tpk_field *field = CUT_AT(m, "nam", 12, "Rantaukudjan", "Margasari-hi", "Tandjungdjaw", "Landangsunga",
                              "Banjar", "Tapin", "Amuntai", "Kandangan", "Amuntai", "Rantaukudjan");
    assert_found(&TPK_FINDING_TEXT_CUT, &m->subject, "text_cut", TPK_GRAVITY_REMARK, 5,
                 "nam = 'Margasari-hi' (width 12)");
    field->width = 13; /* room was left */
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    field->width = 0; /* not known, as in a GeoPackage */
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    field->width = 12;
    field->text[2] = field->text[3] =
        (char *)(uintptr_t) "Marga"; /* a column made as wide as its longest names */
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    unmake(m);
    m = table(10);
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    CUT_AT(m, "nama", 9, "Sungailim", "Pematangk", "Bumirapa", "Tanjungra", "Amuntaix", "Tanjungx", "Kandang",
           "Batuampar", "Pelaihax", "Kurauxxx"); /* lengths as they come: as many just below */
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    unmake(m);
}

static void codes_that_all_fill_the_width_are_whole(void **state)
{
    (void)state;
    made *m = table(6);
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    CUT_AT(m, "kode", 8, "63.01.01", "63.01.02", "63.01.03", "63.01.04", "63.01.05", NULL);
    CUT_AT(m, "sandi", 8, "KALSELAA", "KALSELAB", "KALSELAC", "KALSELAD", "KALSELAE", "LAIN");
    CUT_AT(m, "kelas", 4, "satu", "dua", "tiga", "tujuh", "enam", "lima");
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    unmake(m);
}

static void a_name_that_goes_on_in_another_column_is_cut(void **state)
{
    (void)state;
    made *m = table(3);
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    CUT_AT(m, "kab", 10, "Hulu Sunga", "Banjarmasi", "Tapin");
    CUT_AT(m, "nama", 80, "Hulu Sungai Tengah", "Banjarmasin", "Tapin");
    assert_found(&TPK_FINDING_TEXT_CUT, &m->subject, "text_cut", TPK_GRAVITY_REMARK, 2,
                 "kab = 'Banjarmasi', in full 'Banjarmasin' (nama)");
    m->layer.fields[1].text[0] = (char *)(uintptr_t) "Hulu Sunga"; /* one alone may be two names */
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    unmake(m);
    m = table(3);
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    CUT_AT(m, "jenis", 10, "Perkebunan", "Permukiman", "Hutan");
    CUT_AT(m, "rinci", 80, "Perkebunan karet", "Permukiman desa",
           "Hutan lindung"); /* whole words, then more */
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    unmake(m);
}

static void widths_count_the_bytes_of_the_file(void **state)
{
    (void)state;
    made *m = table(3);
    m->layer.encoding = (char *)(uintptr_t) "ISO-8859-1"; /* 9 bytes there, 10 here */
    CUT_AT(m, "nama", 9, "Caf\xC3\xA9 Banj", "Caf\xC3\xA9 Tapi", "Hutan");
    CUT_AT(m, "nama_full", 80, "Caf\xC3\xA9 Banjar", "Caf\xC3\xA9 Tapin", "Hutan");
    assert_found(&TPK_FINDING_TEXT_CUT, &m->subject, "text_cut", TPK_GRAVITY_REMARK, 2, "in full");
    m->layer.encoding = (char *)(uintptr_t) "UTF-8";
    assert_fine(&TPK_FINDING_TEXT_CUT, &m->subject);
    unmake(m);
}

/* Whatever the kind of the table: a caller who asks to stop is heard before it is through. */
static void every_kind_stops_when_asked(void **state)
{
    static const tpk_finding_kind *const KINDS[] = {
        &TPK_FINDING_TEXT_ENCODING,    &TPK_FINDING_LOST_CHARACTERS,    &TPK_FINDING_TEXT_CUT,
        &TPK_FINDING_COLUMN_EMPTY,     &TPK_FINDING_COLUMN_CONSTANT,    &TPK_FINDING_NUMBERS_AS_TEXT,
        &TPK_FINDING_PERCENTAGES,      &TPK_FINDING_DATES_IN_FUTURE,    &TPK_FINDING_PLACEHOLDER_NAMES,
        &TPK_FINDING_NAMES_JOIN,       &TPK_FINDING_REGION_CONTRADICTS, &TPK_FINDING_MINUTES_SUBTRACTED,
        &TPK_FINDING_EXACT_DUPLICATES, &TPK_FINDING_PLACE_IMPLAUSIBLE};
    (void)state;
    made *m = table(4);
    TEXTS(m, "kabkota", "Tapin", "Tapin?", "n/a", "2999/01/01")->width = 20;
    NUMBERS(m, "persen_a", 20, 20, 20, 30);
    NUMBERS(m, "persen_b", 80, 80, 80, 80);
    atomic_int cancel = 1;
    tpk_control control = {.cancel = &cancel};
    m->subject.control = &control;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        tpk_findings findings = {0};
        tpk_err err = {0};
        long before = tpk_mem_live_count();
        if (KINDS[i]->examine(&m->subject, &findings, &err) != TPK_ERR_CANCELLED)
            fail_msg("%s goes on", KINDS[i]->id);
        assert_int_equal(findings.n, 0);
        assert_int_equal(tpk_mem_live_count(), before);
    }
    tpk_names names = {0};
    assert_int_equal(tpk_names_gather(&names, 0, &m->subject, NULL), TPK_ERR_CANCELLED);
    tpk_names_clear(&names);
    unmake(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_in_another_encoding_is_told_with_the_one_that_fits),
        cmocka_unit_test(text_encoded_twice_is_told),
        cmocka_unit_test(a_shapefile_without_cpg_is_told_and_a_geopackage_is_not),
        cmocka_unit_test(nul_padding_is_counted),
        cmocka_unit_test(question_marks_inside_names_are_lost_characters),
        cmocka_unit_test(cut_and_numbered_column_names_are_matched),
        cmocka_unit_test(names_that_pile_up_at_the_width_are_cut),
        cmocka_unit_test(codes_that_all_fill_the_width_are_whole),
        cmocka_unit_test(a_name_that_goes_on_in_another_column_is_cut),
        cmocka_unit_test(widths_count_the_bytes_of_the_file),
        cmocka_unit_test(empty_and_constant_columns_are_told),
        cmocka_unit_test(numbers_as_text_are_told_and_codes_are_not),
        cmocka_unit_test(areas_in_square_degrees_are_told),
        cmocka_unit_test(stated_hectares_are_held_against_drawn_ones),
        cmocka_unit_test(percentages_that_are_parts_of_a_whole_must_sum_to_100),
        cmocka_unit_test(dates_in_the_future_are_told_but_permits_may_end_there),
        cmocka_unit_test(placeholders_are_told),
        cmocka_unit_test(spellings_of_one_name_are_told),
        cmocka_unit_test(every_kind_stops_when_asked),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
