/* as: src/input/planted.c */
/* What the rules allow: a comment may speak of malloc, exit and --memory, and of #include "cli/main.h". */
#include <gdal.h>
#include <shapefil.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "geo/geom.h"
#include "input/layer.h"
#include "tapak/status.h"
#include "version.h"

/* TODO(#12): a task with a number is allowed. */
struct planted {
    void (*free)(void *block);
};

static const int TABLE[] = {
    1, 2, 3,
};

void planted(struct planted *p, char *text, FILE *file, char *theirs)
{
    static const char *const WORDS = "do not malloc, free or printf(\"this\") <!--note--> a--b";
    p->free(text);
    tpk_free(text);
    fprintf(file, "%s %d", WORDS, TABLE[0]);
    free(theirs); /* library memory: the YAML reader's */
}
