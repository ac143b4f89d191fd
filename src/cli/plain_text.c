/* What a terminal would obey is shown as '?': C0 with DEL, C1 (U+0080 to U+009F), and bytes that are no
 * UTF-8. */
#include "cli/plain_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static bool is_control(const char *s, size_t n)
{
    unsigned char first = (unsigned char)s[0];
    if (n == 1) return first < 0x20 || first == 0x7F;
    return n == 2 && first == 0xC2 && (unsigned char)s[1] < 0xA0;
}

/* Moves *text on by one character and gives what to show for it, *n bytes. */
static const char *next_shown(const char **text, size_t *n)
{
    const char *here = *text;
    size_t bytes = tpk_text_char_bytes(here, 4);
    *text += bytes > 0 ? bytes : 1;
    *n = bytes;
    if (bytes > 0 && !is_control(here, bytes)) return here;
    *n = 1;
    return "?";
}

void cli_plain_text(const char *text, size_t max_chars, char *out, size_t size)
{
    static const char CUT[] = "...";
    size_t used = 0, keep = 0; /* keep: as much as leaves room for the dots */
    for (size_t chars = 0; *text; chars++) {
        size_t n;
        const char *shown = next_shown(&text, &n);
        if (chars == max_chars || used + n >= size) {
            memcpy(out + keep, CUT, sizeof CUT);
            return;
        }
        memcpy(out + used, shown, n);
        used += n;
        if (chars + sizeof CUT <= max_chars && used + sizeof CUT <= size) keep = used;
    }
    out[used] = '\0';
}

void cli_put_plain(const char *text, size_t n_bytes, FILE *stream)
{
    for (const char *end = text + n_bytes; text < end;) {
        size_t n;
        const char *shown = next_shown(&text, &n);
        fwrite(shown, 1, n, stream);
    }
}

void cli_put_plain_line(const char *text, FILE *stream)
{
    cli_put_plain(text, strlen(text), stream);
    fputc('\n', stream);
}
