/* as: src/base/planted.c */
/* expect: without an issue number */
/* TODO: the other half */
int planted(void);
