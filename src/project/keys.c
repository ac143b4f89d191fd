#include "project/keys.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "base/text.h"
#include "project/project.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const LANGUAGES[] = {"id", "en", NULL};
static const char *const COMBINATIONS[] = {"weighted_sum", NULL};
static const char *const RASTERS[] = {"suitability", "classes", "reasons", "limiting", NULL};
static const char *const COMPRESSIONS[] = {"deflate", "zstd", NULL};
static const char *const CONSTRAINT_UNKNOWNS[] = {"unknown", "pass", "exclude", NULL};

static const tpk_key_spec PROJECT_KEYS[] = {
    [TPK_PROJECT_TAPAK] = {.value = {.name = "tapak",
                                     .type = TPK_PARAM_NUMBER,
                                     .required = true,
                                     .min = 1,
                                     .max = 1,
                                     .summary = N_("version of this format")}},
    [TPK_PROJECT_TITLE] =
        {.value = {.name = "title",
                   .type = TPK_PARAM_TEXT,
                   .summary = N_("name of the study, for maps and reports; the file's name when absent")}},
    [TPK_PROJECT_LANGUAGE] = {.value = {.name = "language",
                                        .type = TPK_PARAM_CHOICE,
                                        .choices = LANGUAGES,
                                        .default_text = "id",
                                        .summary = N_("language of the portal and the report")}},
    [TPK_PROJECT_NOTE] = {.value = {.name = "note",
                                    .type = TPK_PARAM_TEXT,
                                    .summary = N_("a remark that goes into every output, such as how far the "
                                                  "data can be trusted")}},
    [TPK_PROJECT_GRID] = {.value = {.name = "grid",
                                    .required = true,
                                    .summary = N_("where and how finely the map is computed")},
                          .form = N_("map, see Grid")},
    [TPK_PROJECT_LAYERS] = {.value = {.name = "layers",
                                      .required = true,
                                      .summary = N_("the input files, each under an id")},
                            .form = N_("map of id to path or to a layer")},
    [TPK_PROJECT_ZONES] = {.value = {.name = "zones",
                                     .summary = N_("the proposed zones to be compared; none when absent")},
                           .form = N_("map, see Zones")},
    [TPK_PROJECT_REGIONS] = {.value = {.name = "regions",
                                       .summary = N_("the regions, such as regencies, of which each class's "
                                                     "hectares and share are told; none when absent")},
                             .form = N_("map, see Regions")},
    [TPK_PROJECT_OVERLAY] =
        {.value = {.name = "overlay",
                   .summary = N_("vector layers that each zone is intersected with and measured against")},
         .form = N_("list of layer ids")},
    [TPK_PROJECT_CRITERIA] = {.value = {.name = "criteria",
                                        .required = true,
                                        .summary = N_("what makes a place suitable")},
                              .form = N_("map of id to criterion")},
    [TPK_PROJECT_CONSTRAINTS] = {.value = {.name = "constraints",
                                           .summary = N_("what rules a place out, at most 32")},
                                 .form = N_("map of id to constraint")},
    [TPK_PROJECT_DECISION] = {.value = {.name = "decision",
                                        .required = true,
                                        .summary = N_("how the criteria become one score")},
                              .form = N_("map, see Decision")},
    [TPK_PROJECT_OUTPUT] = {.value = {.name = "output", .summary = N_("which maps are written, and how")},
                            .form = N_("map, see Output")},
};
_Static_assert(COUNT(PROJECT_KEYS) == TPK_PROJECT_COUNT, "a row for every key");

