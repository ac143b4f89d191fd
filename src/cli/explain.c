/* tapak explain */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/study.h"
#include "api/weights.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/explanation.h"
#include "cli/options.h"
#include "cli/plain_text.h"
#include "cli/signals.h"
#include "cli/what.h"
#include "output/result_folder.h"
#include "tapak/tapak.h"

typedef struct explain_arguments {
    const char *words[3]; /* PROJECT or DIR; LON, LAT or ZONE */
    int n_words;
    const char *weights, *format;
    bool quiet;
    bool is_point;
    double lon, lat;
} explain_arguments;

/* A signal handler can reach nothing else. Set once before the handlers are installed. */
static tpk_cancel *the_cancel;

static void on_signal(int number)
{
    (void)number;
    tpk_cancel_request(the_cancel);
}

static void on_message(void *user, tpk_message_kind kind, const char *line)
{
    const explain_arguments *a = user;
    if (kind != TPK_MESSAGE_NOTE || !a->quiet) cli_put_plain_line(line, stderr);
}

/* ---- the place ---- */

/* Longitude and latitude in the wrong order give a point that is nowhere near: was it meant the other way? */
static tpk_status warn_if_swapped(tpk_view *view, const explain_arguments *a, tpk_err *err)
{
    uint8_t there;
    tpk_results results = {.point_class = &there};
    tpk_status status = tpk_view_points(view, (double[2]){a->lat, a->lon}, 1, &results, err);
    if (status == TPK_OK && there != TPK_CLASS_OUTSIDE)
        fprintf(stderr, _("tapak explain: longitude comes first; %s %s would lie in the study area\n"),
                a->words[2], a->words[1]);
    return status;
}

/* "114.95,-3.98" or "114,95,-3,98": two numbers, whose first ends where another word would. */
static bool is_pair(const char *word, char lon[CLI_NUMBER_BYTES], char lat[CLI_NUMBER_BYTES])
{
    for (const char *comma = strchr(word, ','); comma; comma = strchr(comma + 1, ',')) {
        char first[CLI_NUMBER_BYTES];
        size_t n = (size_t)(comma - word);
        if (n >= sizeof first) return false;
        memcpy(first, word, n);
        first[n] = '\0';
        bool is_other = comma[1] == '-' || strchr(first, '.') || strchr(first, ',');
        if (is_other && cli_read_comma(first, lon) && cli_read_comma(comma + 1, lat)) return true;
    }
    return false;
}

/* A word that is no zone may be a part of a point. */
static tpk_status explain_zone(tpk_view *view, const char *word, tpk_explanation **explanation, tpk_err *err)
{
    tpk_err why = {TPK_OK, ""};
    char lon[CLI_NUMBER_BYTES], lat[CLI_NUMBER_BYTES];
    tpk_status status = tpk_view_explain_zone(view, word, explanation, &why);
    if (status == TPK_OK) return status;
    if (status == TPK_ERR_ARGUMENT && is_pair(word, lon, lat))
        return tpk_err_set(err, status, _("%s; if a point is meant, write %s %s"), why.message, lon, lat);
    if (status == TPK_ERR_ARGUMENT && cli_read_comma(word, lon))
        return tpk_err_set(err, status,
                           _("%s; if a point is meant, LAT is missing: write LON LAT, such as 114.95 -3.98"),
                           why.message);
    return tpk_err_set(err, status, "%s", why.message);
}

static tpk_status explain_place(tpk_view *view, const explain_arguments *a, tpk_explanation **explanation,
                                tpk_err *err)
{
    if (!a->is_point) return explain_zone(view, a->words[1], explanation, err);
    tpk_status status = tpk_view_explain(view, a->lon, a->lat, explanation, err);
    if (status == TPK_OK && (*explanation)->point_class == TPK_CLASS_OUTSIDE)
        status = warn_if_swapped(view, a, err);
    return status;
}

