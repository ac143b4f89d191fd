/* The entries of the QGIS project while it is put together: layers with their styles, group by group. */
#ifndef TPK_API_QGIS_ENTRIES_H
#define TPK_API_QGIS_ENTRIES_H

#include "api/legends.h"
#include "output/qgs.h"

/* From the top of the map down. */
enum {
    TPK_GROUP_ZONES,
    TPK_GROUP_INPUTS,
    TPK_GROUP_CONSTRAINTS,
    TPK_GROUP_CRITERIA,
    TPK_GROUP_RESULT,
    TPK_GROUP_COUNT
};

typedef struct tpk_qgis_entry {
    int group;
    char *id, *name;       /* owned */
    char *source;          /* owned; NULL: an entry without a layer */
    char *tip;             /* owned; NULL: none */
    char *details;         /* owned; NULL: none */
    bool is_raster;        /* its legend says how it looks, else its style */
    tpk_own_legend legend; /* owned */
    tpk_qgs_style style;   /* its tip is the entry's */
    bool shown, printed;
} tpk_qgis_entry;

/* Initialise with {0}. */
typedef struct tpk_qgis_entries {
    tpk_qgis_entry *items; /* owned */
    size_t n, capacity;
} tpk_qgis_entries;

/* Adds an empty entry at the end of a group; it stays at its place until the next is added. id: unique in its
 * group. name: ownership passes, also on failure; NULL means that there was no memory for it. */
TPK_MUST_CHECK tpk_status tpk_qgis_entry_new(tpk_qgis_entries *entries, int group, const char *id, char *name,
                                             tpk_qgis_entry **entry, tpk_err *err);

/* The entry shows a table of tapak.gpkg. */
TPK_MUST_CHECK tpk_status tpk_qgis_entry_set_table(tpk_qgis_entry *entry, const char *table, tpk_err *err);

/* Views of the entries for tpk_qgs_write, group by group: layers has room for entries->n, groups for
 * TPK_GROUP_COUNT, without names. */
void tpk_qgis_entries_view(const tpk_qgis_entries *entries, tpk_qgs_layer *layers, tpk_qgs_group *groups);

void tpk_qgis_entries_clear(tpk_qgis_entries *entries); /* safe twice */

#endif
