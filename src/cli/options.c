#include "cli/options.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

enum { MAX_OPTIONS = 64 };

void cli_usage_error(const cli_command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "tapak %s: ", command->name);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, _("\nTry 'tapak %s --help'.\n"), command->name);
}

/* ---- values ---- */

/* "512M", "1G", "1.5GiB", "1000000": bytes, with powers of 1024. */
static bool parse_size(const char *text, double *bytes)
{
    static const char *const SUFFIXES[] = {"", "K", "M", "G", "T"};
    char number[32];
    size_t digits = strspn(text, "0123456789.");
    if (digits == 0 || digits >= sizeof number) return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    char suffix[8] = "";
    snprintf(suffix, sizeof suffix, "%s", text + digits);
    char *tail = strpbrk(suffix, "iB");
    if (tail && (tpk_text_equal_fold(tail, "iB") || tpk_text_equal_fold(tail, "B"))) *tail = '\0';
    if (!tpk_text_to_number(number, bytes)) return false;
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++, *bytes *= 1024) {
        if (tpk_text_equal_fold(suffix, SUFFIXES[i])) return true;
    }
    return false;
}

static bool in_range(const cli_option *option, double value)
{
    return value >= option->min && value <= option->max;
}

static const char *expectation(const cli_option *option)
{
    switch (option->type) {
    case CLI_SIZE: return _("a size such as 512M or 1G");
    case CLI_INTEGER: return _("a whole number");
    default: return _("a number");
    }
}

/* A limit as one would write it. */
static const char *limit_text(const cli_option *option, double limit, char buffer[32])
{
    if (option->type != CLI_SIZE) return tpk_text_from_number(limit, buffer);
    snprintf(buffer, 32, "%.0fM", limit / (1024 * 1024));
    return buffer;
}

static bool range_error(const cli_command *command, const cli_option *option, const char *value)
{
    char low[32], high[32];
    if (isfinite(option->max)) {
        cli_usage_error(command, _("%s %s: expected %s from %s to %s"), option->name, value,
                        expectation(option), limit_text(option, option->min, low),
                        limit_text(option, option->max, high));
    } else {
        cli_usage_error(command, _("%s %s: expected %s of at least %s"), option->name, value,
                        expectation(option), limit_text(option, option->min, low));
    }
    return false;
}

static bool set_value(const cli_command *command, const cli_option *option, const char *value)
{
    double number;
    switch (option->type) {
    case CLI_FLAG: *(bool *)option->target = true; return true;
    case CLI_TEXT:
        if (*value == '\0') {
            cli_usage_error(command, _("%s: the value is empty"), option->name);
            return false;
        }
        *(const char **)option->target = value;
        return true;
    case CLI_NUMBER:
        if (!tpk_text_to_number(value, &number) || !in_range(option, number))
            return range_error(command, option, value);
        *(double *)option->target = number;
        return true;
    case CLI_INTEGER:
        if (!tpk_text_to_number(value, &number) || !in_range(option, number) || number != floor(number)) {
            return range_error(command, option, value);
        }
        *(int *)option->target = (int)number;
        return true;
    case CLI_SIZE:
        if (!parse_size(value, &number) || !in_range(option, number))
            return range_error(command, option, value);
        *(size_t *)option->target = number < (double)SIZE_MAX ? (size_t)number : SIZE_MAX;
        return true;
    }
    return false;
}

/* ---- parsing ---- */

static const cli_option *find_option(const cli_command *command, const char *word, size_t length)
{
    for (size_t i = 0; i < command->n_options; i++) {
        const cli_option *option = &command->options[i];
        if (strlen(option->name) == length && strncmp(option->name, word, length) == 0) return option;
        if (option->letter && strlen(option->letter) == length && strncmp(option->letter, word, length) == 0)
            return option;
    }
    return NULL;
}