static tpk_status print(const tpk_study *study, const tpk_explanation *explanation, const char *format,
                        tpk_err *err)
{
    if (strcmp(format, "json") != 0) {
        cli_put_plain_line(tpk_study_title(study), stdout);
        cli_explanation_print(explanation);
        return TPK_OK;
    }
    char *json = NULL;
    tpk_status status = tpk_explanation_json(explanation, &json, err);
    if (status == TPK_OK) fputs(json, stdout);
    tpk_text_free(json);
    return status;
}

static tpk_status explain_study(const tpk_study *study, const explain_arguments *a, tpk_err *err)
{
    tpk_view *view = NULL;
    tpk_explanation *explanation = NULL;
    double *weights = NULL;
    tpk_status status = TPK_OK;
    if (a->weights) {
        weights = tpk_alloc(tpk_study_criterion_count(study), sizeof *weights);
        status = weights ? tpk_weights_parse(study, a->weights, weights, err) : tpk_err_memory(err);
    }
    if (status == TPK_OK) status = tpk_view_new(study, "EPSG:4326", weights, &view, err);
    if (status == TPK_OK) status = explain_place(view, a, &explanation, err);
    if (status == TPK_OK) status = print(study, explanation, a->format, err);
    tpk_explanation_free(explanation);
    tpk_view_free(view);
    tpk_free(weights);
    return status;
}

/* ---- the project ---- */

/* What is another than it was when the results were computed: warned of, and explained as it is now. */
static tpk_status compare(const explain_arguments *a, const tpk_result_folder *found,
                          const tpk_project *project, tpk_err *err)
{
    char *changes = NULL;
    tpk_checksums kept = {0};
    if (!a->quiet && strcmp(found->version, tpk_version()) != 0)
        fprintf(stderr, _("tapak explain: note: these results are of Tapak %s, this is Tapak %s\n"),
                found->version, tpk_version());
    tpk_status status = tpk_result_folder_changes(found, project, &kept, &changes, err);
    if (changes)
        fprintf(stderr,
                _("tapak explain: warning: %s changed since these results were computed (%s); the study is "
                  "explained as it is now\n"),
                changes, found->run_time);
    tpk_free(changes);
    tpk_checksums_clear(&kept);
    return status;
}

static tpk_status find_project(const explain_arguments *a, tpk_result_folder *found, tpk_err *err)
{
    bool is_folder;
    *found = (tpk_result_folder){0};
    tpk_status status = cli_study_or_folder(a->words[0], &is_folder, err);
    if (status != TPK_OK) return status;
    if (!is_folder) {
        found->project = tpk_strdup(a->words[0]);
        return found->project ? TPK_OK : tpk_err_memory(err);
    }
    status = tpk_result_folder_read(a->words[0], found, err);
    if (status == TPK_OK && found->missing) return tpk_err_set(err, TPK_ERR_IO, "%s", found->missing);
    return status;
}

static tpk_status explain(explain_arguments *a, tpk_err *err)
{
    tpk_result_folder found;
    tpk_study *study = NULL;
    tpk_status status = find_project(a, &found, err);
    tpk_options options = {.cell_m = found.cell_m, .message = on_message, .user = a, .cancel = the_cancel};
    if (status == TPK_OK) status = tpk_study_open(found.project, &options, &study, err);
    if (status == TPK_OK && found.record) status = compare(a, &found, study->project, err);
    if (status == TPK_OK) status = explain_study(study, a, err);
    tpk_study_close(study);
    tpk_result_folder_clear(&found);
    return status;
}

/* ---- the command ---- */

static int execute(explain_arguments *a)
{
    tpk_err err = {TPK_OK, ""};
    the_cancel = tpk_cancel_new();
    if (!the_cancel) {
        fprintf(stderr, "%s\n", _("tapak explain: memory is exhausted"));
        return CLI_EXIT_MEMORY;
    }
    cli_signals_catch(on_signal);
    tpk_status status = explain(a, &err);
    if (status != TPK_OK) fprintf(stderr, _("tapak explain: %s\n"), err.message);
    cli_signals_release();
    tpk_cancel_free(the_cancel);
    return cli_exit_code(status);
}

