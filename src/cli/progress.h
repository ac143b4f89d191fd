/* Progress on stderr: one line that moves on a terminal, plain lines in a log. */
#ifndef TPK_CLI_PROGRESS_H
#define TPK_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct cli_progress {
    bool terminal, quiet;
    char stage[64];
    double stage_start_s, last_print_s;
    int last_tenth; /* of a log: tenths already told */
    bool line_open; /* terminal: something stands on the line */
} cli_progress;

void cli_progress_init(cli_progress *progress, bool quiet);
void cli_progress_update(cli_progress *progress, const char *stage, int64_t done, int64_t total,
                         const char *unit);
/* Clears the moving line, so that other text can be printed. */
void cli_progress_pause(cli_progress *progress);

#endif
