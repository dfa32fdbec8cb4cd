/* slow */
/* 200 processes at once, each with work of its own, then 200 one after another. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    enum { many = 200 };
    pid_t pids[many];
    int results[2];
    must(pipe(results));
    struct gate start = make_gate();
    for (int i = 0; i < many; i++) {
        pids[i] = fork_child();
        if (pids[i] != 0) continue;
        char *memory = malloc(64 * 1024);
        fill_pattern(memory, 64 * 1024, i);
        pass_gate(start);
        uint64_t record[2] = {i, checksum(0, memory, 64 * 1024)};
        must(write(results[1], record, sizeof record));
        _exit(i % 100);
    }
    for (int i = 0; i < many; i++) open_gate(start);
    uint64_t seen[many] = {0};
    for (int i = 0; i < many; i++) {
        uint64_t record[2];
        if (read_all(results[0], record, sizeof record) != sizeof record || record[0] >= many) must(-1);
        seen[record[0]] = record[1];
    }
    int codes = 0;
    for (int i = 0; i < many; i++) codes += WEXITSTATUS(wait_for(pids[i]));
    say("checksum of all their memories: %016lx, codes %d", (unsigned long)checksum(0, seen, sizeof seen), codes);
    bool distinct = true;
    for (int i = 0; i < many; i++)
        for (int j = 0; j < i; j++)
            if (pids[i] == pids[j]) distinct = false;
    check(distinct, "200 pids, all different");

    codes = 0;
    for (int i = 0; i < many; i++) {
        pid_t child = fork_child();
        if (child == 0) _exit(i & 1);
        codes += WEXITSTATUS(wait_for(child));
    }
    say("one after another: %d", codes);
    return finish();
}
