#include "check/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

static void clear_finding(tpk_finding *finding)
{
    tpk_free(finding->found);
    tpk_free(finding->why);
    tpk_free(finding->change);
    for (size_t i = 0; i < finding->n_examples; i++) tpk_free(finding->examples[i].name);
}

tpk_finding *tpk_findings_add(tpk_findings *findings, const char *kind, tpk_gravity gravity,
                              int64_t n_features, const char *found, const char *why, const char *change)
{
    if (!tpk_grow(&findings->items, &findings->capacity, findings->n + 1, sizeof *findings->items))
        return NULL;
    tpk_finding made = {.kind = kind,
                        .gravity = gravity,
                        .found = tpk_strdup(found),
                        .why = tpk_strdup(why),
                        .change = tpk_strdup(change),
                        .n_features = n_features};
    if (!made.found || !made.why || (change && !made.change)) {
        clear_finding(&made);
        return NULL;
    }
    findings->items[findings->n] = made;
    return &findings->items[findings->n++];
}

char *tpk_finding_text(const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 ? NULL : tpk_alloc((size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}

bool tpk_finding_example(tpk_finding *finding, int64_t record, const char *name)
{
    if (finding->n_examples == TPK_MAX_EXAMPLES) return true;
    char *copy = tpk_strdup(name);
    if (name && !copy) return false;
    finding->examples[finding->n_examples++] = (tpk_example){.record = record, .name = copy};
    return true;
}

void tpk_findings_clear(tpk_findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) clear_finding(&findings->items[i]);
    tpk_free(findings->items);
    *findings = (tpk_findings){0};
}
