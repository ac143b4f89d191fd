/* Command-line options as tables: one table parses, checks and prints the help of a command. */
#ifndef TPK_CLI_OPTIONS_H
#define TPK_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cli_type { CLI_FLAG, CLI_TEXT, CLI_NUMBER, CLI_INTEGER, CLI_SIZE } cli_type;

typedef enum cli_group { CLI_MAIN, CLI_COMMON, CLI_ADVANCED, CLI_GROUP_COUNT } cli_group;

typedef struct cli_option {
    const char *name;   /* "--cell" */
    const char *letter; /* "-o" or NULL */
    cli_type type;
    const char *metavar;  /* "M"; NULL for flags */
    double min, max;      /* CLI_NUMBER, CLI_INTEGER; bytes for CLI_SIZE */
    const char *fallback; /* what holds when it is not given, as text for the help */
    cli_group group;
    const char *summary; /* English, marked N_(); names unit and range */
    void *target;        /* bool, const char *, double, int or size_t by type */
} cli_option;

typedef struct cli_command {
    const char *name;            /* "run" */
    const char *synopsis;        /* "[options] PROJECT -o DIR" */
    const char *summary;         /* English, marked N_() */
    const char *const *details;  /* paragraphs, NULL-terminated, marked N_() */
    const char *const *examples; /* two that run, NULL-terminated */
    const cli_option *options;
    size_t n_options;
    int max_arguments; /* positional */
} cli_command;

typedef enum cli_parse_result { CLI_PARSED, CLI_HELP_SHOWN, CLI_USAGE_ERROR } cli_parse_result;

/* Fills the options' targets and arguments (room for max_arguments). Prints help to stdout, or one line on
 * what is wrong and where to look to stderr. */
cli_parse_result cli_parse(const cli_command *command, int argc, char **argv, const char **arguments,
                           int *n_arguments);

/* The two lines of a usage error, for checks that the table cannot make. */
void cli_usage_error(const cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void cli_print_help(const cli_command *command);

enum { CLI_NUMBER_BYTES = 64 };

/* A number with a point or a comma, also before another one, "-3,98" or "114.95,": plain is it with a point
 * alone. False: it is none. */
bool cli_read_comma(const char *word, char plain[CLI_NUMBER_BYTES]);

#endif