/* Degrees; false after a message. */
static bool take_point(const cli_command *command, explain_arguments *a)
{
    const char *lon = a->words[1], *lat = a->words[2];
    char plain_lon[CLI_NUMBER_BYTES], plain_lat[CLI_NUMBER_BYTES];
    bool is_comma = strchr(lon, ',') || strchr(lat, ',');
    a->is_point = true;
    if (is_comma && cli_read_comma(lon, plain_lon) && cli_read_comma(lat, plain_lat)) {
        cli_usage_error(command, _("degrees are written with a point, and a blank between them: write %s %s"),
                        plain_lon, plain_lat);
        return false;
    }
    if (!tpk_text_to_number(lon, &a->lon) || fabs(a->lon) > 180) {
        cli_usage_error(command, _("longitude '%s': expected are degrees from -180 to 180, such as 114.95"),
                        lon);
        return false;
    }
    bool is_number = tpk_text_to_number(lat, &a->lat);
    if (is_number && fabs(a->lat) <= 90) return true;
    if (is_number && fabs(a->lat) <= 180 && fabs(a->lon) <= 90)
        cli_usage_error(command, _("latitude '%s' is beyond 90 degrees; longitude comes first: %s %s"), lat,
                        lat, lon);
    else
        cli_usage_error(command, _("latitude '%s': expected are degrees from -90 to 90, such as -3.98"), lat);
    return false;
}

/* What the table of options cannot say; false after a message. */
static bool fits(const cli_command *command, explain_arguments *a)
{
    if (a->n_words == 0) {
        cli_usage_error(command, "%s", _("no project file and no result folder given"));
        return false;
    }
    if (a->n_words == 1) {
        cli_usage_error(command, "%s", _("no place given: add LON LAT, or the id of a zone"));
        return false;
    }
    if (strcmp(a->format, "text") != 0 && strcmp(a->format, "json") != 0) {
        cli_usage_error(command, _("--format %s: allowed are text and json"), a->format);
        return false;
    }
    return a->n_words == 2 || take_point(command, a);
}

int cli_explain(int argc, char **argv)
{
    explain_arguments a = {.format = "text"};
    const cli_option options[] = {
        {"--weights", "-w", CLI_TEXT, "WEIGHTS", 0, 0, N_("the project's"), CLI_MAIN,
         N_("other weights, such as akses_jalan:0.4,lereng:0.6; they sum to 1, what is not named counts 0"),
         &a.weights},
        {"--format", "-f", CLI_TEXT, "FORMAT", 0, 0, "text", CLI_MAIN,
         N_("text for people or json for programs"), &a.format},
        {"--quiet", "-q", CLI_FLAG, NULL, 0, 0, NULL, CLI_COMMON, N_("no notes; warnings and errors stay"),
         &a.quiet},
    };
    static const char *const DETAILS[] = {N_("PROJECT is a project file, DIR the folder that a run of it has "
                                             "written. LON LAT are degrees on WGS "
                                             "84, longitude\n"
                                             "first; ZONE is the id of a zone. Tells every criterion's "
                                             "value, membership, weight and points, the "
                                             "constraints with\n"
                                             "their legal source, what limits, and what is unknown. The "
                                             "project is evaluated at the place itself: no "
                                             "map is read."),
                                          NULL};
    static const char *const EXAMPLES[] = {"tapak explain gis-data/kalsel.yaml 114.95 -3.98",
                                           "tapak explain gis-data/kalsel.yaml KIJ --format json", NULL};
    const cli_command command = {
        "explain",
        "[options] PROJECT|DIR LON LAT | ZONE",
        N_("Why is a place suitable, or not? A point or a zone, told in all its parts."),
        DETAILS,
        EXAMPLES,
        options,
        sizeof options / sizeof *options,
        3};
    cli_parse_result parsed = cli_parse(&command, argc, argv, a.words, &a.n_words);
    if (parsed != CLI_PARSED) return parsed == CLI_HELP_SHOWN ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    return fits(&command, &a) ? execute(&a) : CLI_EXIT_USAGE;
}
