/* A sum whose result does not depend on the order of its terms, so that no thread count or tile size can change a figure. */
#ifndef TPK_BASE_EXACT_SUM_H
#define TPK_BASE_EXACT_SUM_H

__extension__ typedef __int128 tpk_int128; /* gcc and clang on 64-bit machines */

/* Fixed point: units of 2^-40 in 128 bits. Each term is rounded once; adding integers is associative. Terms up to 1e15 in size and 2^20 times as
 * many as fit a province at 1 m do not overflow. */
typedef struct tpk_exact_sum {
    tpk_int128 units;
} tpk_exact_sum;

static inline void tpk_exact_sum_add(tpk_exact_sum *sum, double term)
{
    sum->units += (tpk_int128)(term * 0x1p40);
}
static inline void tpk_exact_sum_merge(tpk_exact_sum *sum, tpk_exact_sum other)
{
    sum->units += other.units;
}
static inline double tpk_exact_sum_value(tpk_exact_sum sum)
{
    return (double)sum.units * 0x1p-40;
}

#endif
