/* Sockets on the loopback interface with ports that the kernel chooses. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include "conformance.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

UNUSED static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

UNUSED static int bound_port(int fd) {
    struct sockaddr_in name;
    socklen_t length = sizeof name;
    must(getsockname(fd, (struct sockaddr *)&name, &length));
    return ntohs(name.sin_port);
}

/* A bound socket; its port is the kernel's choice. */
UNUSED static int bound_socket(int type) {
    int fd = (int)must(socket(AF_INET, type | SOCK_CLOEXEC, 0));
    struct sockaddr_in name = loopback(0);
    must(bind(fd, (struct sockaddr *)&name, sizeof name));
    return fd;
}

UNUSED static int listening_socket(int backlog) {
    int fd = bound_socket(SOCK_STREAM);
    must(listen(fd, backlog));
    return fd;
}

UNUSED static int connect_to(int port) {
    int fd = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    struct sockaddr_in name = loopback(port);
    must(connect(fd, (struct sockaddr *)&name, sizeof name));
    return fd;
}

/* A port on which nobody listens: bound a moment ago, and closed again. */
UNUSED static int unused_port(int type) {
    int fd = bound_socket(type), port = bound_port(fd);
    must(close(fd));
    return port;
}

struct connection {
    int client, server;
};

UNUSED static struct connection connected_pair(void) {
    int listener = listening_socket(1);
    struct connection connection;
    connection.client = connect_to(bound_port(listener));
    connection.server = (int)must(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
    must(close(listener));
    return connection;
}

/* Waits until an event is there; segments need a moment even on the loopback. */
UNUSED static short await_events(int fd, short events) {
    struct pollfd poll_fd = {fd, events, 0};
    must(poll(&poll_fd, 1, 5000));
    return poll_fd.revents;
}

UNUSED static int option(int fd, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, name, &value, &length) == -1 ? -errno : value;
}

#endif
