/* tapak reference: the page docs/project-file.md is this command's output. */
#include <stdio.h>

#include "api/reference.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/options.h"

int cli_reference(int argc, char **argv)
{
    static const char *const EXAMPLES[] = {"tapak reference", "tapak reference > docs/project-file.md", NULL};
    const cli_command command = {
        "reference", "", N_("Print the reference of the project file in Markdown."), NULL, EXAMPLES, NULL,
        0,           0};
    int n = 0;
    cli_parse_result parsed = cli_parse(&command, argc, argv, NULL, &n);
    if (parsed != CLI_PARSED) return parsed == CLI_HELP_SHOWN ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    tpk_err err = {TPK_OK, ""};
    char *markdown = NULL;
    tpk_status status = tpk_project_reference(&markdown, &err);
    if (status == TPK_OK)
        fputs(markdown, stdout);
    else
        fprintf(stderr, _("tapak reference: %s\n"), err.message);
    tpk_free(markdown);
    return cli_exit_code(status);
}
