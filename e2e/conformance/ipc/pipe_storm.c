/* build: static dynamic */
/* slow */
/* 10 MB through a chain of four processes with odd block sizes: every byte arrives, in order. */
#include "conformance.h"

enum { total = 10 << 20 };

int main(int argc, char **argv) {
    begin(argc, argv);
    int source[2];
    must(pipe(source));
    pid_t producer = fork_child();
    if (producer == 0) {
        close(source[0]);
        static char block[70001];
        uint64_t sum = 0;
        for (long done = 0, step = 1; done < total; step = step * 5 % 70001 + 1) {
            long length = step < total - done ? step : total - done;
            fill_pattern(block, length, (uint32_t)done);
            sum = checksum(sum, block, length);
            write_all(source[1], block, length);
            done += length;
        }
        say("sent: %016lx", (unsigned long)sum);
        _exit(0);
    }
    close(source[1]);
    say_status("first stage started", 0);
    int input = source[0];
    pid_t relays[3];
    for (int stage = 0; stage < 3; stage++) {
        int next[2];
        must(pipe(next));
        relays[stage] = fork_child();
        if (relays[stage] == 0) {
            close(next[0]);
            static char block[50000];
            size_t size = 777 + 12345 * stage;
            for (ssize_t length; (length = must(read(input, block, size))) > 0;) write_all(next[1], block, length);
            _exit(0);
        }
        close(next[1]);
        close(input);
        input = next[0];
    }
    static char block[65536];
    uint64_t sum = 0;
    long received = 0;
    for (ssize_t length; (length = must(read(input, block, sizeof block))) > 0; received += length)
        sum = checksum(sum, block, length);
    wait_for(producer);
    for (int stage = 0; stage < 3; stage++) wait_for(relays[stage]);
    say("received: %016lx, %ld bytes", (unsigned long)sum, received);
    return finish();
}
