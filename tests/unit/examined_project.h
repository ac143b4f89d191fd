/* What the tests of findings about projects share: a study examined as a whole, and what it may show. */
#ifndef TPK_TEST_EXAMINED_PROJECT_H
#define TPK_TEST_EXAMINED_PROJECT_H

#include "api/study.h"
#include "check/examine.h"
#include "check/kinds.h"
#include "check_files.h"
#include "small_study.h"

static inline tpk_examined examine(const char *path)
{
    tpk_examined examined = {0};
    tpk_err err = {TPK_OK, ""};
    tpk_study *study = open_study(path, (tpk_options){0});
    if (tpk_examine_plan(study->plan, true, NULL, &examined, &err) != TPK_OK) fail_msg("%s", err.message);
    tpk_study_close(study);
    return examined;
}

static inline const tpk_finding *find_kind(const tpk_examined *examined, const char *kind)
{
    for (size_t i = 0; i < examined->findings.n; i++) {
        if (strcmp(examined->findings.items[i].kind, kind) == 0) return &examined->findings.items[i];
    }
    return NULL;
}

/* The study shows the kind, once, in these words of what was found and what to change, and nothing else. */
static inline void assert_found(const char *path, const tpk_project_finding_kind *kind, tpk_gravity gravity,
                                const char *found_part, const char *change_part)
{
    tpk_examined examined = examine(path);
    for (size_t i = 0; i < examined.findings.n; i++) {
        if (strcmp(examined.findings.items[i].kind, kind->id) != 0 || examined.findings.n > 1)
            print_message("%s: %s\n", examined.findings.items[i].kind, examined.findings.items[i].found);
    }
    const tpk_finding *finding = find_kind(&examined, kind->id);
    assert_non_null(finding);
    assert_int_equal(examined.findings.n, 1);
    assert_int_equal(finding->gravity, gravity);
    assert_says(finding->found, found_part);
    assert_says(finding->change, change_part);
    assert_true(strlen(finding->why) > 40);
    tpk_findings_clear(&examined.findings);
}

static inline void assert_fine(const char *path)
{
    tpk_examined examined = examine(path);
    for (size_t i = 0; i < examined.findings.n; i++)
        print_message("false alarm: %s\n", examined.findings.items[i].found);
    assert_int_equal(examined.findings.n, 0);
    tpk_findings_clear(&examined.findings);
}

#endif
