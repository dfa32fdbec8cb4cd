/* The whole of 127.0.0.0/8 is the loopback; 0.0.0.0 reaches it, too; sockets choose their source; privileged helpers not needed. */
#include "loopback.h"
#include <netdb.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int listener = (int)must(socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in any = {.sin_family = AF_INET}, name, got;
    must(bind(listener, (struct sockaddr *)&any, sizeof any));
    must(listen(listener, 5));
    int port = bound_port(listener);
    const char *const targets[] = {"127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0"};
    for (size_t i = 0; i < COUNT(targets); i++) {
        int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0));
        name = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        inet_aton(targets[i], &name.sin_addr);
        int value = connect(fd, (struct sockaddr *)&name, sizeof name);
        say("connect to %s: %s", targets[i], value == 0 ? "ok" : errno_name(errno));
        socklen_t length = sizeof got;
        int server = (int)must(accept(listener, (struct sockaddr *)&got, &length));
        say("from %s", inet_ntoa(got.sin_addr));
        length = sizeof got;
        must(getsockname(server, (struct sockaddr *)&got, &length));
        say("to %s", inet_ntoa(got.sin_addr));
        close(fd);
        close(server);
    }
    int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0));
    name = (struct sockaddr_in){.sin_family = AF_INET};
    inet_aton("127.9.8.7", &name.sin_addr);
    must(bind(fd, (struct sockaddr *)&name, sizeof name));
    name = loopback(port);
    must(connect(fd, (struct sockaddr *)&name, sizeof name));
    socklen_t length = sizeof got;
    must(accept(listener, (struct sockaddr *)&got, &length));
    say("a chosen source: %s", inet_ntoa(got.sin_addr));

    int udp = (int)must(socket(AF_INET, SOCK_DGRAM, 0));
    must(connect(udp, (struct sockaddr *)&name, sizeof name));
    length = sizeof got;
    must(getsockname(udp, (struct sockaddr *)&got, &length));
    say("a connected datagram socket knows its source: %s, port %d", inet_ntoa(got.sin_addr), got.sin_port != 0);
    struct sockaddr_in broadcast = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_aton("127.255.255.255", &broadcast.sin_addr);
    int plain = (int)must(socket(AF_INET, SOCK_DGRAM, 0));
    result("broadcast without permission",
           sendto(plain, "x", 1, 0, (struct sockaddr *)&broadcast, sizeof broadcast));
    return finish();
}
