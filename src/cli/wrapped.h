/* Long texts in lines that fit a page. */
#ifndef TPK_CLI_WRAPPED_H
#define TPK_CLI_WRAPPED_H

/* To stdout: head, then the text in lines of 110 characters, the later ones as far in as the first. Control
   characters of text are shown as '?'. */
void cli_print_wrapped(const char *head, const char *text);

#endif
