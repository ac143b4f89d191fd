#include "output/xml.h"

#include <string.h>

/* What is written in place of the character of n bytes at s (0: of a byte that is none); NULL: itself. */
static const char *instead_of(const char *s, size_t n)
{
    switch (*s) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\n': return "&#10;"; /* attributes would read a bare one as a blank */
    case '\t': return "&#9;";
    case '\r': return "&#13;";
    default: break;
    }
    bool is_control = n == 1 && (unsigned char)*s < 0x20;
    bool is_no_character = n == 3 && (memcmp(s, "\xEF\xBF\xBE", 3) == 0 || memcmp(s, "\xEF\xBF\xBF", 3) == 0);
    return n == 0 || is_control || is_no_character ? "?" : NULL;
}

void tpk_xml_add(tpk_text *text, const char *value)
{
    const char *from = value;
    for (const char *at = value, *next; *at; at = next) {
        size_t n = tpk_text_char_bytes(at, 4);
        next = at + (n > 0 ? n : 1);
        const char *instead = instead_of(at, n);
        if (!instead) continue;
        tpk_text_add_bytes(text, from, (size_t)(at - from));
        tpk_text_add(text, instead);
        from = next;
    }
    tpk_text_add(text, from);
}

void tpk_xml_attribute(tpk_text *text, const char *name, const char *value)
{
    tpk_text_addf(text, " %s=\"", name);
    tpk_xml_add(text, value);
    tpk_text_add(text, "\"");
}
