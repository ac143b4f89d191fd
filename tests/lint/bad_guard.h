/* as: src/base/planted.h */
/* expect: the include guard must be TPK_BASE_PLANTED_H */
#ifndef PLANTED_H
#define PLANTED_H
#endif
