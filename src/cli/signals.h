/* Ctrl-C and its kin, for commands that end in good order. */
#ifndef TPK_CLI_SIGNALS_H
#define TPK_CLI_SIGNALS_H

/* handler is called on the first Ctrl-C, SIGTERM or hang-up; a second one kills. A hang-up that is ignored
 * stays so: nohup lets a command outlive its terminal. */
void cli_signals_catch(void (*handler)(int number));
void cli_signals_release(void); /* they kill again */

#endif
