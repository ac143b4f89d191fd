/* as: src/base/planted.c */
/* expect: 3: a line of 111 characters; at most 110: make format */
/* ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé */
int planted(void);
