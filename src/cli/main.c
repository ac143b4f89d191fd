#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "tapak/tapak.h"

typedef struct command_row {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} command_row;

static const command_row COMMANDS[] = {
    {"run", cli_run, N_("compute a study: suitability maps, zone figures, GeoJSON")},
    {"check", cli_check, N_("examine layers and a project before they make a wrong map")},
    {"explain", cli_explain, N_("why a point or a zone is suitable, or not")},
    {"serve", cli_serve, N_("map tiles, the portal and explanations over HTTP")},
    {"reference", cli_reference, N_("print the reference of the project file (Markdown)")},
    {"version", cli_version, N_("print the version")},
};
enum { N_COMMANDS = sizeof COMMANDS / sizeof *COMMANDS };

int cli_exit_code(tpk_status status)
{
    switch (status) {
    case TPK_OK: return CLI_EXIT_DONE;
    case TPK_ERR_ARGUMENT: return CLI_EXIT_USAGE;
    case TPK_ERR_PROJECT:
    case TPK_ERR_DATA:
    case TPK_ERR_GRID:
    case TPK_ERR_CRS:
    case TPK_ERR_LIMIT: return CLI_EXIT_INPUT;
    case TPK_ERR_IO: return CLI_EXIT_IO;
    case TPK_ERR_MEMORY: return CLI_EXIT_MEMORY;
    case TPK_ERR_CANCELLED: return CLI_EXIT_CANCELLED;
    default: return CLI_EXIT_INTERNAL;
    }
}

int cli_version(int argc, char **argv)
{
    static const char *const EXAMPLES[] = {"tapak version", "tapak --version", NULL};
    const cli_command command = {"version", "", N_("Print the version."), NULL, EXAMPLES, NULL, 0, 0};
    int n = 0;
    cli_parse_result parsed = cli_parse(&command, argc, argv, NULL, &n);
    if (parsed != CLI_PARSED) return parsed == CLI_HELP_SHOWN ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    printf("tapak %s\n", tpk_version());
    return CLI_EXIT_DONE;
}

static void print_help(void)
{
    printf("%s\n\n", _("Usage: tapak COMMAND [options]"));
    printf("%s\n\n",
           _("Site suitability for industrial zones: one project file in, maps and zone figures out."));
    printf("%s\n", _("Commands:"));
    for (size_t i = 0; i < N_COMMANDS; i++) printf("  %-10s %s\n", COMMANDS[i].name, _(COMMANDS[i].summary));
    printf("\n%s\n", _("Examples:"));
    printf("  tapak run gis-data/kalsel.yaml -o out/kalsel\n  tapak run --help\n");
}

static int unknown_command(const char *word)
{
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) names[i] = COMMANDS[i].name;
    const char *near = tpk_text_nearest(word, names, N_COMMANDS);
    fprintf(stderr, _("tapak: unknown command '%s'"), word);
    if (near) fprintf(stderr, _("; did you mean '%s'?"), near);
    fprintf(stderr, "\n%s\n", _("Try 'tapak --help'."));
    return CLI_EXIT_USAGE;
}

/* Translations lie beside the program (build/locale) or where it was installed (../share/locale). */
static void find_translations(void)
{
    setlocale(LC_CTYPE, "");
    setlocale(LC_MESSAGES, "");
    char program[PATH_MAX], folder[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0) return;
    program[n] = '\0';
    const char *base = dirname(program);
    snprintf(folder, sizeof folder, "%s/locale", base);
    if (access(folder, R_OK) != 0) snprintf(folder, sizeof folder, "%s/../share/locale", base);
    bindtextdomain(TPK_TEXT_DOMAIN, folder);
    bind_textdomain_codeset(TPK_TEXT_DOMAIN, "UTF-8");
}

/* A result that nobody could read is not done. */
static int check_output(int exit_code)
{
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    if (exit_code != CLI_EXIT_DONE || written) return exit_code;
    fprintf(stderr, "%s\n",
            _("tapak: cannot write to standard output; look at the disk, or where the output goes"));
    return CLI_EXIT_IO;
}

int main(int argc, char **argv)
{
    find_translations();
    if (argc < 2) {
        fprintf(stderr, "%s\n%s\n", _("tapak: no command given"), _("Try 'tapak --help'."));
        return CLI_EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help();
        return check_output(CLI_EXIT_DONE);
    }
    if (strcmp(word, "--version") == 0) word = "version";
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(word, COMMANDS[i].name) == 0) return check_output(COMMANDS[i].run(argc - 2, argv + 2));
    }
    return unknown_command(word);
}
