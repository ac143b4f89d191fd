/* as: src/base/planted.c */
/* expect: a tab, or blanks at the end of the line */
int planted(void);  
