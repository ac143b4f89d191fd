/* The fixed keys of the project file as tables: the checker and the reference page read the same rows.
 * Private to this room. */
#ifndef TPK_PROJECT_KEYS_H
#define TPK_PROJECT_KEYS_H

#include "project/schema.h"
#include "project/styles.h"

typedef struct tpk_key_spec {
    tpk_param_spec value;
    const char *form; /* what to write, English, marked N_(); NULL: the name of the value's type says it */
} tpk_key_spec;

typedef struct tpk_section {
    const char *title;   /* of the reference page, English, marked N_() */
    const char *summary; /* likewise */
    const tpk_key_spec *keys;
    size_t n_keys;
} tpk_section;

enum {
    TPK_SECTION_PROJECT,
    TPK_SECTION_GRID,
    TPK_SECTION_LAYER,
    TPK_SECTION_ZONES,
    TPK_SECTION_REGIONS,
    TPK_SECTION_CRITERION,
    TPK_SECTION_CONSTRAINT,
    TPK_SECTION_DECISION,
    TPK_SECTION_CLASSES,
    TPK_SECTION_OUTPUT,
    TPK_SECTION_STYLES,
    TPK_SECTION_STYLE,
    TPK_SECTION_COUNT
};
extern const tpk_section TPK_SECTIONS[TPK_SECTION_COUNT];

/* Positions in each section's table. */
enum {
    TPK_PROJECT_TAPAK,
    TPK_PROJECT_TITLE,
    TPK_PROJECT_LANGUAGE,
    TPK_PROJECT_NOTE,
    TPK_PROJECT_GRID,
    TPK_PROJECT_LAYERS,
    TPK_PROJECT_ZONES,
    TPK_PROJECT_REGIONS,
    TPK_PROJECT_OVERLAY,
    TPK_PROJECT_CRITERIA,
    TPK_PROJECT_CONSTRAINTS,
    TPK_PROJECT_DECISION,
    TPK_PROJECT_OUTPUT,
    TPK_PROJECT_COUNT
};
enum { TPK_GRID_CRS, TPK_GRID_CELL, TPK_GRID_AREA, TPK_GRID_BOUNDS, TPK_GRID_COUNT };
enum {
    TPK_LAYER_PATH,
    TPK_LAYER_WHERE,
    TPK_LAYER_CRS,
    TPK_LAYER_ENCODING,
    TPK_LAYER_SUBLAYER,
    TPK_LAYER_SOURCE,
    TPK_LAYER_BAND,
    TPK_LAYER_NODATA,
    TPK_LAYER_REPAIR,
    TPK_LAYER_OPTIONAL,
    TPK_LAYER_COUNT
};
enum {
    TPK_ZONES_LAYER,
    TPK_ZONES_ID,
    TPK_ZONES_NAME,
    TPK_ZONES_STATED_AREA,
    TPK_ZONES_NOTE,
    TPK_ZONES_COUNT
};
enum { TPK_REGIONS_LAYER, TPK_REGIONS_NAME, TPK_REGIONS_ID, TPK_REGIONS_COUNT };
enum {
    TPK_CRITERION_TITLE,
    TPK_CRITERION_FROM,
    TPK_CRITERION_CURVE,
    TPK_CRITERION_UNKNOWN,
    TPK_CRITERION_COUNT
};
enum {
    TPK_CONSTRAINT_TITLE,
    TPK_CONSTRAINT_FROM,
    TPK_CONSTRAINT_SOURCE,
    TPK_CONSTRAINT_UNKNOWN,
    TPK_CONSTRAINT_TESTS, /* the first of TPK_N_TESTS, in the order of tpk_test */
    TPK_N_TESTS = 7,
    TPK_CONSTRAINT_COUNT = TPK_CONSTRAINT_TESTS + TPK_N_TESTS
};
enum { TPK_DECISION_COMBINE, TPK_DECISION_WEIGHTS, TPK_DECISION_CLASSES, TPK_DECISION_COUNT };
enum {
    TPK_OUTPUT_RASTERS,
    TPK_OUTPUT_COMPRESS,
    TPK_OUTPUT_OVERVIEWS,
    TPK_OUTPUT_STYLES,
    TPK_OUTPUT_PORTAL,
    TPK_OUTPUT_TILES,
    TPK_OUTPUT_STAC,
    TPK_OUTPUT_QGIS,
    TPK_OUTPUT_COUNT
};
enum {
    TPK_STYLES_RAMP = TPK_LABEL_COUNT, /* after a key for each tpk_map_label, in that order */
    TPK_STYLES_LIST,
    TPK_STYLES_OUTLINE,
    TPK_STYLES_COUNT
};
enum { TPK_STYLE_ID, TPK_STYLE_EN, TPK_STYLE_COLOR, TPK_STYLE_COUNT };
enum { TPK_CLASSES_S1, TPK_CLASSES_S2, TPK_CLASSES_S3, TPK_CLASSES_COUNT };

/* "number", "vector layer", ... translated. */
const char *tpk_param_type_text(tpk_param_type type);

/* The key's form, or the name of its type; translated. */
const char *tpk_key_form(const tpk_key_spec *key);

/* "greater than 0", "0 to 1", with the unit; "" when every number is allowed. Translated. Returns buffer. */
char *tpk_range_text(const tpk_param_spec *spec, char *buffer, size_t size);

#endif
