/* Files of a folder when the system refuses them, and the places for connections it leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/descriptors.h"
#include "server/files.h"
#include "study_files.h"

static struct rlimit usual;

static int set_up(void **state)
{
    if (files_set_up(state) != 0 || getrlimit(RLIMIT_NOFILE, &usual) != 0) return -1;
    mkdir(in_scratch("portal"), 0777);
    write_text("portal/app.js", "let a = 1;");
    write_text("zones.sld", "<sld/>");
    return 0;
}

static void limit_files(rlim_t soft, rlim_t hard)
{
    const struct rlimit limit = {soft, hard};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static unsigned ask(const char *folder, const char *path, tpk_err *err)
{
    tpk_request request;
    tpk_answer answer = TPK_NO_ANSWER;
    assert_int_equal(tpk_request_parse(path, NULL, 0, &request, err), TPK_OK);
    unsigned code = tpk_files_answer(folder, NULL, &request, &answer, err) == TPK_OK ? answer.code : 500;
    tpk_answer_clear(&answer);
    tpk_request_clear(&request);
    return code;
}

/* Files that can be opened: none, one, ... until there are enough. */
static void a_file_for_which_too_many_are_open_is_not_missing(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"/app.js", "/zones.sld"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        int n_failures = 0, first = dup(0);
        close(first);
        unsigned code = 0;
        for (rlim_t n = (rlim_t)first; code != 200; n++) {
            limit_files(n, usual.rlim_max);
            code = ask(scratch, PATHS[i], NULL);
            limit_files(usual.rlim_cur, usual.rlim_max);
            if (code != 200) {
                assert_int_equal(code, 503);
                n_failures++;
            }
        }
        assert_int_equal(n_failures, 4); /* the folder, its portal, one to step from, the file */
    }
}

static void only_what_is_not_there_is_missing(void **state)
{
    (void)state;
    char *longest = memset((char[5001]){0}, 'a', 5000);
    tpk_err err = {TPK_OK, ""};
    assert_int_equal(ask(scratch, "/nothing.js", &err), 404);
    assert_int_equal(ask(scratch, "/zones.qml", &err), 404);
    assert_int_equal(ask(scratch, "/app.js/more", &err), 404);
    assert_int_equal(ask(in_scratch("no-folder"), "/app.js", &err), 404);
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%s", in_scratch("portal/socket.js"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&place, sizeof place), 0);
    assert_int_equal(ask(scratch, "/socket.js", &err), 404);
    close(fd);
    assert_string_equal(err.message, "");
    assert_int_equal(ask(longest, "/app.js", &err), 500);
    assert_int_equal(err.code, TPK_ERR_IO);
    assert_non_null(strstr(err.message, strerror(ENAMETOOLONG)));
}

/* 512 connections of 2 files, 2 threads of 64, and 64: 1216. */
static void connections_leave_files_for_the_rest(void **state)
{
    (void)state;
    struct rlimit now;
    limit_files(100, usual.rlim_max);
    assert_int_equal(tpk_descriptors_share(512, 2), 512);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_true(now.rlim_cur == 1216);
    limit_files(1300, usual.rlim_max); /* enough stays as it is */
    assert_int_equal(tpk_descriptors_share(512, 2), 512);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    assert_true(now.rlim_cur == 1300);
}

/* In a process of its own, since who lowers the last limit may not be allowed to raise it again. */
static bool is_shared(rlim_t soft, rlim_t hard, int n_threads, unsigned n_connections)
{
    int how = -1;
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {soft, hard};
        struct rlimit now = {0, 0};
        bool fine = setrlimit(RLIMIT_NOFILE, &limit) == 0 &&
                    tpk_descriptors_share(512, n_threads) == n_connections &&
                    getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == hard;
        _exit(!fine);
    }
    assert_true(child > 0 && waitpid(child, &how, 0) == child);
    return how == 0;
}

static void fewer_files_are_fewer_connections(void **state)
{
    (void)state;
    assert_true(is_shared(200, 1000, 2, (1000 - 192) / 2));
    assert_true(is_shared(200, 1000, 64, 1000 / 4)); /* never more than half for the rest */
    assert_true(is_shared(3, 3, 2, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_for_which_too_many_are_open_is_not_missing),
        cmocka_unit_test(only_what_is_not_there_is_missing),
        cmocka_unit_test(connections_leave_files_for_the_rest),
        cmocka_unit_test(fewer_files_are_fewer_connections),
    };
    return cmocka_run_group_tests(tests, set_up, files_tear_down);
}
