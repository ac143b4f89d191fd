/* The section `output`. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "project/reader.h"

static void read_rasters(tpk_reader *reader, const tpk_yaml *list, bool rasters[TPK_N_RASTERS])
{
    const tpk_key_spec *key = &TPK_SECTIONS[TPK_SECTION_OUTPUT].keys[TPK_OUTPUT_RASTERS];
    memset(rasters, 0, TPK_N_RASTERS * sizeof *rasters);
    if (list->kind != TPK_YAML_LIST) {
        tpk_report_type(reader, list, key->value.name, tpk_key_form(key));
        return;
    }
    for (size_t i = 0; i < list->n && !tpk_reader_failed(reader); i++) {
        char *name = NULL;
        if (!tpk_read_choice(reader, list->entries[i].value, &key->value, &name)) continue;
        for (size_t k = 0; k < TPK_N_RASTERS; k++) {
            if (strcmp(key->value.choices[k], name) == 0) rasters[k] = true;
        }
        tpk_free(name);
    }
}

static void read_flag(tpk_reader *reader, const tpk_yaml_entry *entry, const tpk_param_spec *spec, bool *flag)
{
    if (entry) tpk_read_flag(reader, entry->value, spec, flag);
}

void tpk_read_output(tpk_reader *reader, const tpk_yaml_entry *entry)
{
    const tpk_key_spec *keys = TPK_SECTIONS[TPK_SECTION_OUTPUT].keys;
    const tpk_yaml_entry *found[TPK_OUTPUT_COUNT] = {NULL};
    tpk_output_spec *output = &reader->project->output;
    for (size_t k = 0; k < TPK_N_RASTERS; k++) output->rasters[k] = true;
    output->overviews = output->portal = output->stac = output->qgis = true;
    if (entry &&
        !tpk_read_section(reader, entry->value, _("'output'"), entry->key->pos, TPK_SECTION_OUTPUT, found))
        return;
    tpk_read_styles(reader, found[TPK_OUTPUT_STYLES]);
    const tpk_yaml_entry *rasters = found[TPK_OUTPUT_RASTERS], *compress = found[TPK_OUTPUT_COMPRESS];
    const tpk_param_spec *compress_spec = &keys[TPK_OUTPUT_COMPRESS].value;
    if (rasters) read_rasters(reader, rasters->value, output->rasters);
    if (compress)
        tpk_read_choice(reader, compress->value, compress_spec, &output->compress);
    else
        output->compress = tpk_reader_copy(reader, compress_spec->default_text);
    read_flag(reader, found[TPK_OUTPUT_OVERVIEWS], &keys[TPK_OUTPUT_OVERVIEWS].value, &output->overviews);
    read_flag(reader, found[TPK_OUTPUT_TILES], &keys[TPK_OUTPUT_TILES].value, &output->tiles);
    read_flag(reader, found[TPK_OUTPUT_STAC], &keys[TPK_OUTPUT_STAC].value, &output->stac);
    read_flag(reader, found[TPK_OUTPUT_PORTAL], &keys[TPK_OUTPUT_PORTAL].value, &output->portal);
    read_flag(reader, found[TPK_OUTPUT_QGIS], &keys[TPK_OUTPUT_QGIS].value, &output->qgis);
}
