/* slow */
/* 20 MB through TCP in both directions at once, in odd pieces: every byte, in order. */
#include "loopback.h"

enum { total = 20 << 20 };

static uint64_t produce(int fd, uint32_t seed) {
    static char block[100000];
    uint64_t sum = 0;
    for (long done = 0, step = 1; done < total; step = step * 7 % 99991 + 1) {
        long length = step < total - done ? step : total - done;
        fill_pattern(block, length, seed + (uint32_t)done);
        sum = checksum(sum, block, length);
        write_all(fd, block, length);
        done += length;
    }
    return sum;
}

static uint64_t consume(int fd, long *received) {
    static char block[131072];
    uint64_t sum = 0;
    *received = 0;
    for (ssize_t length; (length = must(read(fd, block, sizeof block))) > 0; *received += length)
        sum = checksum(sum, block, length);
    return sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct connection c = connected_pair();
    int reports[2];
    must(pipe(reports));
    /* Four processes: each side has a sender and a receiver. */
    for (int side = 0; side < 2; side++) {
        int own = side ? c.server : c.client, other = side ? c.client : c.server;
        if (fork_child() == 0) {
            close(other);
            uint64_t sum = produce(own, side * 1000);
            must(shutdown(own, SHUT_WR));
            struct {
                int kind;
                uint64_t sum;
                long length;
            } report = {side, sum, total};
            must(write(reports[1], &report, sizeof report));
            _exit(0);
        }
        if (fork_child() == 0) {
            close(other);
            struct {
                int kind;
                uint64_t sum;
                long length;
            } report = {3 - side, 0, 0};
            report.sum = consume(own, &report.length);
            must(write(reports[1], &report, sizeof report));
            _exit(0);
        }
    }
    struct {
        int kind;
        uint64_t sum;
        long length;
    } all[4], one;
    for (int i = 0; i < 4; i++) {
        if (read_all(reports[0], &one, sizeof one) != sizeof one) must(-1);
        all[one.kind] = one;
    }
    for (int i = 0; i < 4; i++) {
        wait(NULL);
        say("%s: %ld bytes, %016lx", i < 2 ? "sent" : "received", all[i].length, (unsigned long)all[i].sum);
    }
    return finish();
}
