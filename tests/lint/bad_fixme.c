/* as: src/base/planted.c */
/* expect: without an issue number */
int planted(void); // FIXME
