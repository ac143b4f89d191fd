/* The tree is built from libfyaml's events and not from its document tree: events keep duplicate keys,
 * aliases and places, so that each can be reported, and our own nodes stay inside the allocation seam. */
#include "project/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "base/i18n.h"
#include "base/mem.h"

enum { MAX_DEPTH = 32, MAX_ANCHORS = 1000 };

typedef struct builder {
    tpk_yaml_doc *doc;
    tpk_report *report;
    tpk_yaml *stack[MAX_DEPTH];
    const tpk_yaml *key[MAX_DEPTH]; /* a map's key that waits for its value */
    size_t depth;
    tpk_pos last;
    int n_documents;
    bool stop; /* a finding after which the rest of the file cannot be understood */
} builder;

bool tpk_yaml_is_nothing(const tpk_yaml *node)
{
    if (node->kind != TPK_YAML_SCALAR || !node->plain) return false;
    static const char *const NOTHING[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof NOTHING / sizeof *NOTHING; i++) {
        if (strcmp(node->text, NOTHING[i]) == 0) return true;
    }
    return false;
}

static void out_of_memory(builder *b)
{
    b->report->status = TPK_ERR_MEMORY;
    b->stop = true;
}

static void add_entry(builder *b, tpk_yaml *parent, const tpk_yaml *key, const tpk_yaml *value)
{
    if (!tpk_grow(&parent->entries, &parent->capacity, parent->n + 1, sizeof *parent->entries)) {
        out_of_memory(b);
        return;
    }
    parent->entries[parent->n++] = (tpk_yaml_entry){.key = key, .value = value};
}

/* Hangs a node where the document stands: as root, list item, key or value. */
static void place(builder *b, const tpk_yaml *node)
{
    if (b->depth == 0) {
        b->doc->root = node;
        return;
    }
    tpk_yaml *parent = b->stack[b->depth - 1];
    const tpk_yaml **key = &b->key[b->depth - 1];
    if (parent->kind == TPK_YAML_LIST) {
        add_entry(b, parent, NULL, node);
    } else if (!*key) {
        *key = node;
    } else {
        if ((*key)->kind == TPK_YAML_SCALAR) {
            add_entry(b, parent, *key, node);
        } else {
            tpk_report_add(b->report, (*key)->pos, "%s", _("a key must be a word, not a list or a map"));
        }
        *key = NULL;
    }
}

static char *copy_token(builder *b, struct fy_token *token)
{
    size_t n = 0;
    const char *text = token ? fy_token_get_text(token, &n) : NULL;
    char *copy = text ? tpk_strndup(text, n) : tpk_strdup("");
    if (!copy) out_of_memory(b);
    if (copy && text && memchr(text, '\0', n)) {
        tpk_report_add(b->report, b->last, "%s", _("the text holds a NUL character; remove it"));
    }
    return copy;
}

/* libfyaml counts from 0, and puts the marks of quoted scalars and aliases behind the quote and the asterisk.
 */
static tpk_pos event_pos(const builder *b, struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (!mark) return b->last;
    tpk_pos pos = {mark->line + 1, mark->column + 1};
    if (event->type == FYET_ALIAS) pos.column--;
    if (event->type == FYET_SCALAR) {
        enum fy_scalar_style style = fy_token_scalar_style(fy_event_get_token(event));
        if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) pos.column--;
    }
    return pos;
}

static void name_anchor(builder *b, tpk_yaml *node, struct fy_event *event)
{
    struct fy_token *anchor = fy_event_get_anchor_token(event);
    if (!anchor) return;
    if (++b->doc->n_anchors > MAX_ANCHORS) { /* they are looked up one by one */
        tpk_report_add(b->report, node->pos, _("more than %d anchors (&name)"), MAX_ANCHORS);
        b->stop = true;
        return;
    }
    node->anchor = copy_token(b, anchor);
}

static tpk_yaml *new_node(builder *b, tpk_yaml_kind kind, struct fy_event *event)
{
    tpk_yaml *node = tpk_zalloc(1, sizeof *node);
    if (!node) {
        out_of_memory(b);
        return NULL;
    }
    node->kind = kind;
    node->pos = b->last;
    node->next = b->doc->all;
    b->doc->all = node;
    struct fy_token *tag = fy_event_get_tag_token(event);
    if (tag) {
        size_t n = 0;
        const char *text = fy_token_get_text(tag, &n);
        tpk_report_add(b->report, node->pos,
                       _("tags have no meaning in a project file; remove the tag '%.*s'"), text ? (int)n : 0,
                       text ? text : "");
    }
    name_anchor(b, node, event);
    return node;
}

static void on_scalar(builder *b, struct fy_event *event)
{
    tpk_yaml *node = new_node(b, TPK_YAML_SCALAR, event);
    if (!node) return;
    struct fy_token *token = fy_event_get_token(event);
    node->plain = !token || fy_token_scalar_style(token) == FYSS_PLAIN;
    node->text = copy_token(b, token);
    if (node->text) place(b, node);
}

static void on_start(builder *b, tpk_yaml_kind kind, struct fy_event *event)
{
    if (b->depth == MAX_DEPTH) {
        tpk_report_add(b->report, b->last, _("lists and maps are nested deeper than %d levels"), MAX_DEPTH);
        b->stop = true;
        return;
    }
    tpk_yaml *node = new_node(b, kind, event);
    if (!node) return;
    node->open = true;
    place(b, node);
    b->stack[b->depth] = node;
    b->key[b->depth++] = NULL;
}

