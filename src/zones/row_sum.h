/* Weighted sums of a row of cells, exact and fast: what zonal.c does for every criterion of every cell.
 *
 * Sums are whole numbers in 128 bits: adding them is associative, so that no thread count or tile size can
 * change a figure. A weight is a multiple of 2^-40, its unit. */
#ifndef TPK_ZONES_ROW_SUM_H
#define TPK_ZONES_ROW_SUM_H

#include <math.h>

__extension__ typedef __int128 tpk_int128; /* gcc and clang on 64-bit machines */

enum { TPK_ROW_MAX = 1024 }; /* cells of one row at a time */

/* A value beyond is taken as unknown, like NaN. */
#define TPK_ROW_LARGEST 1e12

/* Initialise with TPK_ROW_SUM_INIT. */
typedef struct tpk_row_sum {
    tpk_int128 product; /* of weight times value, in units, over the known cells; each product is rounded once
                           to a whole unit */
    tpk_int128 weight;  /* of the known cells, in units */
    double min, max;    /* of the known values; infinities when there is none */
} tpk_row_sum;

#define TPK_ROW_SUM_INIT ((tpk_row_sum){.min = HUGE_VAL, .max = -HUGE_VAL})

/* Adds n <= TPK_ROW_MAX cells. weights: whole numbers of units, 0 .. 2^46 (1 is 2^40); a cell of weight 0
 * does not count. The sums' bits depend neither on the order of the cells nor on how they
 * are cut into rows. */
void tpk_row_sum_add(tpk_row_sum *sum, const double *values, const double *weights, int n);

void tpk_row_sum_merge(tpk_row_sum *sum, const tpk_row_sum *other);

/* The weighted mean, never beyond the values it is of; NaN when none is known. */
double tpk_row_sum_mean(const tpk_row_sum *sum);

#endif
