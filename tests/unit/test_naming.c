#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "input/naming.h"

/* The name of the field that names the features of a layer with these fields; "": none. */
static const char *chosen(tpk_field *fields, size_t n, bool with_kinds)
{
    tpk_layer layer = {.fields = fields, .n_fields = n};
    const tpk_field *field = tpk_layer_naming_field(&layer, with_kinds);
    return field ? field->name : "";
}

#define TEXT(id)                                                                                             \
    {                                                                                                        \
        .name = (char *)(uintptr_t)(id), .type = TPK_FIELD_TEXT                                              \
    }
#define NUMBER(id)                                                                                           \
    {                                                                                                        \
        .name = (char *)(uintptr_t)(id), .type = TPK_FIELD_NUMBER                                            \
    }

static void the_likeliest_field_names_whatever_the_order(void **state)
{
    (void)state;
    tpk_field fields[] = {TEXT("jenis"), TEXT("NAMOBJ"), TEXT("name"), TEXT("Nama")};
    assert_string_equal(chosen(fields, 4, false), "Nama");
    assert_string_equal(chosen(fields, 3, false), "name");
    assert_string_equal(chosen(fields, 2, true), "NAMOBJ");
}

static void kinds_name_only_where_asked_and_for_want_of_names(void **state)
{
    (void)state;
    tpk_field fields[] = {TEXT("kategori"), TEXT("jenis"), TEXT("komoditas"), TEXT("nama")};
    assert_string_equal(chosen(fields, 3, false), "");
    assert_string_equal(chosen(fields, 1, true), "kategori");
    assert_string_equal(chosen(fields, 2, true), "jenis");
    assert_string_equal(chosen(fields, 3, true), "komoditas");
    assert_string_equal(chosen(fields, 4, true), "nama");
}

static void numbers_are_no_names(void **state)
{
    (void)state;
    tpk_field fields[] = {NUMBER("nama"), NUMBER("jenis"), TEXT("catatan"), TEXT("name")};
    assert_string_equal(chosen(fields, 3, true), "");
    assert_string_equal(chosen(fields, 4, true), "name");
    assert_string_equal(chosen(NULL, 0, true), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_likeliest_field_names_whatever_the_order),
        cmocka_unit_test(kinds_name_only_where_asked_and_for_want_of_names),
        cmocka_unit_test(numbers_are_no_names),
    };
    return cmocka_run_group_tests_name("naming", tests, NULL, NULL);
}
