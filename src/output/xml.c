#include "output/xml.h"

void tpk_xml_add(tpk_text *text, const char *value)
{
    const char *from = value;
    for (const char *at = value; *at; at++) {
        unsigned char c = (unsigned char)*at;
        const char *entity = NULL;
        switch (c) {
        case '&': entity = "&amp;"; break;
        case '<': entity = "&lt;"; break;
        case '>': entity = "&gt;"; break;
        case '"': entity = "&quot;"; break;
        case '\n': entity = "&#10;"; break; /* attributes would read a bare one as a blank */
        case '\t': entity = "&#9;"; break;
        case '\r': entity = "&#13;"; break;
        default:
            if (c < 0x20) entity = "";
        }
        if (!entity) continue;
        tpk_text_add_bytes(text, from, (size_t)(at - from));
        tpk_text_add(text, entity);
        from = at + 1;
    }
    tpk_text_add(text, from);
}

void tpk_xml_attribute(tpk_text *text, const char *name, const char *value)
{
    tpk_text_addf(text, " %s=\"", name);
    tpk_xml_add(text, value);
    tpk_text_add(text, "\"");
}
