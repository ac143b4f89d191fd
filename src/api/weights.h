/* Weights as a planner writes them on a command line or in an address: "akses_jalan:0.4,lereng:0.6". */
#ifndef TPK_API_WEIGHTS_H
#define TPK_API_WEIGHTS_H

#include "api/study.h"

/* One weight for each criterion of the study, in the room the caller gives; criteria that are not named get
 * 0. TPK_ERR_ARGUMENT, naming what was found: a pair that is not ID:NUMBER, no such criterion (the nearest is
 * named), one named twice, a number that is not from 0 to 1, a sum that is not 1 (0.999 to 1.001). */
TPK_MUST_CHECK tpk_status tpk_weights_parse(const tpk_study *study, const char *text, double *weights,
                                            tpk_err *err);

#endif
