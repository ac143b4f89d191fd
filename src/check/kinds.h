/* Every kind of finding that a row of the registry names; each is defined in the file that its name suggests.
 */
#ifndef TPK_CHECK_KINDS_H
#define TPK_CHECK_KINDS_H

#include "check/finding.h"

/* The layer as a whole. */
extern const tpk_finding_kind TPK_FINDING_TABLE_MISSING;
extern const tpk_finding_kind TPK_FINDING_TABLE_BARE;
extern const tpk_finding_kind TPK_FINDING_NO_GEOMETRY;
extern const tpk_finding_kind TPK_FINDING_GEOMETRY_MISSING;

/* Its coordinate reference system. */
extern const tpk_finding_kind TPK_FINDING_CRS_MISSING;
extern const tpk_finding_kind TPK_FINDING_CRS_UNREADABLE;
extern const tpk_finding_kind TPK_FINDING_CRS_CONTRADICTS;
extern const tpk_finding_kind TPK_FINDING_CRS_WITHOUT_CODE;
extern const tpk_finding_kind TPK_FINDING_CRS_OLD_DATUM;

/* Where its features lie. */
extern const tpk_finding_kind TPK_FINDING_AXES_SWAPPED;
extern const tpk_finding_kind TPK_FINDING_SIGN_WRONG;
extern const tpk_finding_kind TPK_FINDING_PLACE_IMPLAUSIBLE;
extern const tpk_finding_kind TPK_FINDING_MINUTES_SUBTRACTED;
extern const tpk_finding_kind TPK_FINDING_REGION_CONTRADICTS;
extern const tpk_finding_kind TPK_FINDING_REGENCIES_MISSING;
extern const tpk_finding_kind TPK_FINDING_AIRPORTS_MISSING;
extern const tpk_finding_kind TPK_FINDING_LAND_IN_SEA;
extern const tpk_finding_kind TPK_FINDING_SEA_ON_LAND;

/* Geometry. */
extern const tpk_finding_kind TPK_FINDING_RING_INVALID;
extern const tpk_finding_kind TPK_FINDING_SELF_TOUCHING;
extern const tpk_finding_kind TPK_FINDING_ZERO_LENGTH;
extern const tpk_finding_kind TPK_FINDING_EXACT_DUPLICATES;
extern const tpk_finding_kind TPK_FINDING_OVERLAPS;
extern const tpk_finding_kind TPK_FINDING_GAPS;
extern const tpk_finding_kind TPK_FINDING_CUT_AT_TILES;
extern const tpk_finding_kind TPK_FINDING_Z_DROPPED;
extern const tpk_finding_kind TPK_FINDING_M_DROPPED;
extern const tpk_finding_kind TPK_FINDING_LINES_FOR_POLYGONS;
extern const tpk_finding_kind TPK_FINDING_FAR_FEATURES;

/* Tables. */
extern const tpk_finding_kind TPK_FINDING_TEXT_ENCODING;
extern const tpk_finding_kind TPK_FINDING_NUL_PADDING;
extern const tpk_finding_kind TPK_FINDING_LOST_CHARACTERS;
extern const tpk_finding_kind TPK_FINDING_NAMES_CUT;
extern const tpk_finding_kind TPK_FINDING_TEXT_CUT;
extern const tpk_finding_kind TPK_FINDING_COLUMN_EMPTY;
extern const tpk_finding_kind TPK_FINDING_COLUMN_CONSTANT;
extern const tpk_finding_kind TPK_FINDING_NUMBERS_AS_TEXT;
extern const tpk_finding_kind TPK_FINDING_AREA_IN_SQUARE_DEGREES;
extern const tpk_finding_kind TPK_FINDING_STATED_AGAINST_DRAWN;
extern const tpk_finding_kind TPK_FINDING_PERCENTAGES;
extern const tpk_finding_kind TPK_FINDING_DATES_IN_FUTURE;
extern const tpk_finding_kind TPK_FINDING_PLACEHOLDER_NAMES;
extern const tpk_finding_kind TPK_FINDING_NAMES_JOIN;
extern const tpk_finding_kind TPK_FINDING_CODES_PREFIXED;
extern const tpk_finding_kind TPK_FINDING_AIRPORT_CODES_OLD;
extern const tpk_finding_kind TPK_FINDING_ZEROS_FOR_UNKNOWN;
extern const tpk_finding_kind TPK_FINDING_FIGURES_REPEATED;

/* Rasters. */
extern const tpk_finding_kind TPK_FINDING_RASTER_PICTURE;
extern const tpk_finding_kind TPK_FINDING_NODATA_MISSING;
extern const tpk_finding_kind TPK_FINDING_NODATA_LOOKS_VALID;
extern const tpk_finding_kind TPK_FINDING_GREY_LEVELS;
extern const tpk_finding_kind TPK_FINDING_RASTER_PATCHES;
extern const tpk_finding_kind TPK_FINDING_RASTER_STEPS;
extern const tpk_finding_kind TPK_FINDING_RASTER_STRIPES;
extern const tpk_finding_kind TPK_FINDING_INTEGER_ELEVATION;
extern const tpk_finding_kind TPK_FINDING_PIXELS_COARSE;
extern const tpk_finding_kind TPK_FINDING_AREA_COVER;

/* The project as a whole. */
extern const tpk_project_finding_kind TPK_FINDING_CONSTRAINT_EXCLUDES_EVERYTHING;
extern const tpk_project_finding_kind TPK_FINDING_CONSTRAINT_EXCLUDES_NOTHING;
extern const tpk_project_finding_kind TPK_FINDING_CONSTRAINT_UNTESTED;
extern const tpk_project_finding_kind TPK_FINDING_WEIGHT_MEANINGLESS;
extern const tpk_project_finding_kind TPK_FINDING_CRITERION_VARIES_LITTLE;
extern const tpk_project_finding_kind TPK_FINDING_CRITERIA_CORRELATED;

#endif
