#include "api/reference.h"

#include "criteria/source.h"
#include "decision/curve.h"
#include "input/layer.h"
#include "project/reference.h"

tpk_vocabulary tpk_full_vocabulary(const tpk_kind_spec *rows[TPK_MAX_KINDS])
{
    for (size_t i = 0; i < TPK_N_SOURCE_KINDS && i < TPK_MAX_KINDS; i++) rows[i] = &TPK_SOURCE_KINDS[i]->spec;
    return (tpk_vocabulary){.sources = rows,
                            .n_sources = TPK_N_SOURCE_KINDS,
                            .curves = TPK_CURVE_SPECS,
                            .n_curves = TPK_N_CURVE_SPECS,
                            .peek = tpk_layer_peek};
}

tpk_status tpk_project_reference(char **markdown, tpk_err *err)
{
    const tpk_kind_spec *rows[TPK_MAX_KINDS];
    tpk_vocabulary vocabulary = tpk_full_vocabulary(rows);
    return tpk_reference_markdown(&vocabulary, markdown, err);
}
