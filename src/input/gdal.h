/* GDAL kept quiet: what it reports between begin and end is caught for the caller's message instead of
 * printed. */
#ifndef TPK_INPUT_GDAL_H
#define TPK_INPUT_GDAL_H

#include <stdbool.h>

typedef struct tpk_gdal_scope {
    bool failed;       /* a failure was reported, not only a warning */
    char message[512]; /* the first failure's text, else the first warning's; one line without a full stop */
} tpk_gdal_scope;

/* Catches the reports of this thread's GDAL calls in *scope until the matching tpk_gdal_end. Scopes nest. */
void tpk_gdal_begin(tpk_gdal_scope *scope);
void tpk_gdal_end(void);

/* The text caught, or a translated "no reason given". */
const char *tpk_gdal_reason(const tpk_gdal_scope *scope);

/* True for paths of GDAL's virtual file systems ("/vsizip/..."). */
bool tpk_gdal_is_virtual(const char *path);

#endif