static const tpk_key_spec GRID_KEYS[] = {
    [TPK_GRID_CRS] = {.value = {.name = "crs",
                                .type = TPK_PARAM_TEXT,
                                .required = true,
                                .summary = N_("coordinate reference system of all outputs, projected and in "
                                              "metres, such as EPSG:32750")}},
    [TPK_GRID_CELL] = {.value = {.name = "cell",
                                 .type = TPK_PARAM_NUMBER,
                                 .required = true,
                                 .unit = "m",
                                 .min = 0,
                                 .max = HUGE_VAL,
                                 .min_excluded = true,
                                 .summary = N_("side of a cell")}},
    [TPK_GRID_AREA] = {.value = {.name = "area",
                                 .type = TPK_PARAM_VECTOR,
                                 .summary = N_("polygon layer of the study area; either area or bounds")}},
    [TPK_GRID_BOUNDS] =
        {.value = {.name = "bounds",
                   .unit = "m",
                   .summary = N_(
                       "rectangle in the grid's crs, whose north-west corner is the grid's; either area or "
                       "bounds")},
         .form = N_("list [x_min, y_min, x_max, y_max]")},
};
_Static_assert(COUNT(GRID_KEYS) == TPK_GRID_COUNT, "a row for every key");

static const char *const REPAIRS[] = {"minutes", NULL};

static const tpk_key_spec LAYER_KEYS[] = {
    [TPK_LAYER_PATH] = {.value = {.name = "path",
                                  .type = TPK_PARAM_TEXT,
                                  .required = true,
                                  .summary = N_("the file, relative to the project file's folder, or a GDAL "
                                                "path such as /vsizip/data.zip/roads.shp")}},
    [TPK_LAYER_WHERE] = {.value = {.name = "where",
                                   .type = TPK_PARAM_TEXT,
                                   .summary = N_("SQL condition; only features that meet it are read")}},
    [TPK_LAYER_CRS] = {.value = {.name = "crs",
                                 .type = TPK_PARAM_TEXT,
                                 .summary =
                                     N_("coordinate reference system to use instead of the file's own")}},
    [TPK_LAYER_ENCODING] = {.value = {.name = "encoding",
                                      .type = TPK_PARAM_TEXT,
                                      .summary = N_("encoding of the attributes' text, such as UTF-8 or "
                                                    "ISO-8859-1, instead of the file's own")}},
    [TPK_LAYER_SUBLAYER] =
        {.value = {.name = "layer",
                   .type = TPK_PARAM_TEXT,
                   .summary = N_("name of the layer inside the file; needed when the file holds several")}},
    [TPK_LAYER_SOURCE] = {.value = {.name = "source",
                                    .type = TPK_PARAM_TEXT,
                                    .summary =
                                        N_("whose data it is, of what year, under what licence; printed "
                                           "on the sheets of the QGIS project")}},
    [TPK_LAYER_BAND] = {.value = {.name = "band",
                                  .type = TPK_PARAM_NUMBER,
                                  .min = 1,
                                  .max = 65535,
                                  .default_text = "1",
                                  .summary = N_("band of a raster, a whole number")}},
    [TPK_LAYER_NODATA] = {.value = {.name = "nodata",
                                    .type = TPK_PARAM_NUMBER,
                                    .min = -HUGE_VAL,
                                    .max = HUGE_VAL,
                                    .summary =
                                        N_("raster value that means unknown, instead of the file's own")}},
    [TPK_LAYER_REPAIR] =
        {.value = {.name = "repair",
                   .type = TPK_PARAM_CHOICE,
                   .choices = REPAIRS,
                   .summary = N_(
                       "minutes: points in degrees that lie outside the regency of Kalimantan Selatan they "
                       "name, and inside it when their minutes are added instead of subtracted, are moved "
                       "there")}},
    [TPK_LAYER_OPTIONAL] =
        {.value = {.name = "optional",
                   .type = TPK_PARAM_BOOL,
                   .default_text = "false",
                   .summary = N_("true: where there is no such file, the study goes on without what needs it "
                                 "and says so; not for the study area and the zones")}},
};
_Static_assert(COUNT(LAYER_KEYS) == TPK_LAYER_COUNT, "a row for every key");

