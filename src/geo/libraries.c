#define GEOS_USE_ONLY_R_API
#include "geo/libraries.h"

#include <geos_c.h>
#include <proj.h>

const char *tpk_proj_version(void)
{
    return proj_info().version;
}

const char *tpk_geos_version(void)
{
    return GEOSversion();
}
