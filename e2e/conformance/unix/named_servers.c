/* unix(7): binding names in the file system and abstract ones, listen, accept, connect, their errors; peers' credentials. */
#include "conformance.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static socklen_t name_length;

static struct sockaddr_un address(const char *path, size_t length) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path, path, length);
    name_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return name;
}

static int new_socket(void) {
    return (int)must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int server = new_socket(), client = new_socket();
    struct sockaddr_un name = address("socket", 7), got;
    socklen_t length = sizeof got;
    result("connect to nothing", connect(client, (struct sockaddr *)&name, name_length));
    result("bind", bind(server, (struct sockaddr *)&name, name_length));
    struct stat status;
    must(stat("socket", &status));
    say("kind: socket %d, mode %o", S_ISSOCK(status.st_mode), status.st_mode & 0777);
    result("open it", open("socket", O_RDWR));
    name = address("another", 8);
    result("bind again, to another name", bind(server, (struct sockaddr *)&name, name_length));
    name = address("socket", 7);
    int second = new_socket();
    result("a name that is taken", bind(second, (struct sockaddr *)&name, name_length));
    result("connect before listen", connect(client, (struct sockaddr *)&name, name_length));
    result("listen", listen(server, 2));
    result("connect", connect(client, (struct sockaddr *)&name, name_length));
    result("connect again", connect(client, (struct sockaddr *)&name, name_length));
    must(write(client, "before accept", 13));
    int peer = (int)must(accept4(server, (struct sockaddr *)&got, &length, SOCK_CLOEXEC));
    say("address of the client: %d bytes, close-on-exec %d", (int)length, fcntl(peer, F_GETFD));
    char buffer[64] = "";
    result("read", read(peer, buffer, 64));
    say("text: %s", buffer);
    length = sizeof got;
    must(getsockname(peer, (struct sockaddr *)&got, &length));
    say("own name: %s", got.sun_path);
    length = sizeof got;
    must(getpeername(client, (struct sockaddr *)&got, &length));
    say("the client's peer: %s", got.sun_path);
    struct ucred credentials;
    length = sizeof credentials;
    must(getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &length));
    check(credentials.pid == getpid() && credentials.uid == geteuid() && credentials.gid == getegid(), "who it is");
    pid_t child = fork_child();
    if (child == 0) {
        int own = new_socket();
        must(connect(own, (struct sockaddr *)&name, name_length));
        must(write(own, "child", 5));
        _exit(0);
    }
    int from_child = (int)must(accept(server, NULL, NULL));
    must(getsockopt(from_child, SOL_SOCKET, SO_PEERCRED, &credentials, &length));
    check(credentials.pid == child, "the child's pid");
    wait_for(child);
    must(read(from_child, buffer, 5));
    result("its end", read(from_child, buffer, 5));

    must(fcntl(server, F_SETFL, O_NONBLOCK));
    result("nobody waits", accept(server, NULL, NULL));
    struct pollfd poll_fd = {server, POLLIN, 0};
    result("poll", poll(&poll_fd, 1, 0));
    int waiting = new_socket();
    must(connect(waiting, (struct sockaddr *)&name, name_length));
    result("poll", poll(&poll_fd, 1, 1000));
    must(unlink("socket"));
    result("the name is gone", connect(second, (struct sockaddr *)&name, name_length));
    outcome("the server is not", accept(server, NULL, NULL));
    result("accept of a client", accept(client, NULL, NULL));
    result("listen on a connected one", listen(client, 1));

    write_file("file", "");
    name = address("file", 5);
    result("connect to a file", connect(second, (struct sockaddr *)&name, name_length));
    result("bind over a file", bind(second, (struct sockaddr *)&name, name_length));
    name = address("missing/socket", 15);
    result("bind in a missing directory", bind(second, (struct sockaddr *)&name, name_length));
    result("too short an address", bind(second, (struct sockaddr *)&name, 1));
    result("too long", bind(second, (struct sockaddr *)&name, sizeof name + 10));
    struct sockaddr odd = {.sa_family = AF_INET};
    result("another family", bind(second, &odd, sizeof odd));

    /* Abstract names: no file, gone with the socket. The name is unlikely to be anybody else's on the host. */
    char abstract[32];
    int size = snprintf(abstract, sizeof abstract, "%cconformance-%d", 0, getpid());
    name = address(abstract, size);
    server = new_socket();
    result("abstract bind", bind(server, (struct sockaddr *)&name, name_length));
    must(listen(server, 1));
    result("taken", bind(second, (struct sockaddr *)&name, name_length));
    client = new_socket();
    result("connect", connect(client, (struct sockaddr *)&name, name_length));
    must(close(server));
    int late = new_socket();
    result("gone with the server", connect(late, (struct sockaddr *)&name, name_length));
    result("free again", bind(second, (struct sockaddr *)&name, name_length));
    int automatic = new_socket();
    struct sockaddr_un none = {.sun_family = AF_UNIX};
    result("autobind", bind(automatic, (struct sockaddr *)&none, sizeof none.sun_family));
    length = sizeof got;
    must(getsockname(automatic, (struct sockaddr *)&got, &length));
    say("a name of %d bytes, abstract %d", (int)length, got.sun_path[0] == 0);
    return finish();
}
