/*
 * Tries: to keep the processor: blocks and ignores all signals, takes over all handlers, and computes without a system
 * call, in eight processes.
 * Must: the machine goes on scheduling others, timers fire in time, SIGKILL ends them at once, other machines do not
 * feel more than their share.
 */
#include "hostile.h"

static void swallow(int number) {
    (void)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t pids[8];
    for (int i = 0; i < 8; i++) {
        pids[i] = fork_child();
        if (pids[i] != 0) continue;
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        for (int number = 1; number <= 64; number++) {
            struct sigaction action = {.sa_handler = i % 2 ? SIG_IGN : swallow};
            syscall(SYS_rt_sigaction, number, &action, NULL, 8);
        }
        for (;;) __asm__ volatile("");
    }
    int64_t before = monotonic_ms();
    sleep_ms(200);
    int64_t slept = monotonic_ms() - before;
    say("a sleep of 200 ms: %s", slept < 2000 ? "in time" : "late");
    for (int i = 0; i < 8; i++) {
        kill(pids[i], SIGTERM);
        kill(pids[i], SIGALRM);
    }
    for (int i = 0; i < 8; i++) {
        must(kill(pids[i], SIGKILL));
        say_status("spinner", wait_for(pids[i]));
    }
    return survived();
}
