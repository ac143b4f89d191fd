/* How many files may be open at once, shared out between connections and the rest. */
#ifndef TPK_SERVER_DESCRIPTORS_H
#define TPK_SERVER_DESCRIPTORS_H

/* How many connections the process can hold, at most n_most and at least 1, so that each may be sent a file
 * and n_threads may read layers meanwhile. The process' limit of open files is raised where that takes it
 * and the system allows. */
unsigned tpk_descriptors_share(unsigned n_most, int n_threads);

#endif
