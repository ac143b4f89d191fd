/* Reading the project file: the state its readers share, and the readers of single values. Private to this
 * room.
 *
 * Every reader reports what is wrong at its exact place and goes on, so that all findings come at once. A
 * value that is wrong is left NULL, NaN or zero, and nobody complains about it a second time. */
#ifndef TPK_PROJECT_READER_H
#define TPK_PROJECT_READER_H

#include "project/keys.h"
#include "project/project.h"
#include "project/report.h"
#include "project/yaml.h"

/* What is known about a layer besides its spec. */
typedef struct tpk_layer_state {
    bool peeked;
    bool crs_known; /* its CRS was found usable */
    tpk_peek peek;
} tpk_layer_state;

typedef struct tpk_reader {
    tpk_report report;
    const tpk_vocabulary *vocabulary; /* borrowed */
    tpk_project *project;             /* owned until it is handed out */
    tpk_layer_state *layers;          /* owned; one a layer of the project */
    const char **layer_ids;           /* owned; the ids borrowed from the project */
    const char **criterion_ids;       /* likewise */
} tpk_reader;

static inline bool tpk_reader_failed(const tpk_reader *reader)
{
    return reader->report.status != TPK_OK;
}

/* n zeroed elements; NULL sets the report's status. Caller frees with tpk_free. */
void *tpk_reader_alloc(tpk_reader *reader, size_t n, size_t size);
char *tpk_reader_copy(tpk_reader *reader, const char *text); /* likewise */

/* values.c: `spec` gives the name for messages, range, unit and choices. False when a finding was reported.
 */
bool tpk_read_text(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, char **text);
bool tpk_read_number(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, double *number);
bool tpk_read_flag(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, bool *flag);
bool tpk_read_choice(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, char **text);
size_t tpk_choices_count(const char *const *choices); /* NULL-terminated; NULL counts 0 */

/* Reports "'name': expected <expected>, found <what the node is>". expected is translated. */
void tpk_report_type(tpk_reader *reader, const tpk_yaml *node, const char *name, const char *expected);

/* Ids: a small letter, then small letters, digits and _; at most 40. `what` is translated ("layer"). */
bool tpk_check_id(tpk_reader *reader, const tpk_yaml *key, const char *what);

/* Sorts the entries of a map into found[section->n_keys] (NULL: absent), the first of duplicates winning.
 * Reports unknown and missing keys, the latter at pos. `where` is translated ("'grid'"). False when node is
 * not a map. */
bool tpk_read_section(tpk_reader *reader, const tpk_yaml *node, const char *where, tpk_pos pos, int section,
                      const tpk_yaml_entry **found);

/* read_layers.c */
void tpk_read_layers(tpk_reader *reader, const tpk_yaml_entry *entry);

/* The path that the project file means: relative ones start at its folder. Caller frees with tpk_free; NULL
 * sets the report's status. */
char *tpk_join_path(tpk_reader *reader, const char *written);

/* Reports that there is no such file, with the nearest name in its folder. path is absolute. */
void tpk_report_missing(tpk_reader *reader, tpk_pos pos, const char *written, const char *path);

/* The text of a value that must name a layer of the type (TPK_PARAM_VECTOR or TPK_PARAM_RASTER). *index is
 * its position, -1 when the id is unknown or there was a finding. False when a finding was reported; *text is
 * set whenever memory allows. */
bool tpk_read_layer_id(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, char **text,
                       int *index);

/* Reports a layer whose file says that it has no polygons. index -1 is not checked. */
bool tpk_check_polygons(tpk_reader *reader, tpk_pos pos, const char *name, int index);

/* Reports a field that the layer does not have. Matching: exact, ignoring case, cut at 10 characters. index
 * -1 is not checked. */
bool tpk_check_field(tpk_reader *reader, tpk_pos pos, const char *name, const char *field, int index);

/* Reports a stated-area field that holds no numbers. index -1 and a field that is absent are not checked. */
bool tpk_check_number_field(tpk_reader *reader, tpk_pos pos, const char *name, const char *field, int index);

/* Reports a SQL condition that the layer cannot be asked. index -1 is not checked. */
bool tpk_check_where(tpk_reader *reader, tpk_pos pos, const char *where, int index);

/* read_params.c: a use of one of the kinds; `what` is translated ("source"). params->kind stays NULL when no
 * kind was found. */
void tpk_read_params(tpk_reader *reader, const tpk_yaml_entry *entry, const char *what,
                     const tpk_kind_spec *const *kinds, size_t n_kinds, tpk_params *params);

/* read_param.c: one parameter by its type, with its default when entry is NULL. VECTOR and RASTER set *layer.
 */
bool tpk_read_param(tpk_reader *reader, const tpk_yaml *node, const tpk_param_spec *spec, tpk_param *param,
                    int *layer);
bool tpk_default_param(tpk_reader *reader, const tpk_param_spec *spec, tpk_param *param);

/* read_criteria.c */
void tpk_read_criteria(tpk_reader *reader, const tpk_yaml_entry *entry);
void tpk_read_decision(tpk_reader *reader, const tpk_yaml_entry *entry);

/* read_constraints.c */
void tpk_read_constraints(tpk_reader *reader, const tpk_yaml_entry *entry);

/* read_places.c */
void tpk_read_grid(tpk_reader *reader, const tpk_yaml_entry *entry);
void tpk_read_zones(tpk_reader *reader, const tpk_yaml_entry *entry);
void tpk_read_regions(tpk_reader *reader, const tpk_yaml_entry *entry);
void tpk_read_overlay(tpk_reader *reader, const tpk_yaml_entry *entry);
/* read_output.c: defaults when entry is NULL. */
void tpk_read_output(tpk_reader *reader, const tpk_yaml_entry *entry);

/* read_styles.c: the default set, and what the one that the entry names changes; NULL: the default alone. */
void tpk_read_styles(tpk_reader *reader, const tpk_yaml_entry *entry);

/* optional.c: reports, at the place that names it, a layer that cannot be done without and is absent. `user`
 * is the key that names it. index -1 is not checked. */
bool tpk_check_present(tpk_reader *reader, tpk_pos pos, const char *user, int index);

/* optional.c: leaves out what needs an absent layer, and says so. Reports when too little is left for a
 * study. Only when nothing was reported before. */
void tpk_leave_out(tpk_reader *reader);

/* property_names.c: ids that would give two zone properties the same name, capitals and small letters being
 * one. Nothing when the project has no zones. */
void tpk_check_property_names(tpk_reader *reader);

#endif
