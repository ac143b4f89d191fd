#include "output/explain_json.h"

#include <math.h>
#include <stdbool.h>

#include "output/json.h"
#include "version.h"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Takes value; false when it, or the room for it, could not be had. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

/* Puts the object into the list when it is complete; takes it in any case. */
static bool append(json_t *list, json_t *object, bool complete)
{
    if (complete) return json_array_append_new(list, object) == 0;
    json_decref(object);
    return false;
}

static bool add_criterion(json_t *list, const tpk_explained_criterion *c, bool is_zone)
{
    json_t *o = json_object();
    bool ok = o && put(o, "id", tpk_json_string(c->id)) && put(o, "title", tpk_json_string(c->title)) &&
              put(o, "value", number(c->value)) && put(o, "unit", tpk_json_string(c->unit)) &&
              put(o, "category", tpk_json_string(c->category)) &&
              put(o, "membership", number(c->membership)) &&
              put(o, "unknown", c->unknown[0] ? tpk_json_string(c->unknown) : json_null()) &&
              put(o, "counted", number(c->counted)) && put(o, "weight", number(c->weight)) &&
              put(o, "weight_counted", number(c->weight_counted)) && put(o, "gained", number(c->gained)) &&
              put(o, "lost", number(c->lost));
    if (ok && is_zone) ok = put(o, "unknown_ha", number(c->unknown_ha));
    return append(list, o, ok);
}

static bool add_constraint(json_t *list, const tpk_explained_constraint *c, bool is_zone)
{
    json_t *o = json_object();
    bool ok = o && put(o, "id", tpk_json_string(c->id)) && put(o, "title", tpk_json_string(c->title)) &&
              put(o, "source", tpk_json_string(c->source)) && put(o, "excludes", json_boolean(c->excludes)) &&
              (is_zone ? put(o, "excluded_ha", number(c->excluded_ha))
                       : put(o, "unjudged", json_boolean(c->unjudged)));
    return append(list, o, ok);
}

static const char *const CLASS_NAMES[7] = {"outside", "S1", "S2", "S3", "N", "excluded", "unknown"};

static json_t *hectares_of(const double class_ha[7])
{
    json_t *o = json_object();
    bool ok = o != NULL;
    for (int c = 1; c < 7 && ok; c++) ok = put(o, CLASS_NAMES[c], number(class_ha[c]));
    ok = ok && put(o, CLASS_NAMES[0], number(class_ha[0]));
    if (ok) return o;
    json_decref(o);
    return NULL;
}

static bool put_place(json_t *o, const tpk_explanation *e)
{
    if (!e->zone_id)
        return put(o, "kind", tpk_json_string("point")) && put(o, "crs", tpk_json_string(e->crs)) &&
               put(o, "x", number(e->x)) && put(o, "y", number(e->y));
    return put(o, "kind", tpk_json_string("zone")) && put(o, "id", tpk_json_string(e->zone_id)) &&
           put(o, "name", tpk_json_string(e->zone_name)) && put(o, "area_ha", number(e->area_ha)) &&
           put(o, "class_ha", hectares_of(e->class_ha));
}

static bool put_verdict(json_t *o, const tpk_explanation *e)
{
    const tpk_explained_criterion *limiting = e->limiting < 0 ? NULL : &e->criteria[e->limiting];
    return put(o, "class", tpk_json_string(CLASS_NAMES[e->point_class])) &&
           put(o, "class_title", tpk_json_string(e->class_title)) && put(o, "score", number(e->score)) &&
           put(o, "limiting", tpk_json_string(limiting ? limiting->id : NULL)) &&
           put(o, "limiting_title", tpk_json_string(limiting ? limiting->title : NULL));
}

static json_t *document_of(const tpk_explanation *e)
{
    json_t *o = json_object(), *criteria = json_array(), *constraints = json_array();
    bool ok = o && criteria && constraints && put(o, "tapak", tpk_json_string(TPK_VERSION)) &&
              put_place(o, e) && put_verdict(o, e);
    for (size_t k = 0; k < e->n_criteria && ok; k++)
        ok = add_criterion(criteria, &e->criteria[k], e->zone_id != NULL);
    for (size_t k = 0; k < e->n_constraints && ok; k++)
        ok = add_constraint(constraints, &e->constraints[k], e->zone_id != NULL);
    if (ok)
        ok = json_object_set(o, "criteria", criteria) == 0 &&
             json_object_set(o, "constraints", constraints) == 0;
    json_decref(criteria);
    json_decref(constraints);
    if (ok) return o;
    json_decref(o);
    return NULL;
}

tpk_status tpk_explain_json_write(const tpk_explanation *explanation, char **out, tpk_err *err)
{
    *out = NULL;
    json_t *document = document_of(explanation);
    if (!document) return tpk_err_memory(err);
    tpk_status status = tpk_json_text(document, out, err);
    json_decref(document);
    return status;
}
