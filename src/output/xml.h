/* XML text, for QML, PAM and TIFF metadata. */
#ifndef TPK_OUTPUT_XML_H
#define TPK_OUTPUT_XML_H

#include "base/text.h"

/* Appends `value` so that it may stand in an element or a quoted attribute. What XML 1.0 cannot hold is "?":
 * control characters, U+FFFE, U+FFFF, bytes that are no UTF-8. */
void tpk_xml_add(tpk_text *text, const char *value);

/* Appends ` name="value"`. */
void tpk_xml_attribute(tpk_text *text, const char *name, const char *value);

#endif
