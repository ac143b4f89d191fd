/* The commands; a new one is a file and a row in main.c. */
#ifndef TPK_CLI_COMMANDS_H
#define TPK_CLI_COMMANDS_H

#include "tapak/status.h"

enum {
    CLI_EXIT_DONE = 0,
    CLI_EXIT_INTERNAL = 1,
    CLI_EXIT_USAGE = 2,
    CLI_EXIT_INPUT = 3,
    CLI_EXIT_IO = 4,
    CLI_EXIT_MEMORY = 5,
    CLI_EXIT_CANCELLED = 6
};

int cli_exit_code(tpk_status status);

/* argv starts behind the command's name. Return an exit code. */
int cli_run(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_reference(int argc, char **argv);
int cli_version(int argc, char **argv);

#endif
