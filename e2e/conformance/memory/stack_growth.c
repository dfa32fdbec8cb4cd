/* The main thread's stack grows on demand up to RLIMIT_STACK and faults beyond. */
#include "conformance.h"
#include <sys/resource.h>

#pragma GCC diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline)) static int recurse(int depth, int most) {
    volatile char frame[4000];
    memset((char *)frame, depth, sizeof frame);
    if (depth == most) return 0;
    int below = recurse(depth + 1, most);
    return below + (frame[0] == (char)depth && frame[3999] == (char)depth ? 1 : 0);
}

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        /* Executed with a limit of 1 MiB. */
        say("200 KB of frames: %d", recurse(0, 50));
        pid_t child = fork_child();
        if (child == 0) _exit(recurse(0, 2000000) == 0);
        say_status("2 MB of frames", wait_for(child));
        return 0;
    }
    begin(argc, argv);
    say("6 MB of frames: %d intact", recurse(0, 1500));
    say("once more: %d intact", recurse(0, 1500));

    /* A large array on the stack, touched from its far end first. */
    volatile char *array = __builtin_alloca(4 << 20);
    array[0] = 'f';
    array[(4 << 20) - 1] = 'l';
    say("4 MB at once: %c %c", array[0], array[(4 << 20) - 1]);

    pid_t child = fork_child();
    if (child == 0) _exit(recurse(0, 10000000) == 0);
    say_status("without end", wait_for(child));

    child = fork_child();
    if (child == 0) {
        struct rlimit limit;
        must(getrlimit(RLIMIT_STACK, &limit));
        limit.rlim_cur = 1 << 20;
        must(setrlimit(RLIMIT_STACK, &limit));
        execl(self_path, self_path, "--role", "small", NULL);
        _exit(99);
    }
    say_status("with a limit of 1 MiB", wait_for(child));

    /* System calls write into stack pages that were never touched. */
    int ends[2];
    must(pipe(ends));
    must(write(ends[1], "into fresh stack", 16));
    char *fresh = __builtin_alloca(1 << 20);
    must(read(ends[0], fresh, 16));
    say("read(2): %.16s", fresh);
    return finish();
}
