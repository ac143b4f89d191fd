/* tapak check */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/wrapped.h"
#include "tapak/tapak.h"

enum { MOST_LAYERS = 1000 };

typedef struct check_arguments {
    const char *paths[MOST_LAYERS];
    int n;
    const char *format, *regions, *region_name;
    bool fast, quiet;
} check_arguments;

/* A signal handler can reach nothing else. Set once before the handlers are installed. */
static tpk_cancel *the_cancel;

static void on_signal(int number)
{
    (void)number;
    tpk_cancel_request(the_cancel);
}

static void on_progress(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    cli_progress_update(user, stage, done, total, unit);
}

static bool is_project(const char *path)
{
    size_t n = strlen(path);
    return (n > 5 && strcasecmp(path + n - 5, ".yaml") == 0) ||
           (n > 4 && strcasecmp(path + n - 4, ".yml") == 0);
}

/* ---- the report ---- */

static const char *gravity_text(tpk_gravity gravity)
{
    return gravity == TPK_GRAVITY_SERIOUS  ? _("SERIOUS")
           : gravity == TPK_GRAVITY_REPAIR ? _("repair")
                                           : _("remark");
}

static const char *verdict_text(tpk_verdict verdict, bool is_layer)
{
    if (verdict == TPK_VERDICT_GOOD) return _("good");
    if (verdict == TPK_VERDICT_REPAIRS) return _("usable with repairs");
    if (verdict == TPK_VERDICT_ABSENT) return _("not there; optional");
    return is_layer ? _("not usable as it is") : _("refused, or gives a wrong map");
}

static void print_examples(const tpk_check *check, size_t index, size_t finding, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t record;
        const char *name = tpk_check_example(check, index, finding, i, &record);
        char head[48] = "              - ";
        if (record >= 0) snprintf(head, sizeof head, _("              - record %lld"), (long long)record);
        if (record >= 0 && *name) strncat(head, ": ", sizeof head - strlen(head) - 1);
        cli_print_wrapped(head, name);
    }
}

static void print_finding(const tpk_check *check, size_t index, size_t finding)
{
    tpk_check_finding f = tpk_check_finding_get(check, index, finding);
    char head[32];
    snprintf(head, sizeof head, "  %-8s ", gravity_text(f.gravity));
    cli_print_wrapped(head, f.kind);
    cli_print_wrapped("           ", f.found);
    print_examples(check, index, finding, f.n_examples);
    cli_print_wrapped(_("      why: "), f.why);
    if (*f.change) cli_print_wrapped(_("       do: "), f.change);
}

static void print_subject(const tpk_check *check, size_t index)
{
    tpk_checked s = tpk_check_get(check, index);
    bool is_layer = strcmp(s.kind, "project") != 0;
    if (is_layer)
        printf(_("%s (%s): %s"), s.id, s.path, verdict_text(s.verdict, true));
    else
        printf(_("The project as a whole (%s): %s"), s.path, verdict_text(s.verdict, false));
    if (strcmp(s.kind, "vector") == 0)
        printf(NG_("; %lld feature", "; %lld features", s.n_features), (long long)s.n_features);
    if (strcmp(s.kind, "raster") == 0) printf("%s", _("; raster"));
    if (*s.crs) printf(", %s", s.crs);
    putchar('\n');
    for (size_t i = 0; i < s.n_findings; i++) print_finding(check, index, i);
    if (s.n_findings > 0) putchar('\n');
}

static int64_t n_of(const tpk_check *check, tpk_gravity gravity)
{
    int64_t n = 0;
    for (size_t i = 0; i < tpk_check_count(check); i++) {
        for (size_t k = 0; k < tpk_check_get(check, i).n_findings; k++)
            n += tpk_check_finding_get(check, i, k).gravity == gravity;
    }
    return n;
}

static void print_report(const tpk_check *check)
{
    size_t n_layers = 0, n_good = 0, n_repairs = 0, n_absent = 0;
    for (size_t i = 0; i < tpk_check_count(check); i++) {
        tpk_checked s = tpk_check_get(check, i);
        print_subject(check, i);
        if (strcmp(s.kind, "project") == 0) continue;
        if (s.verdict == TPK_VERDICT_ABSENT) {
            n_absent++;
            continue;
        }
        n_layers++;
        n_good += s.verdict == TPK_VERDICT_GOOD;
        n_repairs += s.verdict == TPK_VERDICT_REPAIRS;
    }
    if (n_absent > 0) printf(_("optional layers that are not there: %zu\n"), n_absent);
    printf(NG_("%zu layer: %zu good, %zu usable with repairs, %zu not usable as they are",
               "%zu layers: %zu good, %zu usable with repairs, %zu not usable as they are", n_layers),
           n_layers, n_good, n_repairs, n_layers - n_good - n_repairs);
    int64_t n_repair = n_of(check, TPK_GRAVITY_REPAIR), n_remark = n_of(check, TPK_GRAVITY_REMARK);
    printf(_("; findings: %lld serious"), (long long)n_of(check, TPK_GRAVITY_SERIOUS));
    printf(NG_(", %lld repair", ", %lld repairs", n_repair), (long long)n_repair);
    printf(NG_(", %lld remark\n", ", %lld remarks\n", n_remark), (long long)n_remark);
}

