/* Non-blocking pipes: EAGAIN, capacity, all-or-nothing up to PIPE_BUF, F_SETPIPE_SZ. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe2(ends, O_NONBLOCK));
    char byte;
    result("empty", read(ends[0], &byte, 1));
    result("capacity", fcntl(ends[1], F_GETPIPE_SZ));
    static char block[1 << 17];
    fill_pattern(block, sizeof block, 2);
    result("more than fits", write(ends[1], block, sizeof block));
    result("full", write(ends[1], block, 1));
    result("read", read(ends[0], block, 4096));
    result("PIPE_BUF bytes fit again", write(ends[1], block, PIPE_BUF));
    result("full", write(ends[1], block, 1));
    must(read(ends[0], block, 4096));
    result("more than PIPE_BUF may be cut", write(ends[1], block, PIPE_BUF + 100));
    result("full", write(ends[1], block, PIPE_BUF));
    long total = 0;
    for (ssize_t length; (length = read(ends[0], block, sizeof block)) > 0;) total += length;
    say("drained: %ld, then %s", total, errno_name(errno));

    /* In blocking mode again through fcntl: both ends are separate. */
    must(fcntl(ends[0], F_SETFL, 0));
    say("reader nonblocking %d, writer nonblocking %d", (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0,
        (fcntl(ends[1], F_GETFL) & O_NONBLOCK) != 0);

    result("smaller", fcntl(ends[1], F_SETPIPE_SZ, 4096));
    result("it holds", write(ends[1], block, 10000));
    result("while full, smaller than its content", fcntl(ends[1], F_SETPIPE_SZ, 100) >= 4096 ? 4096 : -1);
    result("larger", fcntl(ends[1], F_SETPIPE_SZ, 100000));
    result("then more fits", write(ends[1], block, 131072));
    close(ends[0]), close(ends[1]);

    must(pipe2(ends, O_NONBLOCK));
    must(fcntl(ends[1], F_SETPIPE_SZ, 8192));
    must(write(ends[1], block, 5000));
    /* 5000 bytes take two pages: one with 4096 and one with 904; a small write is merged into the second. */
    result("merged", write(ends[1], block, 3000));
    result("not room for all: nothing", write(ends[1], block, 4000));
    result("a byte at a time still fits", write(ends[1], block, 100));
    result("capacity of a file", fcntl(0, F_GETPIPE_SZ));
    return finish();
}