static int compare_keys(const void *a, const void *b)
{
    const tpk_yaml *left = (*(const tpk_yaml_entry *const *)a)->key;
    const tpk_yaml *right = (*(const tpk_yaml_entry *const *)b)->key;
    int by_text = strcmp(left->text, right->text);
    if (by_text != 0) return by_text;
    if (left->pos.line != right->pos.line) return left->pos.line < right->pos.line ? -1 : 1;
    return (left->pos.column > right->pos.column) - (left->pos.column < right->pos.column);
}

/* Sorted, because comparing all pairs would take minutes on a hostile file. */
static void mark_duplicates(builder *b, tpk_yaml *map)
{
    if (map->n < 2) return;
    tpk_yaml_entry **sorted = tpk_alloc(map->n, sizeof *sorted);
    if (!sorted) {
        out_of_memory(b);
        return;
    }
    for (size_t i = 0; i < map->n; i++) sorted[i] = &map->entries[i];
    qsort(sorted, map->n, sizeof *sorted, compare_keys);
    const tpk_yaml *first = sorted[0]->key;
    for (size_t i = 1; i < map->n; i++) {
        const tpk_yaml *key = sorted[i]->key;
        if (strcmp(first->text, key->text) != 0) {
            first = key;
        } else {
            sorted[i]->duplicate = true;
            tpk_report_add(b->report, key->pos, _("'%s' is given twice; the first is at %d:%d; keep one"),
                           key->text, first->pos.line, first->pos.column);
        }
    }
    tpk_free(sorted);
}

static void on_end(builder *b)
{
    tpk_yaml *node = b->stack[--b->depth];
    node->open = false;
    if (node->kind == TPK_YAML_MAP) mark_duplicates(b, node);
}

static void on_alias(builder *b, struct fy_event *event)
{
    char *name = copy_token(b, fy_event_get_token(event));
    if (!name) return;
    const tpk_yaml *target = b->doc->all; /* newest first, as YAML wants it */
    while (target && !(target->anchor && strcmp(target->anchor, name) == 0)) target = target->next;
    if (!target) {
        tpk_report_add(b->report, b->last,
                       _("'*%s' names no anchor; mark the value it stands for with '&%s' further up"), name,
                       name);
        b->stop = true;
    } else if (target->open) {
        tpk_report_add(b->report, b->last, _("'*%s' stands inside the very value it names"), name);
        b->stop = true;
    } else {
        place(b, target);
    }
    tpk_free(name);
}

static void on_document(builder *b)
{
    if (++b->n_documents < 2) return;
    tpk_report_add(b->report, b->last, "%s",
                   _("a second document starts here ('---'); a project file holds one"));
    b->stop = true;
}

static void on_event(builder *b, struct fy_event *event)
{
    b->last = event_pos(b, event);
    switch (event->type) {
    case FYET_DOCUMENT_START: on_document(b); break;
    case FYET_MAPPING_START: on_start(b, TPK_YAML_MAP, event); break;
    case FYET_SEQUENCE_START: on_start(b, TPK_YAML_LIST, event); break;
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END: on_end(b); break;
    case FYET_SCALAR: on_scalar(b, event); break;
    case FYET_ALIAS: on_alias(b, event); break;
    default: break; /* starts and ends of the stream and the document */
    }
}

static void report_syntax(builder *b, struct fy_diag *diag)
{
    size_t before = b->report->n;
    void *iterator = NULL;
    const struct fy_diag_error *error;
    while ((error = fy_diag_errors_iterate(diag, &iterator))) {
        tpk_pos pos = {error->line, error->column};
        tpk_report_add(
            b->report, pos,
            _("not valid YAML: %s; look at the indentation, quotes and brackets here and just above"),
            error->msg ? error->msg : "?");
    }
    if (b->report->n == before) tpk_report_add(b->report, b->last, "%s", _("not valid YAML from here on"));
}

void tpk_yaml_parse(const char *text, size_t n, tpk_report *report, tpk_yaml_doc *doc)
{
    builder b = {.doc = doc, .report = report, .last = {1, 1}};
    struct fy_parser *parser = NULL;
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL; /* the default writes to stderr */
    diag_cfg.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    if (!diag) {
        out_of_memory(&b);
        goto done;
    }
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg parse_cfg = {.flags = FYPCF_QUIET, .diag = diag};
    parser = fy_parser_create(&parse_cfg);
    if (!parser || fy_parser_set_string(parser, text, n) != 0) {
        out_of_memory(&b);
        goto done;
    }
    struct fy_event *event;
    while (!b.stop && (event = fy_parser_parse(parser))) {
        on_event(&b, event);
        fy_parser_event_free(parser, event);
    }
    if (!b.stop && fy_parser_get_stream_error(parser)) {
        report_syntax(&b, diag);
        b.stop = true;
    }
done:
    if (b.stop) doc->root = NULL;
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
}

void tpk_yaml_doc_clear(tpk_yaml_doc *doc)
{
    for (tpk_yaml *node = doc->all; node;) {
        tpk_yaml *next = node->next;
        tpk_free(node->text);
        tpk_free(node->anchor);
        tpk_free(node->entries);
        tpk_free(node);
        node = next;
    }
    *doc = (tpk_yaml_doc){0};
}
