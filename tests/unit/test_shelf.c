/* Texts that are made once and shared: who gets which, what is kept, what goes when room is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "server/shelf.h"

static atomic_int n_made;

/* As many bytes as user points to. */
static tpk_status make(void *user, char **bytes, size_t *n, tpk_err *err)
{
    *n = *(const size_t *)user;
    *bytes = tpk_alloc(*n, 1);
    if (!*bytes) return tpk_err_memory(err);
    memset(*bytes, 'a', *n);
    atomic_fetch_add(&n_made, 1);
    return TPK_OK;
}

static tpk_shelf_text *take(tpk_shelf *shelf, ino_t inode, size_t n)
{
    const tpk_shelf_key key = {.inode = inode, .size = (off_t)n};
    tpk_shelf_text *text;
    assert_int_equal(tpk_shelf_take(shelf, &key, make, &n, &text, NULL), TPK_OK);
    return text;
}

static void a_text_is_made_once_and_again_when_its_file_changed(void **state)
{
    (void)state;
    tpk_shelf *shelf;
    size_t n = 10, found;
    assert_int_equal(tpk_shelf_new(1000, &shelf, NULL), TPK_OK);
    const tpk_shelf_key keys[] = {{1, 1, 10, {5, 6}, false}, {2, 1, 10, {5, 6}, false},
                                  {1, 2, 10, {5, 6}, false}, {1, 1, 11, {5, 6}, false},
                                  {1, 1, 10, {6, 6}, false}, {1, 1, 10, {5, 7}, false},
                                  {1, 1, 10, {5, 6}, true}};
    enum { N_KEYS = sizeof keys / sizeof *keys };
    tpk_shelf_text *texts[2][N_KEYS];
    atomic_store(&n_made, 0);
    for (int round = 0; round < 2; round++) {
        for (int k = 0; k < N_KEYS; k++)
            assert_int_equal(tpk_shelf_take(shelf, &keys[k], make, &n, &texts[round][k], NULL), TPK_OK);
    }
    assert_int_equal(atomic_load(&n_made), N_KEYS);
    for (int k = 0; k < N_KEYS; k++) {
        assert_ptr_equal(texts[0][k], texts[1][k]);
        assert_memory_equal(tpk_shelf_bytes(texts[0][k], &found), "aaaaaaaaaa", n);
        assert_int_equal(found, n);
        tpk_shelf_give(texts[0][k]);
        tpk_shelf_give(texts[1][k]);
    }
    tpk_shelf_give(NULL);
    tpk_shelf_free(shelf);
}

static void what_is_sent_stays_and_what_was_asked_for_longest_ago_goes(void **state)
{
    (void)state;
    tpk_shelf *shelf;
    size_t n;
    assert_int_equal(tpk_shelf_new(100, &shelf, NULL), TPK_OK);
    atomic_store(&n_made, 0);
    tpk_shelf_text *sent = take(shelf, 1, 40);
    tpk_shelf_give(take(shelf, 2, 30));
    tpk_shelf_give(take(shelf, 3, 30));
    tpk_shelf_give(take(shelf, 2, 30)); /* so that 3 is the oldest that nobody has */
    assert_int_equal(atomic_load(&n_made), 3);
    tpk_shelf_give(take(shelf, 4, 30));
    tpk_shelf_give(take(shelf, 2, 30));
    assert_int_equal(atomic_load(&n_made), 4);
    assert_null(take(shelf, 5, 61)); /* 40 of 100 are being sent */
    assert_null(take(shelf, 6, 101));
    assert_int_equal(atomic_load(&n_made), 4);
    assert_memory_equal(tpk_shelf_bytes(sent, &n), "aaaa", 4);
    assert_int_equal(n, 40);
    tpk_shelf_give(sent);
    tpk_shelf_give(take(shelf, 5, 61));
    tpk_shelf_give(take(shelf, 1, 40)); /* 61 + 40: 1 went, and now 5 */
    assert_int_equal(atomic_load(&n_made), 6);
    tpk_shelf_free(shelf);
}

static void a_text_without_memory_is_told_and_leaves_nothing(void **state)
{
    (void)state;
    long blocks = tpk_mem_live_count(), k = 0;
    for (bool fired = true; fired; k++) {
        const tpk_shelf_key key = {.inode = 1, .size = 10};
        size_t n = 10;
        tpk_shelf *shelf;
        tpk_shelf_text *text = NULL;
        tpk_mem_fail_after(k);
        tpk_status status = tpk_shelf_new(100, &shelf, NULL);
        if (status == TPK_OK) status = tpk_shelf_take(shelf, &key, make, &n, &text, NULL);
        fired = tpk_mem_failed_count() > 0;
        tpk_mem_fail_after(-1);
        assert_int_equal(status, fired ? TPK_ERR_MEMORY : TPK_OK);
        assert_int_equal(text == NULL, fired);
        if (shelf && fired) { /* it is made when there is memory again */
            assert_int_equal(tpk_shelf_take(shelf, &key, make, &n, &text, NULL), TPK_OK);
            assert_non_null(text);
        }
        tpk_shelf_give(text);
        tpk_shelf_free(shelf);
        assert_int_equal(tpk_mem_live_count(), blocks);
    }
    assert_int_equal(k, 4); /* shelf, text, bytes, and none */
}

enum { N_THREADS = 4, N_ROUNDS = 500 };

/* Five texts on a shelf that holds three: each is right as long as it is had. */
static void *take_and_give(void *shelf)
{
    intptr_t n_wrong = 0;
    for (size_t i = 0; i < N_ROUNDS; i++) {
        size_t found;
        tpk_shelf_text *text = take(shelf, i % 5, 30 + i % 5);
        if (!text) continue;
        const char *bytes = tpk_shelf_bytes(text, &found);
        n_wrong += found != 30 + i % 5 || bytes[0] != 'a' || bytes[found - 1] != 'a';
        tpk_shelf_give(text);
    }
    return (void *)n_wrong;
}

static void many_threads_share_texts(void **state)
{
    (void)state;
    pthread_t threads[N_THREADS];
    tpk_shelf *shelf;
    long blocks = tpk_mem_live_count();
    atomic_store(&n_made, 0);
    assert_int_equal(tpk_shelf_new(100, &shelf, NULL), TPK_OK);
    for (int t = 0; t < N_THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, take_and_give, shelf), 0);
    for (int t = 0; t < N_THREADS; t++) {
        void *n_wrong;
        pthread_join(threads[t], &n_wrong);
        assert_int_equal((intptr_t)n_wrong, 0);
    }
    assert_true(atomic_load(&n_made) > 5); /* some went and were made again */
    tpk_shelf_free(shelf);
    assert_int_equal(tpk_mem_live_count(), blocks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_made_once_and_again_when_its_file_changed),
        cmocka_unit_test(what_is_sent_stays_and_what_was_asked_for_longest_ago_goes),
        cmocka_unit_test(a_text_without_memory_is_told_and_leaves_nothing),
        cmocka_unit_test(many_threads_share_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
