/* One source for every width of vector unit: the compiler makes a copy of a hot loop for each, the loader
 * picks. Fused multiply-add is off in the whole build (-ffp-contract=off), so all copies give the same bits.
 */
#ifndef TPK_BASE_SIMD_H
#define TPK_BASE_SIMD_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define TPK_SIMD __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define TPK_SIMD
#endif

/* Before a loop whose passes do not depend on each other. clang sees that by itself, and complains where a
 * sanitizer keeps it from obeying. */
#ifdef __clang__
#define TPK_SIMD_LOOP
#else
#define TPK_SIMD_LOOP _Pragma("omp simd")
#endif

#endif
