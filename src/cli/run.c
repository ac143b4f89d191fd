/* tapak run */
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/layer_summary.h"
#include "cli/options.h"
#include "cli/plain_text.h"
#include "cli/progress.h"
#include "cli/region_table.h"
#include "cli/signals.h"
#include "cli/zone_table.h"
#include "tapak/tapak.h"

typedef struct run_arguments {
    const char *project, *folder;
    double cell_m;
    int n_threads, tile_side;
    size_t memory_bytes;
    bool quiet, no_check, no_portal;
} run_arguments;

typedef struct console {
    cli_progress progress;
    bool quiet;
} console;

/* A signal handler can reach nothing else. Set once before the handlers are installed. */
static tpk_cancel *the_cancel;

static void on_signal(int number)
{
    (void)number;
    tpk_cancel_request(the_cancel);
}

static void on_message(void *user, tpk_message_kind kind, const char *line)
{
    console *c = user;
    if (c->quiet && kind == TPK_MESSAGE_NOTE) return;
    cli_progress_pause(&c->progress);
    cli_put_plain_line(line, stderr);
}

static void on_progress(void *user, const char *stage, int64_t done, int64_t total, const char *unit)
{
    console *c = user;
    cli_progress_update(&c->progress, stage, done, total, unit);
}

/* Of the portal's files the page alone says something to a planner. */
static bool is_part_of_portal(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') n--;
    const char *name = path + n;
    while (*name == '/') name++;
    return strncmp(name, "portal/", 7) == 0 && strcmp(name, "portal/index.html") != 0;
}

static void print_result(const run_arguments *a, const tpk_study *study)
{
    cli_put_plain_line(tpk_study_title(study), stdout);
    putchar('\n');
    cli_zone_table_print(study);
    cli_region_table_print(study);
    printf("%s\n", _("Files written:"));
    for (size_t i = 0; tpk_study_file(study, i); i++) {
        const char *path = tpk_study_file(study, i);
        if (!is_part_of_portal(path, a->folder)) printf("  %s\n", path);
    }
    cli_layer_summary_print(tpk_study_examination(study), a->project, a->quiet);
    fflush(stdout);
}

static void print_times(const tpk_study *study)
{
    tpk_run_times times = tpk_study_run_times(study);
    fprintf(stderr, _("%.1f M cells: layers %.1f s, computing %.1f s, files %.1f s\n"),
            (double)times.n_cells / 1e6, times.load_s, times.compute_s, times.finish_s);
}

/* The portal's page lies beside the program (build/portal) or where it was installed. */
static const char *portal_folder(char folder[PATH_MAX + 32])
{
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0) return NULL;
    program[n] = '\0';
    const char *base = dirname(program);
    snprintf(folder, PATH_MAX + 32, "%s/../share/tapak/portal", base);
    if (access(folder, R_OK) != 0) snprintf(folder, PATH_MAX + 32, "%s/portal", base);
    return folder;
}

static tpk_status run_study(const run_arguments *a, console *c, tpk_err *err)
{
    char page[PATH_MAX + 32];
    tpk_options options = {.cell_m = a->cell_m,
                           .n_threads = a->n_threads,
                           .memory_bytes = a->memory_bytes,
                           .tile_side = a->tile_side,
                           .no_check = a->no_check,
                           .portal_files = a->no_portal ? NULL : portal_folder(page),
                           .message = on_message,
                           .progress = on_progress,
                           .user = c,
                           .cancel = the_cancel};
    tpk_study *study = NULL;
    tpk_status status = tpk_study_open(a->project, &options, &study, err);
    if (status == TPK_OK) status = tpk_study_run(study, a->folder, err);
    cli_progress_pause(&c->progress);
    if (status == TPK_OK) {
        print_result(a, study);
        if (!a->quiet) print_times(study);
    }
    tpk_study_close(study);
    return status;
}

