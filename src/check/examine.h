/* All kinds of findings over layers and projects, and the verdict on each. */
#ifndef TPK_CHECK_EXAMINE_H
#define TPK_CHECK_EXAMINE_H

#include "check/names_between.h"
#include "check/subject.h"

/* What was found about one layer, or about a project as a whole. */
typedef struct tpk_examined {
    char *id, *path;  /* owned; path as the planner wrote it */
    char *crs;        /* owned; "EPSG:32750", a name without a code, or "" */
    const char *kind; /* "vector", "raster", "project", "unread", "absent"; static */
    tpk_verdict verdict;
    int64_t n_features;    /* vectors */
    tpk_findings findings; /* the gravest first, else in the order of the registry */
} tpk_examined;

/* Initialise with {0}. */
typedef struct tpk_examination {
    tpk_examined *items; /* owned, with what is in them */
    size_t n, capacity;
    tpk_names names; /* of the layers examined so far, for tpk_examine_together */
} tpk_examination;

void tpk_examination_clear(tpk_examination *examination); /* safe twice */
/* Would a run refuse something, or give a wrong map? */
bool tpk_examination_is_serious(const tpk_examination *examination);
/* How many findings of a gravity. */
int64_t tpk_examination_count(const tpk_examination *examination, tpk_gravity gravity);

/* Examines one layer and adds the result. A file that cannot be read is a finding ("unreadable").
 * TPK_ERR_MEMORY, TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_examine_layer(const tpk_layer_spec *spec, tpk_usage usage,
                                            const tpk_surroundings *surroundings,
                                            tpk_examination *examination, tpk_err *err);

/* Adds an optional layer that is not there. TPK_ERR_MEMORY. */
TPK_MUST_CHECK tpk_status tpk_examination_add_absent(tpk_examination *examination, const tpk_layer_spec *spec,
                                                     tpk_err *err);

/* What only layers seen together show (names_between.h), once all have been examined; added to their
 * findings, the verdicts renewed. Nothing after an examination with only_fast. TPK_ERR_MEMORY,
 * TPK_ERR_CANCELLED. */
TPK_MUST_CHECK tpk_status tpk_examine_together(tpk_examination *examination, const tpk_control *control,
                                               tpk_err *err);

/* A new, empty entry for the project as a whole; findings are added to it, then tpk_examined_judge. NULL
 * without memory. Borrowed until the next entry is added. */
tpk_examined *tpk_examination_add_project(tpk_examination *examination, const char *title, const char *path);
/* All project kinds over a sample of the plan, added to `examined`; a remark ("sample_small") says what too
 * few cells leave unsaid. layers_fit: no layer of a criterion or constraint lies wholly outside the
 * study area; without that the kinds of_fitting_layers are passed over. TPK_ERR_MEMORY, TPK_ERR_CANCELLED,
 * and the errors of sources (TPK_ERR_IO, TPK_ERR_DATA ...), on which a run would stop too. */
TPK_MUST_CHECK tpk_status tpk_examine_plan(const tpk_plan *plan, bool layers_fit, const tpk_control *control,
                                           tpk_examined *examined, tpk_err *err);
/* Sorts the findings and sets the verdict. */
void tpk_examined_judge(tpk_examined *examined);

#endif
