#include "output/gdal_version.h"

#include <gdal.h>

const char *tpk_gdal_version(void)
{
    return GDALVersionInfo("RELEASE_NAME");
}
