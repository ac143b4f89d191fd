/* What progress says in a log and on a terminal, with a clock of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double clock_s;
static FILE *captured;

static int own_clock(struct timespec *t)
{
    t->tv_sec = (time_t)clock_s;
    t->tv_nsec = (long)((clock_s - (double)t->tv_sec) * 1e9);
    return 0;
}

/* The program's file itself: the command line is no library. */
#define clock_gettime(id, t) own_clock(t)
#undef stderr
#define stderr captured
#include "cli/progress.c"

static char *text;
static size_t text_bytes;

static int begin(void **state)
{
    (void)state;
    clock_s = 100;
    captured = open_memstream(&text, &text_bytes);
    return captured ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fclose(captured);
    free(text); /* library memory: the C library's */
    return 0;
}

static const char *said(void)
{
    fflush(captured);
    return text;
}

static void a_brief_stage_is_one_line_of_a_log(void **state)
{
    (void)state;
    cli_progress progress = {.terminal = false};
    for (int done = 0; done <= 10; done++) {
        cli_progress_update(&progress, "overlaying zones", done, 10, "layers");
        clock_s += 0.05;
    }
    assert_string_equal(said(), "overlaying zones 100 %, 20 layers/s\n");
}

static void a_long_stage_is_a_line_for_every_tenth(void **state)
{
    (void)state;
    cli_progress progress = {.terminal = false};
    for (int done = 0; done <= 100; done++) {
        cli_progress_update(&progress, "computing", done, 100, "cells");
        clock_s += 1;
    }
    size_t n = 0;
    for (const char *s = said(); *s; s++) n += *s == '\n';
    assert_int_equal(n, 10);
    assert_non_null(strstr(said(), "computing  10 %, 1 cells/s, 90 s left\n"));
    assert_non_null(strstr(said(), "computing 100 %, 1 cells/s\n"));
}

static void the_time_left_is_never_nought(void **state)
{
    (void)state;
    cli_progress progress = {.terminal = false};
    cli_progress_update(&progress, "computing", 0, 10, "cells");
    clock_s += 3;
    cli_progress_update(&progress, "computing", 9, 10, "cells");
    assert_string_equal(said(), "computing  90 %, 3 cells/s, 1 s left\n");
}

static void a_stage_of_unknown_length_is_named_once(void **state)
{
    (void)state;
    cli_progress progress = {.terminal = false};
    cli_progress_update(&progress, "writing files", 0, 0, "");
    cli_progress_update(&progress, "writing files", 0, 0, "");
    assert_string_equal(said(), "writing files\n");
}

static void a_terminal_gets_one_line_that_moves(void **state)
{
    (void)state;
    cli_progress progress = {.terminal = true};
    cli_progress_update(&progress, "computing", 0, 10, "cells");
    clock_s += 2;
    cli_progress_update(&progress, "computing", 5, 10, "cells");
    cli_progress_pause(&progress);
    assert_null(strchr(said(), '\n'));
    assert_non_null(
        strstr(said(), "\r\033[K[############            ] computing  50 %, 2 cells/s, 2 s left\r\033[K"));
}

static void quiet_says_nothing(void **state)
{
    (void)state;
    cli_progress progress = {.quiet = true};
    cli_progress_update(&progress, "computing", 10, 10, "cells");
    assert_string_equal(said(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_brief_stage_is_one_line_of_a_log, begin, end),
        cmocka_unit_test_setup_teardown(a_long_stage_is_a_line_for_every_tenth, begin, end),
        cmocka_unit_test_setup_teardown(the_time_left_is_never_nought, begin, end),
        cmocka_unit_test_setup_teardown(a_stage_of_unknown_length_is_named_once, begin, end),
        cmocka_unit_test_setup_teardown(a_terminal_gets_one_line_that_moves, begin, end),
        cmocka_unit_test_setup_teardown(quiet_says_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