static const tpk_key_spec ZONES_KEYS[] = {
    [TPK_ZONES_LAYER] = {.value = {.name = "layer",
                                   .type = TPK_PARAM_VECTOR,
                                   .required = true,
                                   .summary = N_("polygon layer of the proposed zones")}},
    [TPK_ZONES_ID] = {.value = {.name = "id",
                                .type = TPK_PARAM_FIELD,
                                .required = true,
                                .summary = N_("field with a different value for each zone")}},
    [TPK_ZONES_NAME] = {.value = {.name = "name",
                                  .type = TPK_PARAM_FIELD,
                                  .required = true,
                                  .summary = N_("field with the zone's name")}},
    [TPK_ZONES_STATED_AREA] = {.value = {.name = "stated_area_ha",
                                         .type = TPK_PARAM_FIELD,
                                         .summary = N_("field with the area in hectares that documents "
                                                       "state, to be compared with the drawn one")}},
    [TPK_ZONES_NOTE] = {.value = {.name = "note",
                                  .type = TPK_PARAM_FIELD,
                                  .summary = N_("field with a remark on each zone, kept in the results")}},
};
_Static_assert(COUNT(ZONES_KEYS) == TPK_ZONES_COUNT, "a row for every key");

static const tpk_key_spec REGIONS_KEYS[] = {
    [TPK_REGIONS_LAYER] = {.value = {.name = "layer",
                                     .type = TPK_PARAM_VECTOR,
                                     .required = true,
                                     .summary = N_("polygon layer of the regions")}},
    [TPK_REGIONS_NAME] = {.value = {.name = "name",
                                    .type = TPK_PARAM_FIELD,
                                    .required = true,
                                    .summary = N_("field with the region's name; without id, features of one "
                                                  "name are parts of one region")}},
    [TPK_REGIONS_ID] = {.value = {.name = "id",
                                  .type = TPK_PARAM_FIELD,
                                  .summary = N_("field with the region's code, where names repeat; features "
                                                "of one code are parts of one region")}},
};
_Static_assert(COUNT(REGIONS_KEYS) == TPK_REGIONS_COUNT, "a row for every key");

static const tpk_key_spec CRITERION_KEYS[] = {
    [TPK_CRITERION_TITLE] = {.value = {.name = "title",
                                       .type = TPK_PARAM_TEXT,
                                       .summary = N_("name for people; the id when absent")}},
    [TPK_CRITERION_FROM] = {.value = {.name = "from",
                                      .required = true,
                                      .summary = N_("where the value comes from")},
                            .form = N_("source, see Sources")},
    [TPK_CRITERION_CURVE] = {.value = {.name = "curve",
                                       .required = true,
                                       .summary =
                                           N_("how the value becomes a membership, 0 (worst) to 1 (best)")},
                             .form = N_("curve, see Curves")},
    [TPK_CRITERION_UNKNOWN] =
        {.value =
             {.name = "unknown",
              .min = 0,
              .max = 1,
              .default_text = "exclude",
              .summary = N_(
                  "where the value is unknown: the score is unknown too (exclude), the criterion counts as 0 "
                  "(worst), as the membership given, or not at all (share: its weight goes to the others)")},
         .form = N_("exclude, worst, share or a membership from 0 to 1")},
};
_Static_assert(COUNT(CRITERION_KEYS) == TPK_CRITERION_COUNT, "a row for every key");

