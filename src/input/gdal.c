#include "input/gdal.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "input/raster.h"

/* libraries write the messages of drivers over several lines; ours have one */
static void copy_one_line(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from);
    for (char *c = to; *c; c++) {
        if (*c == '\n' || *c == '\r') *c = ' ';
        if (*c == '`') *c = '\''; /* GDAL's own quotes are `so' */
    }
    size_t n = strlen(to);
    while (n > 0 && (to[n - 1] == ' ' || to[n - 1] == '.'))
        to[--n] = '\0'; /* our sentence goes on after it */
}

static void CPL_STDCALL catch_report(CPLErr severity, CPLErrorNum number, const char *text)
{
    (void)number;
    tpk_gdal_scope *scope = CPLGetErrorHandlerUserData();
    bool is_failure = severity == CE_Failure || severity == CE_Fatal;
    if (scope->failed || (!is_failure && (severity != CE_Warning || scope->message[0]))) return;
    copy_one_line(scope->message, sizeof scope->message, text);
    scope->failed = is_failure;
}

void tpk_gdal_begin(tpk_gdal_scope *scope)
{
    *scope = (tpk_gdal_scope){0};
    CPLPushErrorHandlerEx(catch_report, scope);
}

void tpk_gdal_end(void)
{
    CPLPopErrorHandler();
}

const char *tpk_gdal_reason(const tpk_gdal_scope *scope)
{
    return scope->message[0] ? scope->message : _("no reason given");
}

bool tpk_gdal_is_virtual(const char *path)
{
    return strncmp(path, "/vsi", 4) == 0;
}

void tpk_input_init(size_t cache_bytes)
{
    bool in_use = GDALGetDriverCount() > 0; /* an earlier study's, or the host's, who chose a cache for it */
    GDALAllRegister();
    if (!in_use) GDALSetCacheMax64((GIntBig)cache_bytes);
}
