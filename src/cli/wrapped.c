#include "cli/wrapped.h"

#include <stdio.h>
#include <string.h>

#include "cli/plain_text.h"

enum { WIDTH = 110 };

/* Characters, not bytes. */
static int width_of(const char *text, size_t n)
{
    int width = 0;
    for (size_t i = 0; i < n; i++) width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

void cli_print_wrapped(const char *head, const char *text)
{
    int indent = width_of(head, strlen(head)), column = indent;
    fputs(head, stdout);
    while (*text) {
        size_t n = strcspn(text, " ");
        int width = width_of(text, n);
        if (column > indent && column + 1 + width > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        cli_put_plain(text, n, stdout);
        column += width;
        text += n;
        while (*text == ' ') text++;
    }
    putchar('\n');
}
