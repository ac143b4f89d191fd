#include "base/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"

static char *format_text(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 ? NULL : tpk_alloc((size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, args);
    return text;
}

tpk_status tpk_diag_add(tpk_diags *diags, tpk_severity severity, const char *where, tpk_pos pos,
                        const char *format, ...)
{
    if (!diags) return TPK_OK;
    if (!tpk_grow(&diags->items, &diags->capacity, diags->n + 1, sizeof *diags->items)) return TPK_ERR_MEMORY;
    va_list args;
    va_start(args, format);
    tpk_diag diag = {
        .severity = severity, .where = tpk_strdup(where), .pos = pos, .text = format_text(format, args)};
    va_end(args);
    if (!diag.text || (where && !diag.where)) {
        tpk_free(diag.text);
        tpk_free(diag.where);
        return TPK_ERR_MEMORY;
    }
    diags->items[diags->n++] = diag;
    if (severity == TPK_ERROR) diags->n_errors++;
    if (severity == TPK_WARNING) diags->n_warnings++;
    return TPK_OK;
}

void tpk_diags_clear(tpk_diags *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        tpk_free(diags->items[i].where);
        tpk_free(diags->items[i].text);
    }
    tpk_free(diags->items);
    *diags = (tpk_diags){0};
}

static int compare_place(const tpk_diag *a, const tpk_diag *b)
{
    int by_file = strcmp(a->where ? a->where : "", b->where ? b->where : "");
    if (by_file != 0) return by_file;
    if (a->pos.line != b->pos.line) return a->pos.line < b->pos.line ? -1 : 1;
    return (a->pos.column > b->pos.column) - (a->pos.column < b->pos.column);
}

enum { SHORT_LIST = 32 };

/* Stable, and quick where the list is short or nearly in order. */
static void insertion_sort(tpk_diag *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        tpk_diag moving = items[i];
        size_t j = i;
        for (; j > 0 && compare_place(&items[j - 1], &moving) > 0; j--) items[j] = items[j - 1];
        items[j] = moving;
    }
}

/* Stable: of equal places the left half's come first. room: n items. */
static void merge_sort(tpk_diag *items, size_t n, tpk_diag *room)
{
    if (n <= SHORT_LIST) {
        insertion_sort(items, n);
        return;
    }
    size_t half = n / 2, left = 0, right = half;
    merge_sort(items, half, room);
    merge_sort(items + half, n - half, room);
    memcpy(room, items, n * sizeof *items);
    for (size_t i = 0; i < n; i++) {
        bool take_left = right == n || (left < half && compare_place(&room[left], &room[right]) <= 0);
        items[i] = room[take_left ? left++ : right++];
    }
}

void tpk_diags_sort(tpk_diags *diags)
{
    tpk_diag *room = diags->n > SHORT_LIST ? tpk_alloc(diags->n, sizeof *room) : NULL;
    if (room) {
        merge_sort(diags->items, diags->n, room);
    } else {
        insertion_sort(diags->items, diags->n); /* needs no memory, only time */
    }
    tpk_free(room);
}

char *tpk_diag_format(const tpk_diag *diag)
{
    tpk_text text = {0};
    if (diag->where) {
        tpk_text_add(&text, diag->where);
        if (diag->pos.line > 0) tpk_text_addf(&text, ":%d", diag->pos.line);
        if (diag->pos.line > 0 && diag->pos.column > 0) tpk_text_addf(&text, ":%d", diag->pos.column);
        tpk_text_add(&text, ": ");
    }
    const char *severity = diag->severity == TPK_ERROR     ? _("error")
                           : diag->severity == TPK_WARNING ? _("warning")
                                                           : _("note");
    tpk_text_addf(&text, "%s: %s", severity, diag->text);
    char *out;
    return tpk_text_take(&text, &out, NULL) == TPK_OK ? out : NULL;
}
