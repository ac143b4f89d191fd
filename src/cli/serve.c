/* tapak serve */
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/plain_text.h"
#include "cli/signals.h"
#include "cli/what.h"
#include "server/server.h"

typedef struct serve_arguments {
    const char *what; /* PROJECT or DIR */
    const char *bind;
    int port, n_threads;
    bool cors, quiet;
} serve_arguments;

/* A signal handler can reach nothing else. Set once before the handlers are installed. */
static tpk_cancel *the_cancel;
static sem_t the_end;

static void on_signal(int number)
{
    (void)number;
    tpk_cancel_request(the_cancel);
    sem_post(&the_end);
}

static void on_message(void *user, tpk_message_kind kind, const char *line)
{
    const serve_arguments *a = user;
    if (kind != TPK_MESSAGE_NOTE || !a->quiet) cli_put_plain_line(line, stderr);
}

/* ---- the command ---- */

static void serve_until_stopped(const serve_arguments *a, const tpk_server *server)
{
    if (!a->quiet) {
        printf(_("Serving %s at %s/ (Ctrl-C stops)\n"), a->what, tpk_server_address(server));
        fflush(stdout);
    }
    while (sem_wait(&the_end) != 0) continue; /* interrupted by the signal itself */
}

static tpk_status serve(const serve_arguments *a, tpk_err *err)
{
    bool is_folder;
    tpk_server *server = NULL;
    tpk_status status = cli_study_or_folder(a->what, &is_folder, err);
    tpk_server_options options = {.project = is_folder ? NULL : a->what,
                                  .folder = is_folder ? a->what : NULL,
                                  .bind = a->bind,
                                  .port = a->port,
                                  .n_threads = a->n_threads,
                                  .cors = a->cors,
                                  .study = {.message = on_message, .user = (void *)a, .cancel = the_cancel}};
    if (status == TPK_OK) status = tpk_server_start(&options, &server, err);
    if (status == TPK_OK) serve_until_stopped(a, server);
    tpk_server_stop(server);
    return status;
}

static int execute(const serve_arguments *a)
{
    tpk_err err = {TPK_OK, ""};
    the_cancel = tpk_cancel_new();
    if (!the_cancel) {
        fprintf(stderr, "%s\n", _("tapak serve: memory is exhausted"));
        return CLI_EXIT_MEMORY;
    }
    sem_init(&the_end, 0, 0);
    cli_signals_catch(on_signal);
    signal(SIGPIPE, SIG_IGN); /* a client that leaves */
    tpk_status status = serve(a, &err);
    if (status != TPK_OK) fprintf(stderr, _("tapak serve: %s\n"), err.message);
    cli_signals_release();
    sem_destroy(&the_end);
    tpk_cancel_free(the_cancel);
    return cli_exit_code(status);
}

int cli_serve(int argc, char **argv)
{
    serve_arguments a = {.bind = "127.0.0.1", .port = 8080};
    const cli_option options[] = {
        {"--port", "-p", CLI_INTEGER, "N", 0, 65535, "8080", CLI_MAIN,
         N_("port to listen at, 1 to 65535; 0 takes any free one"), &a.port},
        {"--bind", NULL, CLI_TEXT, "ADDRESS", 0, 0, "127.0.0.1", CLI_MAIN,
         N_("address to listen at: 127.0.0.1 for this machine alone, 0.0.0.0 for the network"), &a.bind},
        {"--cors", NULL, CLI_FLAG, NULL, 0, 0, NULL, CLI_MAIN,
         N_("let pages of other servers ask this one (CORS)"), &a.cors},
        {"--threads", NULL, CLI_INTEGER, "N", 1, 64, N_("all cores"), CLI_COMMON,
         N_("threads that answer, 1 to 64"), &a.n_threads},
        {"--quiet", "-q", CLI_FLAG, NULL, 0, 0, NULL, CLI_COMMON, N_("no notes; warnings and errors stay"),
         &a.quiet},
    };
    static const char *const DETAILS[] = {
        N_("PROJECT is a project file, DIR the folder that a run of it has written; its portal is served at "
           "/.\n"
           "/tiles/Z/X/Y.png are map tiles, computed when they are asked for, with any weights\n"
           "(?w=akses_jalan:0.4,lereng:0.6); /tilejson.json, /zones.geojson and /explain?lon=&lat= answer "
           "from\n"
           "the same study. A layer that changes on disk is read again at the next request."),
        NULL};
    static const char *const EXAMPLES[] = {"tapak serve out/kalsel",
                                           "tapak serve gis-data/kalsel.yaml --port 9000 --cors", NULL};
    const cli_command command = {"serve",
                                 "[options] PROJECT|DIR",
                                 N_("Serve a study over HTTP: the portal, map tiles, explanations."),
                                 DETAILS,
                                 EXAMPLES,
                                 options,
                                 sizeof options / sizeof *options,
                                 1};
    int n = 0;
    cli_parse_result parsed = cli_parse(&command, argc, argv, &a.what, &n);
    if (parsed != CLI_PARSED) return parsed == CLI_HELP_SHOWN ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    if (n == 0) {
        cli_usage_error(&command, "%s", _("no project file and no result folder given"));
        return CLI_EXIT_USAGE;
    }
    return execute(&a);
}
