/* connect(2): refused, and again on the same socket, twice, to odd addresses; names of an unconnected socket. */
#include "loopback.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in name = loopback(unused_port(SOCK_STREAM));
    socklen_t length = sizeof name;
    result("nobody listens", connect(fd, (struct sockaddr *)&name, sizeof name));
    result("nobody listens, again", connect(fd, (struct sockaddr *)&name, sizeof name));
    int bound = bound_socket(SOCK_STREAM);
    name = loopback(bound_port(bound));
    result("bound, but not listening", connect(fd, (struct sockaddr *)&name, sizeof name));
    must(listen(bound, 1));
    result("listening", connect(fd, (struct sockaddr *)&name, sizeof name));
    result("connected already", connect(fd, (struct sockaddr *)&name, sizeof name));
    result("listen on it", listen(fd, 1));
    result("accept on it", accept(fd, NULL, NULL));

    int other = (int)must(socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in got;
    result("getpeername", getpeername(other, (struct sockaddr *)&got, &length));
    length = sizeof got;
    result("getsockname", getsockname(other, (struct sockaddr *)&got, &length));
    say("port %d, any address %d", got.sin_port, got.sin_addr.s_addr == 0);
    result("short address", connect(other, (struct sockaddr *)&name, 4));
    struct sockaddr_in odd = name;
    odd.sin_family = AF_UNIX;
    result("wrong family", connect(other, (struct sockaddr *)&odd, sizeof odd));
    result("bad address", connect(other, (struct sockaddr *)8, sizeof odd));
    result("not open", connect(900, (struct sockaddr *)&name, sizeof name));
    result("not a socket", connect(0, (struct sockaddr *)&name, sizeof name));
    result("send on an unconnected one", send(other, "x", 1, MSG_NOSIGNAL));
    result("recv on an unconnected one", recv(other, &got, 1, 0));
    return finish();
}
