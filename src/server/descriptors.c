#include "server/descriptors.h"

#include <sys/resource.h>

enum {
    OF_A_CONNECTION = 2, /* its socket, and the file it is sent */
    OF_A_THREAD = 64,    /* layers, some of several files, and the folders on the way to a file */
    OF_THE_PROCESS = 64
};

unsigned tpk_descriptors_share(unsigned n_most, int n_threads)
{
    const rlim_t rest = OF_THE_PROCESS + OF_A_THREAD * (rlim_t)n_threads;
    const rlim_t wanted = rest + OF_A_CONNECTION * (rlim_t)n_most;
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted) return n_most;
    rlim_t kept = rest < limit.rlim_cur / 2 ? rest : limit.rlim_cur / 2;
    rlim_t n = (limit.rlim_cur - kept) / OF_A_CONNECTION;
    return n > 1 ? (unsigned)n : 1;
}
