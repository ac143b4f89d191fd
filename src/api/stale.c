#include "api/stale.h"

static void note_change(void *user, const tpk_layer_spec *spec, const tpk_layer *layer,
                        const tpk_raster *raster)
{
    bool *changed = user;
    *changed = *changed || tpk_layer_file_changed(spec, layer ? layer->file_stamp : raster->file_stamp);
}

bool tpk_study_layers_changed(const tpk_study *study)
{
    bool changed = false;
    tpk_store_each(study->store, note_change, &changed);
    return changed;
}