/* word: without the value that may be joined to it by '='. */
static void unknown_option(const cli_command *command, const char *word, size_t length)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), word);
    const char *names[MAX_OPTIONS];
    size_t n = 0;
    for (size_t i = 0; i < command->n_options && n < MAX_OPTIONS; i++) names[n++] = command->options[i].name;
    const char *near = tpk_text_nearest(name, names, n);
    if (near)
        cli_usage_error(command, _("unknown option '%s'; did you mean '%s'?"), name, near);
    else
        cli_usage_error(command, _("unknown option '%s'"), name);
}

/* Takes the option at argv[*i], moving *i past a value of its own. */
static bool take_option(const cli_command *command, int argc, char **argv, int *i)
{
    const char *word = argv[*i], *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const cli_option *option = find_option(command, word, length);
    if (!option) {
        unknown_option(command, word, length);
        return false;
    }
    if (option->type == CLI_FLAG) {
        if (!equals) return set_value(command, option, "");
        cli_usage_error(command, _("%s takes no value"), option->name);
        return false;
    }
    if (equals) return set_value(command, option, equals + 1);
    if (*i + 1 >= argc) {
        cli_usage_error(command, _("%s needs a value: %s %s"), option->name, option->name, option->metavar);
        return false;
    }
    return set_value(command, option, argv[++*i]);
}

bool cli_read_comma(const char *word, char plain[CLI_NUMBER_BYTES])
{
    double number;
    size_t n = strlen(word);
    if (n > 0 && word[n - 1] == ',') n--;
    if (n == 0 || n >= CLI_NUMBER_BYTES) return false;
    memcpy(plain, word, n);
    plain[n] = '\0';
    char *comma = strchr(plain, ',');
    if (comma) *comma = '.';
    return tpk_text_to_number(plain, &number);
}

/* "-3.98" and "-3,98" are numbers, no options. */
static bool is_option(const char *word)
{
    char plain[CLI_NUMBER_BYTES];
    return word[0] == '-' && word[1] != '\0' && !cli_read_comma(word, plain);
}

cli_parse_result cli_parse(const cli_command *command, int argc, char **argv, const char **arguments,
                           int *n_arguments)
{
    *n_arguments = 0;
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (!only_arguments && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            cli_print_help(command);
            return CLI_HELP_SHOWN;
        }
        if (!only_arguments && strcmp(word, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && is_option(word)) {
            if (!take_option(command, argc, argv, &i)) return CLI_USAGE_ERROR;
        } else if (*n_arguments == command->max_arguments) {
            cli_usage_error(command, _("one argument too many: '%s'"), word);
            return CLI_USAGE_ERROR;
        } else {
            arguments[(*n_arguments)++] = word;
        }
    }
    return CLI_PARSED;
}

/* ---- help ---- */

static void print_option(const cli_option *option)
{
    char left[64];
    snprintf(left, sizeof left, "  %s%s%s%s%s", option->letter ? option->letter : "    ",
             option->letter ? ", " : "", option->name, option->metavar ? " " : "",
             option->metavar ? option->metavar : "");
    printf("%-24s  %s", left, _(option->summary));
    if (option->fallback) printf(_(" (default: %s)"), _(option->fallback));
    putchar('\n');
}

static void print_group(const cli_command *command, cli_group group)
{
    static const char *const TITLES[CLI_GROUP_COUNT] = {N_("Options:"), N_("Common options:"),
                                                        N_("Advanced options:")};
    bool any = false;
    for (size_t i = 0; i < command->n_options; i++) {
        if (command->options[i].group != group) continue;
        if (!any) printf("\n%s\n", _(TITLES[group]));
        any = true;
        print_option(&command->options[i]);
    }
}

void cli_print_help(const cli_command *command)
{
    printf(*command->synopsis ? _("Usage: tapak %s %s\n") : _("Usage: tapak %s\n"), command->name,
           command->synopsis);
    printf("\n%s\n", _(command->summary));
    for (const char *const *p = command->details; p && *p; p++) printf("\n%s\n", _(*p));
    for (int group = 0; group < CLI_GROUP_COUNT; group++) print_group(command, (cli_group)group);
    if (command->examples) printf("\n%s\n", _("Examples:"));
    for (const char *const *p = command->examples; p && *p; p++) printf("  %s\n", *p);
}
