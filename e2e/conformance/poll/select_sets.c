/* select(2), pselect(2): three sets, counting, high descriptors, errors. */
#include "conformance.h"
#include <sys/select.h>
#include <sys/socket.h>

static char letters(int fd, fd_set *read_set, fd_set *write_set) {
    return "-rwb"[(FD_ISSET(fd, read_set) ? 1 : 0) + (FD_ISSET(fd, write_set) ? 2 : 0)];
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2], sockets[2];
    must(pipe(ends));
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    int high = (int)must(dup2(ends[0], 900));
    struct timeval now = {0, 0};
    for (int filled = 0; filled < 2; filled++) {
        fd_set read_set, write_set, except_set;
        FD_ZERO(&read_set);
        FD_ZERO(&write_set);
        FD_ZERO(&except_set);
        int all[] = {ends[0], ends[1], sockets[0], sockets[1], high};
        for (size_t i = 0; i < COUNT(all); i++) {
            FD_SET(all[i], &read_set);
            FD_SET(all[i], &write_set);
            FD_SET(all[i], &except_set);
        }
        result("select counts bits", select(901, &read_set, &write_set, &except_set, &now));
        say("%c%c %c%c %c", letters(ends[0], &read_set, &write_set), letters(ends[1], &read_set, &write_set),
            letters(sockets[0], &read_set, &write_set), letters(sockets[1], &read_set, &write_set),
            letters(high, &read_set, &write_set));
        if (!filled) {
            must(write(ends[1], "x", 1));
            must(write(sockets[0], "x", 1));
        }
    }
    fd_set set;
    FD_ZERO(&set);
    FD_SET(900, &set);
    result("only those below the first argument count", select(900, &set, NULL, NULL, &now));
    FD_ZERO(&set);
    FD_SET(800, &set);
    result("a descriptor that is not open", select(801, &set, NULL, NULL, &now));
    result("nothing at all", select(0, NULL, NULL, NULL, &now));
    result("a negative count", select(-1, NULL, NULL, NULL, &now));
    struct timeval odd = {-1, 0};
    FD_ZERO(&set);
    result("negative time", select(1, &set, NULL, NULL, &odd));
    struct timespec odd_time = {0, 1000000000};
    result("pselect, odd time", pselect(1, &set, NULL, NULL, &odd_time, NULL));
    result("bad address", syscall(SYS_select, 10, 8, NULL, NULL, &now));

    /* Closed by the peer: readable, and read gives the end. */
    must(close(sockets[1]));
    char buffer[8];
    FD_ZERO(&set);
    FD_SET(sockets[0], &set);
    result("peer closed", select(sockets[0] + 1, &set, NULL, NULL, &now));
    say("readable %d, read %zd", FD_ISSET(sockets[0], &set), read(sockets[0], buffer, 8));
    return finish();
}