static const tpk_key_spec CONSTRAINT_KEYS[] = {
    [TPK_CONSTRAINT_TITLE] = {.value = {.name = "title",
                                        .type = TPK_PARAM_TEXT,
                                        .summary = N_("name for people; the id when absent")}},
    [TPK_CONSTRAINT_FROM] = {.value = {.name = "from",
                                       .required = true,
                                       .summary = N_("where the value comes from")},
                             .form = N_("id of a criterion, or a source, see Sources")},
    [TPK_CONSTRAINT_SOURCE] = {.value = {.name = "source",
                                         .type = TPK_PARAM_TEXT,
                                         .required = true,
                                         .summary =
                                             N_("the law, regulation or plan that the constraint rests on")}},
    [TPK_CONSTRAINT_UNKNOWN] = {.value = {.name = "unknown",
                                          .type = TPK_PARAM_CHOICE,
                                          .choices = CONSTRAINT_UNKNOWNS,
                                          .default_text = "unknown",
                                          .summary = N_("where the value is unknown: the score is unknown "
                                                        "too, the place passes, or it is excluded")}},
    [TPK_CONSTRAINT_TESTS +
        TPK_TEST_ABOVE] = {.value = {.name = "above",
                                     .type = TPK_PARAM_NUMBER,
                                     .min = -HUGE_VAL,
                                     .max = HUGE_VAL,
                                     .summary =
                                         N_("excludes values greater than this, in the source's unit")}},
    [TPK_CONSTRAINT_TESTS +
        TPK_TEST_BELOW] = {.value = {.name = "below",
                                     .type = TPK_PARAM_NUMBER,
                                     .min = -HUGE_VAL,
                                     .max = HUGE_VAL,
                                     .summary =
                                         N_("excludes values smaller than this, in the source's unit")}},
    [TPK_CONSTRAINT_TESTS + TPK_TEST_INSIDE] =
        {.value = {.name = "inside",
                   .type = TPK_PARAM_BOOL,
                   .summary =
                       N_("excludes places inside; needs an inside source, for which it is the default")},
         .form = N_("true")},
    [TPK_CONSTRAINT_TESTS +
        TPK_TEST_OUTSIDE] = {.value = {.name = "outside",
                                       .type = TPK_PARAM_BOOL,
                                       .summary = N_("excludes places outside; needs an inside source")},
                             .form = N_("true")},
    [TPK_CONSTRAINT_TESTS +
        TPK_TEST_EQUALS] = {.value = {.name = "equals", .summary = N_("excludes these values or categories")},
                            .form = N_("value or list of values")},
    [TPK_CONSTRAINT_TESTS +
        TPK_TEST_NEARER] = {.value = {.name = "nearer",
                                      .type = TPK_PARAM_NUMBER,
                                      .unit = "m",
                                      .min = 0,
                                      .max = HUGE_VAL,
                                      .min_excluded = true,
                                      .summary =
                                          N_("excludes places nearer than this; needs a distance source")}},
    [TPK_CONSTRAINT_TESTS +
        TPK_TEST_FARTHER] = {.value = {.name = "farther",
                                       .type = TPK_PARAM_NUMBER,
                                       .unit = "m",
                                       .min = 0,
                                       .max = HUGE_VAL,
                                       .summary =
                                           N_("excludes places farther than this; needs a distance source")}},
};
_Static_assert(COUNT(CONSTRAINT_KEYS) == TPK_CONSTRAINT_COUNT && TPK_N_TESTS == TPK_TEST_FARTHER + 1,
               "a row for every key");

static const tpk_key_spec DECISION_KEYS[] = {
    [TPK_DECISION_COMBINE] = {.value = {.name = "combine",
                                        .type = TPK_PARAM_CHOICE,
                                        .choices = COMBINATIONS,
                                        .default_text = "weighted_sum",
                                        .summary = N_("how memberships are combined")}},
    [TPK_DECISION_WEIGHTS] = {.value = {.name = "weights",
                                        .type = TPK_PARAM_NUMBER,
                                        .required = true,
                                        .min = 0,
                                        .max = 1,
                                        .summary =
                                            N_("one weight for each criterion; together 1, to a millionth")},
                              .form = N_("map of criterion id to number")},
    [TPK_DECISION_CLASSES] = {.value = {.name = "classes", .summary = N_("where the classes begin")},
                              .form = N_("map, see Classes")},
};
_Static_assert(COUNT(DECISION_KEYS) == TPK_DECISION_COUNT, "a row for every key");

