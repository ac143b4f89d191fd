/* A YAML document as a tree in which every node knows its place. libfyaml's home; private to this room. */
#ifndef TPK_PROJECT_YAML_H
#define TPK_PROJECT_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "project/report.h"

typedef enum tpk_yaml_kind { TPK_YAML_SCALAR, TPK_YAML_LIST, TPK_YAML_MAP } tpk_yaml_kind;

typedef struct tpk_yaml tpk_yaml;

typedef struct tpk_yaml_entry {
    const tpk_yaml *key; /* a scalar; NULL in a list */
    const tpk_yaml *value;
    bool duplicate; /* an earlier entry of the map has the same key; reported, to be skipped */
} tpk_yaml_entry;

struct tpk_yaml {
    tpk_yaml_kind kind;
    tpk_pos pos; /* of an empty value: its key's */
    char *text;  /* owned; scalars, "" when nothing is written */
    bool plain;  /* a scalar without quotes */
    tpk_yaml_entry
        *entries; /* owned, their nodes are the document's; in the order of the file, duplicates included */
    size_t n, capacity;
    char *anchor;   /* owned or NULL */
    bool open;      /* its end has not been read yet */
    tpk_yaml *next; /* all nodes of the document */
};

/* Initialise with {0}. */
typedef struct tpk_yaml_doc {
    const tpk_yaml *root; /* NULL when the text has no document or cannot be parsed */
    tpk_yaml *all;        /* owned */
    size_t n_anchors;
} tpk_yaml_doc;

/* Reads one document of valid UTF-8. Findings: syntax errors in libfyaml's words, duplicate keys, keys that
 * are not text, tags, NUL characters, unknown or recursive aliases, a second document, nesting deeper
 * than 32. Aliases share the node they name. Caller clears doc, also after a failure. */
void tpk_yaml_parse(const char *text, size_t n, tpk_report *report, tpk_yaml_doc *doc);
void tpk_yaml_doc_clear(tpk_yaml_doc *doc); /* safe twice */

/* A scalar with nothing in it: "", ~ or null without quotes. */
bool tpk_yaml_is_nothing(const tpk_yaml *node);

#endif
