/* Text encodings of attribute tables: their many spellings, and the way to UTF-8. */
#ifndef TPK_INPUT_ENCODING_H
#define TPK_INPUT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum { TPK_ENCODING_SIZE = 40 };

/* The name iconv knows for what a .cpg file or a planner says ("UTF-8", "1252", "ANSI 1252", "88591", "OEM
 * 437", "LDID/87"). False when it is no encoding this machine can convert; `name` is then "". */
bool tpk_encoding_find(const char *said, char name[TPK_ENCODING_SIZE]);

/* The code page a DBF's language-driver byte stands for ("CP850"); NULL for 0 and unknown ones. Static. */
const char *tpk_encoding_of_driver(int driver);

typedef struct tpk_decoder tpk_decoder;

/* name from tpk_encoding_find. NULL when memory is exhausted. Caller frees with tpk_decoder_free. */
tpk_decoder *tpk_decoder_new(const char *name);
void tpk_decoder_free(tpk_decoder *decoder);

/* Appends bytes as UTF-8 to text (exhausted memory shows in text->failed). False when they are not in the
 * encoding; text may then hold a part of them. */
bool tpk_decoder_add(tpk_decoder *decoder, const char *bytes, size_t n, tpk_text *text);

#endif