static const tpk_key_spec OUTPUT_KEYS[] = {
    [TPK_OUTPUT_RASTERS] = {.value = {.name = "rasters",
                                      .choices = RASTERS,
                                      .summary = N_("the maps to write; all four when absent")},
                            .form = N_("list of suitability, classes, reasons, limiting")},
    [TPK_OUTPUT_COMPRESS] = {.value = {.name = "compress",
                                       .type = TPK_PARAM_CHOICE,
                                       .choices = COMPRESSIONS,
                                       .default_text = "deflate",
                                       .summary = N_("compression of the maps: deflate is read everywhere, "
                                                     "zstd is faster")}},
    [TPK_OUTPUT_OVERVIEWS] = {.value = {.name = "overviews",
                                        .type = TPK_PARAM_BOOL,
                                        .default_text = "true",
                                        .summary = N_("coarser copies inside the maps for fast display")}},
    [TPK_OUTPUT_STYLES] = {.value = {.name = "styles",
                                     .type = TPK_PARAM_TEXT,
                                     .summary = N_("file with other words and colours, see Styles")},
                           .form = N_("path")},
    [TPK_OUTPUT_PORTAL] = {.value = {.name = "portal",
                                     .type = TPK_PARAM_BOOL,
                                     .default_text = "true",
                                     .summary =
                                         N_("the web portal, a folder of static files beside the maps")}},
    [TPK_OUTPUT_TILES] = {.value = {.name = "tiles",
                                    .type = TPK_PARAM_BOOL,
                                    .default_text = "false",
                                    .summary = N_("map tiles for other portals: score.pmtiles and "
                                                  "vectors.pmtiles")}},
    [TPK_OUTPUT_STAC] = {.value = {.name = "stac",
                                   .type = TPK_PARAM_BOOL,
                                   .default_text = "true",
                                   .summary =
                                       N_("a STAC catalog of the results: catalog.json, "
                                          "collection.json and item.json, each beginning with stac-")}},
    [TPK_OUTPUT_QGIS] = {.value = {.name = "qgis",
                                   .type = TPK_PARAM_BOOL,
                                   .default_text = "true",
                                   .summary = N_("a ready QGIS project (tapak.qgz) with all vector layers in "
                                                 "tapak.gpkg")}},
};
_Static_assert(COUNT(OUTPUT_KEYS) == TPK_OUTPUT_COUNT, "a row for every key");

static const tpk_key_spec CLASSES_KEYS[] = {
    [TPK_CLASSES_S1] = {.value = {.name = "S1",
                                  .type = TPK_PARAM_NUMBER,
                                  .min = 0,
                                  .max = 1,
                                  .default_text = "0.8",
                                  .summary = N_("lowest score of S1, highly suitable")}},
    [TPK_CLASSES_S2] = {.value = {.name = "S2",
                                  .type = TPK_PARAM_NUMBER,
                                  .min = 0,
                                  .max = 1,
                                  .default_text = "0.6",
                                  .summary = N_("lowest score of S2, moderately suitable; less than S1")}},
    [TPK_CLASSES_S3] =
        {.value = {.name = "S3",
                   .type = TPK_PARAM_NUMBER,
                   .min = 0,
                   .max = 1,
                   .default_text = "0.4",
                   .summary = N_(
                       "lowest score of S3, marginally suitable; less than S2; below it N, not suitable")}},
};
_Static_assert(COUNT(CLASSES_KEYS) == TPK_CLASSES_COUNT, "a row for every key");

#define WORDS(key, meaning)                                                                                  \
    {                                                                                                        \
        .value = {.name = (key), .summary = (meaning)}, .form = N_("map of id, en")                          \
    }
#define STYLE(key, meaning)                                                                                  \
    {                                                                                                        \
        .value = {.name = (key), .summary = (meaning)}, .form = N_("map of id, en, color")                   \
    }

