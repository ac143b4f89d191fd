/* Text of files and projects on the way to a terminal: names may hold anything. */
#ifndef TPK_CLI_PLAIN_TEXT_H
#define TPK_CLI_PLAIN_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Copies text (UTF-8) into out, at most max_chars characters of it and size - 1 bytes, never a part of a
   character. Control characters, line breaks and stray bytes become '?'. A text that is cut ends in "...".
   size is at least 4. */
void cli_plain_text(const char *text, size_t max_chars, char *out, size_t size);

/* Writes n_bytes of text, which end where a character ends, with control characters as above. */
void cli_put_plain(const char *text, size_t n_bytes, FILE *stream);

/* Writes the whole text, with control characters as above, and a line break. */
void cli_put_plain_line(const char *text, FILE *stream);

#endif