static int execute(const run_arguments *a)
{
    console c = {.quiet = a->quiet};
    tpk_err err = {TPK_OK, ""};
    cli_progress_init(&c.progress, a->quiet);
    the_cancel = tpk_cancel_new();
    if (!the_cancel) {
        fprintf(stderr, "%s\n", _("tapak run: memory is exhausted"));
        return CLI_EXIT_MEMORY;
    }
    cli_signals_catch(on_signal);
    tpk_status status = run_study(a, &c, &err);
    if (status != TPK_OK) fprintf(stderr, _("tapak run: %s\n"), err.message);
    cli_signals_release();
    tpk_cancel_free(the_cancel);
    return cli_exit_code(status);
}

int cli_run(int argc, char **argv)
{
    run_arguments a = {0};
    const cli_option options[] = {
        {"--output", "-o", CLI_TEXT, "DIR", 0, 0, NULL, CLI_MAIN,
         N_("folder for the results, made when missing; required"), &a.folder},
        {"--cell", NULL, CLI_NUMBER, "M", 0.01, 1e6, N_("the project's"), CLI_MAIN,
         N_("side of a cell in metres, 0.01 to 1000000"), &a.cell_m},
        {"--no-check", NULL, CLI_FLAG, NULL, 0, 0, NULL, CLI_MAIN,
         N_("do not examine the layers (see tapak check)"), &a.no_check},
        {"--no-portal", NULL, CLI_FLAG, NULL, 0, 0, NULL, CLI_MAIN, N_("leave the web portal out"),
         &a.no_portal},
        {"--threads", NULL, CLI_INTEGER, "N", 1, 1024, N_("all cores"), CLI_COMMON,
         N_("threads to compute with, 1 to 1024"), &a.n_threads},
        {"--memory", NULL, CLI_SIZE, "SIZE", 64.0 * 1024 * 1024, HUGE_VAL, "1G", CLI_COMMON,
         N_("memory budget in bytes, or with K, M, G; at least 64M"), &a.memory_bytes},
        {"--quiet", "-q", CLI_FLAG, NULL, 0, 0, NULL, CLI_COMMON,
         N_("no progress and no notes; warnings and errors stay"), &a.quiet},
        {"--tile", NULL, CLI_INTEGER, "N", 8, 8192, N_("chosen"), CLI_ADVANCED,
         N_("side of a tile in cells, a multiple of 8; the results do not depend on it"), &a.tile_side},
    };
    static const char *const DETAILS[] = {
        N_("PROJECT is a project file (YAML); its layers are named in it. DIR receives suitability.tif, "
           "classes.tif, reasons.tif,\n"
           "limiting.tif (Cloud Optimized GeoTIFF), zones.geojson, overlay.geojson, regions.geojson, "
           "regions.csv, styles of each\n"
           "(QML for QGIS, SLD for map servers, style.json for MapLibre), tapak.qgz (QGIS project) with "
           "tapak.gpkg, run.json, a STAC\n"
           "catalog (stac-*.json) and the web portal (folder portal). Earlier results there are replaced "
           "when everything is\n"
           "complete; a failed or stopped run leaves them as they were."),
        NULL};
    static const char *const EXAMPLES[] = {
        "tapak run gis-data/kalsel.yaml -o out/kalsel",
        "tapak run gis-data/kalsel.yaml -o out/quick --cell 250 --threads 1 --quiet", NULL};
    const cli_command command = {"run",
                                 "[options] PROJECT -o DIR",
                                 N_("Compute a study: suitability maps, zone figures and GeoJSON."),
                                 DETAILS,
                                 EXAMPLES,
                                 options,
                                 sizeof options / sizeof *options,
                                 1};
    int n = 0;
    cli_parse_result parsed = cli_parse(&command, argc, argv, &a.project, &n);
    if (parsed != CLI_PARSED) return parsed == CLI_HELP_SHOWN ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    if (n == 0) {
        cli_usage_error(&command, "%s", _("no project file given"));
        return CLI_EXIT_USAGE;
    }
    if (!a.folder) {
        cli_usage_error(&command, "%s", _("no folder for the results given: add -o DIR"));
        return CLI_EXIT_USAGE;
    }
    if (a.tile_side % 8 != 0) {
        cli_usage_error(&command, _("--tile %d: it must be a multiple of 8"), a.tile_side);
        return CLI_EXIT_USAGE;
    }
    return execute(&a);
}
