/* A loop whose passes do not depend on each other. */
#ifndef TPK_CRITERIA_SIMD_LOOP_H
#define TPK_CRITERIA_SIMD_LOOP_H

/* clang sees that by itself, and complains where a sanitizer keeps it from obeying. */
#ifdef __clang__
#define TPK_SIMD_LOOP
#else
#define TPK_SIMD_LOOP _Pragma("omp simd")
#endif

#endif
