#include "server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/i18n.h"

static tpk_status refused(int code, const char *address, int port, tpk_err *err)
{
    if (code == EADDRINUSE)
        return tpk_err_set(
            err, TPK_ERR_IO,
            _("port %d of %s is in use by another program, perhaps another 'tapak serve': stop "
              "that one, or take another port"),
            port, address);
    return tpk_err_set(err, TPK_ERR_IO, _("cannot listen at port %d of %s: %s"), port, address,
                       strerror(code));
}

static tpk_status describe(int fd, char *address, size_t n, tpk_err *err)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    char host[64], port[16];
    if (getsockname(fd, (struct sockaddr *)&own, &size) != 0 ||
        getnameinfo((struct sockaddr *)&own, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return tpk_err_set(err, TPK_ERR_IO, "%s", _("the system does not tell the address of the server"));
    snprintf(address, n, strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port);
    return TPK_OK;
}

tpk_status tpk_listen(const char *bind_to, int port, int *fd, char *address, size_t n, tpk_err *err)
{
    enum { BACKLOG = 511 };
    char service[16];
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM},
                    *found = NULL;
    *fd = -1;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(bind_to, service, &hints, &found) != 0)
        return tpk_err_set(
            err, TPK_ERR_ARGUMENT,
            _("'%s' is no address: expected is one in numbers, such as 127.0.0.1 (this machine "
              "alone) or 0.0.0.0 (the whole network)"),
            bind_to);
    tpk_status status = TPK_OK;
    int one = 1, made = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0 || setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(made, found->ai_addr, found->ai_addrlen) != 0 || listen(made, BACKLOG) != 0)
        status = refused(errno, bind_to, port, err);
    freeaddrinfo(found);
    if (status == TPK_OK) status = describe(made, address, n, err);
    if (status == TPK_OK) {
        *fd = made;
    } else if (made >= 0) {
        close(made);
    }
    return status;
}