/* ---- the command ---- */

static tpk_status check_all(const check_arguments *a, cli_progress *progress, bool *serious, tpk_err *err)
{
    tpk_check_options options = {.regions = a->regions,
                                 .region_name = a->region_name,
                                 .only_fast = a->fast,
                                 .progress = on_progress,
                                 .user = progress,
                                 .cancel = the_cancel};
    tpk_check *check = NULL;
    tpk_status status = is_project(a->paths[0])
                            ? tpk_check_project(a->paths[0], &options, &check, err)
                            : tpk_check_layers(a->paths, (size_t)a->n, &options, &check, err);
    cli_progress_pause(progress);
    const char *json = NULL;
    if (status == TPK_OK && strcmp(a->format, "json") == 0) {
        status = tpk_check_json(check, &json, err);
        if (status == TPK_OK) fputs(json, stdout);
    } else if (status == TPK_OK) {
        print_report(check);
    }
    if (status == TPK_OK) *serious = n_of(check, TPK_GRAVITY_SERIOUS) > 0;
    tpk_check_free(check);
    return status;
}

static int execute(const check_arguments *a)
{
    tpk_err err = {TPK_OK, ""};
    cli_progress progress;
    bool serious = false;
    cli_progress_init(&progress, a->quiet);
    the_cancel = tpk_cancel_new();
    if (!the_cancel) {
        fprintf(stderr, "%s\n", _("tapak check: memory is exhausted"));
        return CLI_EXIT_MEMORY;
    }
    cli_signals_catch(on_signal);
    tpk_status status = check_all(a, &progress, &serious, &err);
    if (status != TPK_OK) fprintf(stderr, _("tapak check: %s\n"), err.message);
    cli_signals_release();
    tpk_cancel_free(the_cancel);
    return status != TPK_OK ? cli_exit_code(status) : serious ? CLI_EXIT_INPUT : CLI_EXIT_DONE;
}

/* What the table of options cannot say; false after a message. */
static bool fits(const cli_command *command, const check_arguments *a)
{
    if (a->n == 0) {
        cli_usage_error(command, "%s", _("no project file and no layer given"));
        return false;
    }
    for (int i = 0; i < a->n; i++) {
        if (!is_project(a->paths[i]) || a->n == 1) continue;
        cli_usage_error(command, _("'%s' is a project file: check it alone, or name only layers"),
                        a->paths[i]);
        return false;
    }
    if (strcmp(a->format, "text") != 0 && strcmp(a->format, "json") != 0) {
        cli_usage_error(command, _("--format %s: allowed are text and json"), a->format);
        return false;
    }
    return true;
}

int cli_check(int argc, char **argv)
{
    check_arguments a = {.format = "text"};
    const cli_option options[] = {
        {"--format", "-f", CLI_TEXT, "FORMAT", 0, 0, "text", CLI_MAIN,
         N_("text for people or json for programs"), &a.format},
        {"--regions", NULL, CLI_TEXT, "FILE", 0, 0, N_("kabupaten.shp beside the project or the layers"),
         CLI_MAIN, N_("polygons of regencies to compare positions with"), &a.regions},
        {"--region-name", NULL, CLI_TEXT, "FIELD", 0, 0, N_("found out"), CLI_MAIN,
         N_("field of the regions with their names"), &a.region_name},
        {"--fast", NULL, CLI_FLAG, NULL, 0, 0, NULL, CLI_MAIN,
         N_("only what takes one pass over the features"), &a.fast},
        {"--quiet", "-q", CLI_FLAG, NULL, 0, 0, NULL, CLI_COMMON, N_("no progress"), &a.quiet},
    };
    static const char *const DETAILS[] = {N_("Examines the layers of a project file (.yaml, .yml), or layers "
                                             "by their paths, as they are in their files: nothing is\n"
                                             "repaired or reprojected. Tells for each whether it is good, "
                                             "usable with repairs or not usable, then what was found, in\n"
                                             "how many features, why it matters for the map, and what to "
                                             "change. Ends with 0 when nothing is serious, with 3 when a\n"
                                             "run would refuse something or give a wrong map."),
                                          NULL};
    static const char *const EXAMPLES[] = {
        "tapak check gis-data/kalsel.yaml",
        "tapak check gis-data/jalan.shp gis-data/elevasi.tif --format json", NULL};
    const cli_command command = {"check",
                                 "[options] PROJECT | LAYER...",
                                 N_("Examine layers before they make a wrong map."),
                                 DETAILS,
                                 EXAMPLES,
                                 options,
                                 sizeof options / sizeof *options,
                                 MOST_LAYERS};
    cli_parse_result parsed = cli_parse(&command, argc, argv, a.paths, &a.n);
    if (parsed != CLI_PARSED) return parsed == CLI_HELP_SHOWN ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    return fits(&command, &a) ? execute(&a) : CLI_EXIT_USAGE;
}
