/* Point in polygon for all points of a lattice at once: the edges' crossings with each row, then one sum
 * along the row. */
#ifndef TPK_CRITERIA_SCANLINE_H
#define TPK_CRITERIA_SCANLINE_H

#include "geo/segments.h"

/* Scratch that grows with use. Initialise with {0}. */
typedef struct tpk_scanline {
    tpk_index_list edges;
    int32_t *steps;
    size_t step_capacity;
} tpk_scanline;

void tpk_scanline_clear(tpk_scanline *scanline); /* safe twice */

/* values[r*n_cols + c] = 1 where tpk_segments_contain holds, else 0; block->need is not looked at. The block
 * must be a lattice. False when memory is exhausted. */
bool tpk_scanline_fill(tpk_scanline *scanline, const tpk_segments *segments, const tpk_block *block,
                       double *values);

#endif
