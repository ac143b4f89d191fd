/* The kinds of source, one file each; source.c lists them in its registry. */
#ifndef TPK_CRITERIA_KINDS_H
#define TPK_CRITERIA_KINDS_H

#include "criteria/source.h"

extern const tpk_source_kind TPK_SOURCE_DISTANCE;
extern const tpk_source_kind TPK_SOURCE_INSIDE;
extern const tpk_source_kind TPK_SOURCE_ATTRIBUTE;
extern const tpk_source_kind TPK_SOURCE_RASTER;
extern const tpk_source_kind TPK_SOURCE_SLOPE;
extern const tpk_source_kind TPK_SOURCE_DENSITY;

#endif
