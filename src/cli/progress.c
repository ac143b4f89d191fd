#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"

static const double REDRAW_S = 0.1;
static const double BRIEF_S = 1; /* a log tells of a briefer stage once, when it is done */

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void cli_progress_init(cli_progress *progress, bool quiet)
{
    *progress = (cli_progress){.terminal = isatty(STDERR_FILENO) == 1, .quiet = quiet};
}

void cli_progress_pause(cli_progress *progress)
{
    if (progress->line_open) fprintf(stderr, "\r\033[K");
    progress->line_open = false;
}

static void print_state(const char *stage, int64_t done, int64_t total, const char *unit, double elapsed_s)
{
    double share = (double)done / (double)total, rate = elapsed_s > 0 ? (double)done / elapsed_s : 0;
    fprintf(stderr, "%s %3.0f %%", stage, share * 100);
    if (rate >= 1e6)
        fprintf(stderr, ", %.1f M %s/s", rate / 1e6, unit);
    else if (rate > 0)
        fprintf(stderr, ", %.0f %s/s", rate, unit);
    if (done > 0 && done < total && elapsed_s > 0.5)
        fprintf(stderr, _(", %.0f s left"), ceil(elapsed_s * (1 / share - 1)));
}

static void print_bar(double share)
{
    enum { WIDTH = 24 };
    fprintf(stderr, "[");
    for (int i = 0; i < WIDTH; i++) fputc(i < (int)(share * WIDTH) ? '#' : ' ', stderr);
    fprintf(stderr, "] ");
}

static void update_terminal(cli_progress *p, int64_t done, int64_t total, const char *unit, double now_s)
{
    if (now_s - p->last_print_s < REDRAW_S && done != total) return;
    p->last_print_s = now_s;
    fprintf(stderr, "\r\033[K");
    if (total > 0) {
        print_bar((double)done / (double)total);
        print_state(p->stage, done, total, unit, now_s - p->stage_start_s);
    } else {
        fprintf(stderr, "%s ...", p->stage);
    }
    p->line_open = true;
    fflush(stderr);
}

static void update_log(cli_progress *p, int64_t done, int64_t total, const char *unit, bool new_stage,
                       double now_s)
{
    int tenth = total > 0 ? (int)(done * 10 / total) : 0;
    if (total <= 0 && new_stage) fprintf(stderr, "%s\n", p->stage);
    if (total <= 0 || tenth <= p->last_tenth) return;
    if (done < total && now_s - p->stage_start_s < BRIEF_S) return;
    p->last_tenth = tenth;
    print_state(p->stage, done, total, unit, now_s - p->stage_start_s);
    fputc('\n', stderr);
}

void cli_progress_update(cli_progress *p, const char *stage, int64_t done, int64_t total, const char *unit)
{
    if (p->quiet) return;
    double now_s = now_seconds();
    bool new_stage = strncmp(p->stage, stage, sizeof p->stage - 1) != 0;
    if (new_stage) {
        snprintf(p->stage, sizeof p->stage, "%s", stage);
        p->stage_start_s = now_s;
        p->last_print_s = 0;
        p->last_tenth = 0;
    }
    if (p->terminal)
        update_terminal(p, done, total, unit, now_s);
    else
        update_log(p, done, total, unit, new_stage, now_s);
}
