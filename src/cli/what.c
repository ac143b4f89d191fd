#include "cli/what.h"

#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"

tpk_status cli_study_or_folder(const char *what, bool *is_folder, tpk_err *err)
{
    struct stat facts;
    bool is_there = stat(what, &facts) == 0;
    const char *slash = strrchr(what, '/'), *name = slash ? slash + 1 : what;
    *is_folder = is_there && S_ISDIR(facts.st_mode);
    if (!is_there || *is_folder || strcmp(name, "run.json") != 0) return TPK_OK;
    int n = slash ? (int)(slash - what) : 1;
    return tpk_err_set(err, TPK_ERR_ARGUMENT, _("%s tells of a run; name its folder instead: %.*s"), what,
                       n > 0 ? n : 1, slash ? what : ".");
}