static const tpk_key_spec STYLES_KEYS[] = {
    [TPK_LABEL_SCORE] = WORDS("score", N_("title of suitability.tif")),
    [TPK_LABEL_SCORE_ZERO] = WORDS("score_zero", N_("the score 0; its colour is that of excluded")),
    [TPK_LABEL_CLASSES] = WORDS("classes", N_("title of classes.tif")),
    [TPK_LABEL_REASONS] = WORDS("reasons", N_("title of reasons.tif")),
    [TPK_LABEL_LIMITING] = WORDS("limiting", N_("title of limiting.tif")),
    [TPK_LABEL_OUTSIDE] = WORDS("outside", N_("outside the study area, which has no colour")),
    [TPK_LABEL_ZONES] = STYLE("zones", N_("title of zones.geojson; colour of the outlines' casing")),
    [TPK_LABEL_REGIONS] = STYLE("regions", N_("title of regions.geojson; colour of the outlines' casing")),
    [TPK_LABEL_S1] = STYLE("S1", N_("highly suitable")),
    [TPK_LABEL_S2] = STYLE("S2", N_("moderately suitable")),
    [TPK_LABEL_S3] = STYLE("S3", N_("marginally suitable")),
    [TPK_LABEL_N] = STYLE("N", N_("not suitable")),
    [TPK_LABEL_EXCLUDED] = STYLE("excluded", N_("ruled out by a constraint")),
    [TPK_LABEL_UNKNOWN] = STYLE("unknown", N_("without data")),
    [TPK_LABEL_NO_REASON] = STYLE("no_reason", N_("in reasons.tif: no constraint rules the place out")),
    [TPK_LABEL_NOTHING_LIMITS] =
        STYLE("nothing_limits", N_("in limiting.tif: every criterion is at its best")),
    [TPK_STYLES_RAMP] = {.value = {.name = "ramp",
                                   .summary =
                                       N_("the score just above 0, where S3, S2 and S1 begin, and at 1")},
                         .form = N_("list of 5 colours")},
    [TPK_STYLES_LIST] = {.value = {.name = "list",
                                   .summary =
                                       N_("criteria and constraints, in their order; darker and lighter "
                                          "ones follow by themselves when there are more")},
                         .form = N_("list of 1 to 100 colours")},
    [TPK_STYLES_OUTLINE] = {.value = {.name = "outline",
                                      .summary = N_("the line around zones and regions, and their names")},
                            .form = N_("colour")},
};
_Static_assert(COUNT(STYLES_KEYS) == TPK_STYLES_COUNT, "a row for every key");

static const tpk_key_spec STYLE_KEYS[] = {
    [TPK_STYLE_ID] = {.value = {.name = "id",
                                .type = TPK_PARAM_TEXT,
                                .summary = N_("words in projects with `language: id`")}},
    [TPK_STYLE_EN] = {.value = {.name = "en",
                                .type = TPK_PARAM_TEXT,
                                .summary = N_("words in projects with `language: en`")}},
    [TPK_STYLE_COLOR] = {.value = {.name = "color", .summary = N_("red, green and blue, each 00 to ff")},
                         .form = N_("colour in quotes, such as \"#005078\"")},
};
_Static_assert(COUNT(STYLE_KEYS) == TPK_STYLE_COUNT, "a row for every key");

#define SECTION(heading, text, table)                                                                        \
    {                                                                                                        \
        .title = (heading), .summary = (text), .keys = (table), .n_keys = COUNT(table)                       \
    }

