#include "api/stale.h"

static void note_change(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                        const tpk_raster *raster)
{
    bool *changed = user;
    *changed = *changed || tpk_source_files_changed(spec, layer ? &layer->files : &raster->files);
}

bool tpk_study_layers_changed(const tpk_study *study)
{
    bool changed = false;
    tpk_store_each(study->store, note_change, &changed);
    return changed;
}
