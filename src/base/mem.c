#include "base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static atomic_long live_blocks;
static atomic_long failures_fired;
static atomic_long passes_left = -1; /* negative: no failure ordered */

/* True when a test ordered this allocation to fail. */
static bool must_fail(void)
{
    long left = atomic_load_explicit(&passes_left, memory_order_relaxed);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&passes_left, &left, left - 1)) return false;
    }
    if (left < 0) return false;
    atomic_fetch_add(&failures_fired, 1);
    return true;
}

static bool size_of(size_t n, size_t size, size_t *bytes)
{
    if (__builtin_mul_overflow(n, size, bytes)) return false;
    if (*bytes == 0) *bytes = 1;
    return *bytes <= PTRDIFF_MAX;
}

static void *counted(void *block)
{
    if (block) atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
    return block;
}

void *tpk_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (!size_of(n, size, &bytes) || must_fail()) return NULL;
    return counted(malloc(bytes));
}

void *tpk_zalloc(size_t n, size_t size)
{
    size_t bytes;
    if (!size_of(n, size, &bytes) || must_fail()) return NULL;
    return counted(calloc(1, bytes));
}

void *tpk_alloc_aligned(size_t n, size_t size)
{
    size_t bytes;
    if (!size_of(n, size, &bytes) || bytes > PTRDIFF_MAX - 64 || must_fail()) return NULL;
    return counted(aligned_alloc(64, (bytes + 63) / 64 * 64));
}

void *tpk_realloc(void *block, size_t n, size_t size)
{
    if (!block) return tpk_alloc(n, size);
    size_t bytes;
    if (!size_of(n, size, &bytes) || must_fail()) return NULL;
    return realloc(block, bytes);
}

bool tpk_grow(void *block, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity) return true;
    size_t wanted = *capacity ? *capacity : 16;
    while (wanted < needed) {
        if (__builtin_mul_overflow(wanted, (size_t)2, &wanted)) return false;
    }
    void *old;
    memcpy(&old, block, sizeof old);
    void *grown = tpk_realloc(old, wanted, size);
    if (!grown) return false;
    memcpy(block, &grown, sizeof grown);
    *capacity = wanted;
    return true;
}

char *tpk_strndup(const char *text, size_t n)
{
    size_t length = strnlen(text, n);
    char *copy = tpk_alloc(length + 1, 1);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *tpk_strdup(const char *text)
{
    return text ? tpk_strndup(text, strlen(text)) : NULL;
}

void tpk_free(void *block)
{
    if (!block) return;
    atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
    free(block);
}

void tpk_mem_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void tpk_mem_fail_after(long successes)
{
    atomic_store(&failures_fired, 0);
    atomic_store(&passes_left, successes);
}

long tpk_mem_failed_count(void)
{
    return atomic_load(&failures_fired);
}

long tpk_mem_live_count(void)
{
    return atomic_load(&live_blocks);
}
