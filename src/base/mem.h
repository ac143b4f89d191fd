/* The one seam through which all of Tapak allocates: checked sizes, and failures that a test can order. */
#ifndef TPK_BASE_MEM_H
#define TPK_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* n * size bytes, uninitialised; NULL when memory is exhausted or the product overflows. n or size 0 gives a
 * valid pointer that may be freed. Caller frees with tpk_free. */
void *tpk_alloc(size_t n, size_t size);

/* As tpk_alloc, all bytes zero. */
void *tpk_zalloc(size_t n, size_t size);

/* Aligned to 64 bytes (a cache line, an AVX-512 register). Caller frees with tpk_free. */
void *tpk_alloc_aligned(size_t n, size_t size);

/* Grows or shrinks; the old block stays valid when NULL is returned. Not for aligned blocks. */
void *tpk_realloc(void *block, size_t n, size_t size);

/* A growing array: makes room for at least `needed` elements in *block, doubling *capacity.
 * Returns false, everything unchanged, when memory is exhausted. */
bool tpk_grow(void *block, size_t *capacity, size_t needed, size_t size);

char *tpk_strdup(const char *text);            /* NULL in, NULL out */
char *tpk_strndup(const char *text, size_t n); /* at most n bytes, always terminated */

/* NULL is allowed. */
void tpk_free(void *block);

/* Returns freed memory to the system where the C library can, so that another thread's does not come on top
 * of it. Slow: milliseconds. */
void tpk_mem_trim(void);

/* For tests. Lets `successes` allocations pass and makes every later one fail; a negative number switches
 * failing off. Counts all threads together. */
void tpk_mem_fail_after(long successes);
long tpk_mem_failed_count(void); /* how often a failure fired since the last tpk_mem_fail_after */
long tpk_mem_live_count(void);   /* blocks allocated and not yet freed */

#endif