const tpk_section TPK_SECTIONS[TPK_SECTION_COUNT] = {
    [TPK_SECTION_PROJECT] = SECTION(N_("Top level"), N_("The keys at the left margin."), PROJECT_KEYS),
    [TPK_SECTION_GRID] = SECTION(
        N_("Grid"), N_("`grid:` says where the map is, in which coordinates, and how fine."), GRID_KEYS),
    [TPK_SECTION_LAYER] = SECTION(
        N_("Layers"),
        N_("`layers:` gives every input file an id: `id: path`, or `id: {path: ..., ...}` with these keys."),
        LAYER_KEYS),
    [TPK_SECTION_ZONES] =
        SECTION(N_("Zones"), N_("`zones:` names the layer of proposed zones and its fields."), ZONES_KEYS),
    [TPK_SECTION_REGIONS] = SECTION(
        N_("Regions"),
        N_("`regions:` names a layer that the map is summed up by, such as regencies, and its fields."),
        REGIONS_KEYS),
    [TPK_SECTION_CRITERION] =
        SECTION(N_("Criteria"), N_("Each entry of `criteria:` is `id: {...}` with these keys; at most 250."),
                CRITERION_KEYS),
    [TPK_SECTION_CONSTRAINT] =
        SECTION(N_("Constraints"),
                N_("Each entry of `constraints:` is `id: {...}` with these keys, exactly one of them a test; "
                   "a place is excluded where the test is true."),
                CONSTRAINT_KEYS),
    [TPK_SECTION_DECISION] = SECTION(
        N_("Decision"), N_("`decision:` turns the criteria into one score from 0 to 1."), DECISION_KEYS),
    [TPK_SECTION_CLASSES] =
        SECTION(N_("Classes"),
                N_("`classes:` inside `decision:`; a score equal to a bound belongs to the better class."),
                CLASSES_KEYS),
    [TPK_SECTION_OUTPUT] =
        SECTION(N_("Output"), N_("`output:` says which maps are written, and how."), OUTPUT_KEYS),
    [TPK_SECTION_STYLES] = SECTION(
        N_("Styles"),
        N_("The keys of a file that `output: {styles: FILE}` names. What it leaves out stays as in the "
           "program's own set, styles/default.yaml."),
        STYLES_KEYS),
    [TPK_SECTION_STYLE] = SECTION(N_("Words and colours"),
                                  N_("Each of the entries of a set of styles has these keys."), STYLE_KEYS),
};

const char *tpk_param_type_text(tpk_param_type type)
{
    switch (type) {
    case TPK_PARAM_NUMBER: return _("number");
    case TPK_PARAM_TEXT: return _("text");
    case TPK_PARAM_CHOICE: return _("choice");
    case TPK_PARAM_BOOL: return _("true or false");
    case TPK_PARAM_VECTOR: return _("id of a vector layer");
    case TPK_PARAM_RASTER: return _("id of a raster layer");
    case TPK_PARAM_FIELD: return _("field of the layer");
    case TPK_PARAM_POINTS: return _("list of [value, membership]");
    case TPK_PARAM_CLASSES: return _("map of category to membership");
    }
    return "?";
}

const char *tpk_key_form(const tpk_key_spec *key)
{
    return key->form ? _(key->form) : tpk_param_type_text(key->value.type);
}

char *tpk_range_text(const tpk_param_spec *spec, char *buffer, size_t size)
{
    char low[32], high[32];
    tpk_text_from_number(spec->min, low);
    tpk_text_from_number(spec->max, high);
    const char *unit = spec->unit && *spec->unit ? spec->unit : "";
    const char *space = *unit ? " " : "";
    bool has_min = spec->min > -HUGE_VAL, has_max = spec->max < HUGE_VAL;
    buffer[0] = '\0';
    if (has_min && has_max && spec->min == spec->max) {
        snprintf(buffer, size, "%s%s%s", low, space, unit);
    } else if (has_min && has_max && spec->min_excluded) {
        snprintf(buffer, size, _("greater than %s and at most %s%s%s"), low, high, space, unit);
    } else if (has_min && has_max) {
        snprintf(buffer, size, _("%s to %s%s%s"), low, high, space, unit);
    } else if (has_min) {
        snprintf(buffer, size, spec->min_excluded ? _("greater than %s%s%s") : _("at least %s%s%s"), low,
                 space, unit);
    } else if (has_max) {
        snprintf(buffer, size, _("at most %s%s%s"), high, space, unit);
    }
    return buffer;
}
