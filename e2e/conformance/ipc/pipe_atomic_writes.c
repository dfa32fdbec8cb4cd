/* pipe(7): writes of up to PIPE_BUF bytes are not mixed with those of other processes. */
#include "conformance.h"

enum { writers = 5, each = 300, record = 500 };

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe(ends));
    pid_t pids[writers];
    for (int w = 0; w < writers; w++) {
        pids[w] = fork_child();
        if (pids[w] != 0) continue;
        char bytes[record];
        for (int i = 0; i < each; i++) {
            memset(bytes, 'a' + w, record);
            memcpy(bytes, &i, sizeof i);
            must(write(ends[1], bytes, record));
        }
        _exit(0);
    }
    must(close(ends[1]));
    int next[writers] = {0}, whole = 0, in_order = 0;
    char bytes[record];
    while (read_all(ends[0], bytes, record) == record) {
        int writer = bytes[sizeof(int)] - 'a';
        bool same = writer >= 0 && writer < writers;
        for (int i = sizeof(int); same && i < record; i++)
            if (bytes[i] != bytes[sizeof(int)]) same = false;
        if (!same) continue;
        whole++;
        int number;
        memcpy(&number, bytes, sizeof number);
        if (number == next[writer]++) in_order++;
    }
    for (int w = 0; w < writers; w++) say_status("writer", wait_for(pids[w]));
    say("records: %d whole, %d in the order of their writer", whole, in_order);
    return finish();
}
