/* bind(2): ports that are taken, SO_REUSEADDR, SO_REUSEPORT, addresses, privileges of ports, listening twice. */
#include "loopback.h"

static int try_bind(int fd, in_addr_t address, int port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};
    return bind(fd, (struct sockaddr *)&name, sizeof name);
}

static int new_socket(int reuse_option) {
    int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0)), on = 1;
    if (reuse_option != 0) must(setsockopt(fd, SOL_SOCKET, reuse_option, &on, sizeof on));
    return fd;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int first = new_socket(0);
    must(try_bind(first, INADDR_LOOPBACK, 0));
    int port = bound_port(first);
    result("bound twice", try_bind(first, INADDR_LOOPBACK, 0));
    result("taken", try_bind(new_socket(0), INADDR_LOOPBACK, port));
    result("taken, at any address", try_bind(new_socket(0), INADDR_ANY, port));
    result("another address of the loopback", try_bind(new_socket(0), INADDR_LOOPBACK + 1, port));
    result("taken, with SO_REUSEADDR on one side", try_bind(new_socket(SO_REUSEADDR), INADDR_LOOPBACK, port));
    must(listen(first, 1));
    result("listening, with SO_REUSEADDR", try_bind(new_socket(SO_REUSEADDR), INADDR_LOOPBACK, port));
    result("an address that is not ours", try_bind(new_socket(0), 0x08080808, 0));
    result("datagrams have ports of their own",
           try_bind((int)must(socket(AF_INET, SOCK_DGRAM, 0)), INADDR_LOOPBACK, port));

    /* After a connection that the server closed first its port is in TIME_WAIT: only SO_REUSEADDR, on both, may have it. */
    must(close(first));
    first = new_socket(SO_REUSEADDR);
    must(try_bind(first, INADDR_LOOPBACK, 0));
    port = bound_port(first);
    must(listen(first, 1));
    int client = connect_to(port), server = (int)must(accept(first, NULL, NULL));
    must(close(server));
    char byte;
    must(read(client, &byte, 1));
    must(close(client));
    must(close(first));
    sleep_ms(20);
    result("a port in TIME_WAIT", try_bind(new_socket(0), INADDR_LOOPBACK, port));
    int again = new_socket(SO_REUSEADDR);
    result("with SO_REUSEADDR", try_bind(again, INADDR_LOOPBACK, port));
    result("listen", listen(again, 1));
    client = connect_to(port);
    outcome("accept", accept(again, NULL, NULL));

    int one = new_socket(SO_REUSEPORT), two = new_socket(SO_REUSEPORT);
    must(try_bind(one, INADDR_LOOPBACK, 0));
    result("SO_REUSEPORT on both", try_bind(two, INADDR_LOOPBACK, bound_port(one)));
    result("SO_REUSEPORT on one", try_bind(new_socket(0), INADDR_LOOPBACK, bound_port(one)));
    int automatic = new_socket(0);
    result("listen without bind", listen(automatic, 1));
    check(bound_port(automatic) != 0, "gives it a port");
    result("short address", bind(new_socket(0), &(struct sockaddr){.sa_family = AF_INET}, 3));
    result("listen on datagrams", listen((int)must(socket(AF_INET, SOCK_DGRAM, 0)), 1));
    return finish();
}
