#include "output/check_json.h"

#include <stdbool.h>
#include <string.h>

#include "output/json.h"
#include "version.h"

/* NULL and "" are null. */
static json_t *text(const char *value)
{
    return tpk_json_string(value && value[0] ? value : NULL);
}

static const char *gravity_word(tpk_gravity gravity)
{
    static const char *const WORDS[] = {
        [TPK_GRAVITY_REMARK] = "remark", [TPK_GRAVITY_REPAIR] = "repair", [TPK_GRAVITY_SERIOUS] = "serious"};
    return WORDS[gravity];
}

static const char *verdict_word(tpk_verdict verdict)
{
    static const char *const WORDS[] = {
        [TPK_VERDICT_GOOD] = "good",
        [TPK_VERDICT_REPAIRS] = "repairs",
        [TPK_VERDICT_UNUSABLE] = "unusable",
        [TPK_VERDICT_ABSENT] = "absent",
    };
    return WORDS[verdict];
}

/* Takes value; false when it, or the room for it, could not be had. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static json_t *examples_of(const tpk_finding *finding)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < finding->n_examples; i++) {
        const tpk_example *example = &finding->examples[i];
        json_t *o = json_object();
        bool ok = o && put(o, "record", example->record < 0 ? json_null() : json_integer(example->record)) &&
                  put(o, "name", text(example->name));
        if (!ok || json_array_append_new(list, o) != 0) {
            if (!ok) json_decref(o);
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *finding_of(const tpk_finding *finding)
{
    json_t *o = json_object();
    bool ok =
        o && put(o, "kind", text(finding->kind)) && put(o, "gravity", text(gravity_word(finding->gravity))) &&
        put(o, "found", text(finding->found)) && put(o, "why", text(finding->why)) &&
        put(o, "change", text(finding->change)) && put(o, "features", json_integer(finding->n_features)) &&
        put(o, "examples", examples_of(finding));
    if (ok) return o;
    json_decref(o);
    return NULL;
}

static json_t *findings_of(const tpk_findings *findings)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < findings->n; i++) {
        if (json_array_append_new(list, finding_of(&findings->items[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *subject_of(const tpk_examined *examined)
{
    bool is_vector = strcmp(examined->kind, "vector") == 0;
    json_t *o = json_object();
    bool ok = o && put(o, "id", text(examined->id)) && put(o, "path", text(examined->path)) &&
              put(o, "kind", text(examined->kind)) && put(o, "crs", text(examined->crs)) &&
              put(o, "features", is_vector ? json_integer(examined->n_features) : json_null()) &&
              put(o, "verdict", text(verdict_word(examined->verdict))) &&
              put(o, "findings", findings_of(&examined->findings));
    if (ok) return o;
    json_decref(o);
    return NULL;
}

bool tpk_check_json_put(json_t *object, const tpk_examination *examination)
{
    bool ok = object != NULL;
    for (int g = TPK_GRAVITY_SERIOUS; ok && g >= TPK_GRAVITY_REMARK; g--) {
        ok = put(object, gravity_word((tpk_gravity)g),
                 json_integer(tpk_examination_count(examination, (tpk_gravity)g)));
    }
    json_t *list = json_array();
    ok = ok && list && put(object, "subjects", json_incref(list));
    for (size_t i = 0; ok && i < examination->n; i++)
        ok = json_array_append_new(list, subject_of(&examination->items[i])) == 0;
    json_decref(list);
    return ok;
}

tpk_status tpk_check_json_write(const tpk_examination *examination, char **out, tpk_err *err)
{
    *out = NULL;
    json_t *document = json_object();
    bool ok =
        document && put(document, "tapak", text(TPK_VERSION)) && tpk_check_json_put(document, examination);
    tpk_status status = ok ? tpk_json_text(document, out, err) : tpk_err_memory(err);
    json_decref(document);
    return status;
}
