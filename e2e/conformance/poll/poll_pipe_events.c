/* build: static dynamic */
/* poll(2) of pipes, files and devices: which events are told when. */
#include "conformance.h"
#include <poll.h>
#include <sys/socket.h>

static void tell(const char *what, int fd, short events) {
    struct pollfd poll_fd = {fd, events, 0};
    int count = poll(&poll_fd, 1, 0);
    short told = poll_fd.revents;
    say("%s: %d%s%s%s%s%s%s%s", what, count, told & POLLIN ? " IN" : "", told & POLLOUT ? " OUT" : "",
        told & POLLHUP ? " HUP" : "", told & POLLERR ? " ERR" : "", told & POLLNVAL ? " NVAL" : "",
        told & POLLRDHUP ? " RDHUP" : "", told & POLLPRI ? " PRI" : "");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    const short both = POLLIN | POLLOUT;
    must(pipe2(ends, O_NONBLOCK));
    tell("empty pipe, reader", ends[0], both);
    tell("empty pipe, writer", ends[1], both);
    must(write(ends[1], "x", 1));
    tell("a byte, reader", ends[0], both);
    tell("a byte, not asked for", ends[0], 0);
    must(read(ends[0], (char[1]){0}, 1));
    static char block[1 << 16];
    while (write(ends[1], block, sizeof block) > 0) {
    }
    tell("full, writer", ends[1], both);
    must(read(ends[0], block, 100));
    tell("100 bytes taken, writer", ends[1], both);
    must(read(ends[0], block, 4096));
    tell("PIPE_BUF more taken, writer", ends[1], both);
    must(close(ends[1]));
    tell("writer closed, bytes left", ends[0], both);
    while (read(ends[0], block, sizeof block) > 0) {
    }
    tell("writer closed, empty", ends[0], both);
    tell("nothing asked for", ends[0], 0);
    must(close(ends[0]));
    must(pipe(ends));
    must(close(ends[0]));
    tell("reader closed", ends[1], both);
    tell("nothing asked for", ends[1], 0);

    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    tell("regular file", fd, both);
    tell("directory", (int)must(open(".", O_RDONLY)), both);
    tell("/dev/null", (int)must(open("/dev/null", O_RDWR)), both);
    tell("/dev/zero", (int)must(open("/dev/zero", O_RDWR)), both);
    tell("not open", 900, both);

    int sockets[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    const short all = both | POLLRDHUP;
    tell("socket", sockets[0], all);
    must(write(sockets[1], "x", 1));
    tell("a byte", sockets[0], all);
    must(shutdown(sockets[1], SHUT_WR));
    tell("the peer will not write", sockets[0], all);
    must(close(sockets[1]));
    tell("the peer has closed", sockets[0], all);

    struct pollfd list[4] = {{-1, POLLIN, 99}, {fd, POLLIN, 0}, {900, POLLIN, 0}, {-5, POLLIN, 99}};
    result("a list with negative and bad ones", poll(list, 4, 0));
    say("events: %d %d %d %d", list[0].revents, list[1].revents, list[2].revents, list[3].revents);
    result("nothing to watch", poll(NULL, 0, 0));
    result("bad address", syscall(SYS_poll, 8, 1, 0));
    result("more than the descriptor limit", poll(list, 1025, 0));
    return finish();
}
