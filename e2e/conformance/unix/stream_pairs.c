/* build: static dynamic */
/* unix(7) stream sockets: pairs, bytes without borders, shutdown, peeking, waiting for all, end of file. */
#include "conformance.h"
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    char buffer[64] = "";
    result("send", send(ends[0], "hello ", 6, 0));
    result("write", write(ends[0], "world", 5));
    result("peek", recv(ends[1], buffer, 4, MSG_PEEK));
    say("peeked: %.4s", buffer);
    int waiting = -1;
    must(ioctl(ends[1], FIONREAD, &waiting));
    say("waiting: %d", waiting);
    result("read over both", recv(ends[1], buffer, 64, 0));
    say("text: %s", buffer);
    result("nothing, without waiting", recv(ends[1], buffer, 64, MSG_DONTWAIT));
    result("the other way", write(ends[1], "back", 4));
    result("read", read(ends[0], buffer, 64));
    pid_t child = fork_child();
    if (child == 0) {
        for (int i = 0; i < 5; i++) {
            must(write(ends[0], "12345", 5));
            sleep_ms(2);
        }
        _exit(0);
    }
    result("MSG_WAITALL", recv(ends[1], buffer, 25, MSG_WAITALL));
    wait_for(child);
    must(shutdown(ends[0], SHUT_WR));
    result("end of file", read(ends[1], buffer, 64));
    handle(SIGPIPE, SIG_IGN, 0);
    result("write after one's own shutdown", write(ends[0], "x", 1));
    result("the other way is open", write(ends[1], "still", 5));
    result("read", read(ends[0], buffer, 64));
    must(shutdown(ends[1], SHUT_RD));
    result("shut down for reading", read(ends[1], buffer, 64));
    result("odd shutdown", shutdown(ends[0], 77));
    must(close(ends[1]));
    result("read after the peer's close", read(ends[0], buffer, 64));
    int type = 0, domain = 0;
    socklen_t length = sizeof type;
    must(getsockopt(ends[0], SOL_SOCKET, SO_TYPE, &type, &length));
    must(getsockopt(ends[0], SOL_SOCKET, SO_DOMAIN, &domain, &length));
    say("type %d, domain %d", type == SOCK_STREAM, domain == AF_UNIX);

    /* A megabyte through a pair: the writer waits when the buffer is full. */
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
    child = fork_child();
    static char block[1 << 20];
    if (child == 0) {
        close(ends[1]);
        fill_pattern(block, sizeof block, 4);
        write_all(ends[0], block, sizeof block);
        _exit(0);
    }
    close(ends[0]);
    result("a megabyte", (long)read_all(ends[1], block, sizeof block));
    say("checksum: %016lx", (unsigned long)checksum(0, block, sizeof block));
    result("end of file", read(ends[1], block, 1));
    wait_for(child);

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
    result("empty", read(ends[0], buffer, 1));
    long filled = 0;
    for (ssize_t step; (step = write(ends[0], block, 4096)) > 0;) filled += step;
    say("full: %s, after a while %d", errno_name(errno), filled >= 4096);
    result("seek", lseek(ends[0], 0, SEEK_SET));
    result("odd type", socketpair(AF_UNIX, 99, 0, ends));
    result("odd protocol", socketpair(AF_UNIX, SOCK_STREAM, 99, ends));
    result("internet pair", socketpair(AF_INET, SOCK_STREAM, 0, ends));
    return finish();
}
