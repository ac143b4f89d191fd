/* Text: a growing string, numbers read and written the same way in every locale, the nearest known name. */
#ifndef TPK_BASE_TEXT_H
#define TPK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* A growing UTF-8 string. Initialise with {0}. A failed append is remembered in `failed` and later appends do
 * nothing, so that a long sequence needs one check at its end (tpk_text_take). */
typedef struct tpk_text {
    char *data; /* owned; NULL while empty */
    size_t length, capacity;
    bool failed;
} tpk_text;

void tpk_text_add(tpk_text *text, const char *piece);
void tpk_text_addf(tpk_text *text, const char *format, ...) TPK_PRINTF(2, 3);
void tpk_text_add_bytes(tpk_text *text, const char *bytes, size_t n);

/* *out becomes the string (never NULL on success; "" when nothing was added); text is empty afterwards.
 * TPK_ERR_MEMORY when any append failed. Caller frees *out with tpk_free. */
TPK_MUST_CHECK tpk_status tpk_text_take(tpk_text *text, char **out, tpk_err *err);
void tpk_text_clear(tpk_text *text); /* safe twice */

/* Reads a whole string as a finite decimal number with a point ("1.5", "-3e4"), whatever the locale. False
 * for anything else, also for surrounding blanks, a decimal comma, "nan", "inf" and hexadecimal. */
bool tpk_text_to_number(const char *text, double *number);

/* The shortest decimal form that reads back as the same number; at most 32 bytes with the terminator.
 * Whole numbers below 1e15 have no point: "30", "0.1", "1e+20". Returns buffer. */
char *tpk_text_from_number(double number, char buffer[32]);

/* The name nearest to `word` by edit distance (case folded for ASCII; two neighbouring letters swapped are
 * one edit), or NULL when none is near enough to be a likely slip: an edit for every three letters of the
 * longer word at most, so that no name of one or two letters is offered for another. Borrowed from names. */
const char *tpk_text_nearest(const char *word, const char *const *names, size_t n_names);

/* The bytes of the UTF-8 character (no overlong form, no surrogate) that n > 0 bytes begin with; 0: they
 * begin with none. Of a text that ends in '\0' no more is read with n 4, the most that a character has. */
size_t tpk_text_char_bytes(const char *text, size_t n);

/* True when every byte sequence is valid UTF-8. */
bool tpk_text_is_utf8(const char *text, size_t n);

/* Equal, folding ASCII case. */
bool tpk_text_equal_fold(const char *a, const char *b);

#endif
