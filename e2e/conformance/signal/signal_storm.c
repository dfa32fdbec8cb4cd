/* slow */
/* Three processes send thousands of signals to one that reads, writes and takes signals: nothing queued gets lost. */
#include "conformance.h"

static volatile unsigned standard, queued, sum;

static void on_standard(int number) {
    (void)number;
    standard++;
}

static void on_queued(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    queued++;
    sum += info->si_value.sival_int;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    enum { senders = 3, each = 2000 };
    handle(SIGUSR1, on_standard, SA_RESTART);
    handle(SIGUSR2, on_standard, SA_RESTART | SA_NODEFER);
    handle_info(SIGRTMIN, on_queued, SA_RESTART);
    int ends[2];
    must(pipe(ends));
    pid_t target = getpid(), pids[senders];
    for (int s = 0; s < senders; s++) {
        pids[s] = fork_child();
        if (pids[s] != 0) continue;
        for (int i = 0; i < each; i++) {
            must(kill(target, i & 1 ? SIGUSR1 : SIGUSR2));
            union sigval value = {.sival_int = i};
            while (sigqueue(target, SIGRTMIN, value) == -1) {
                if (errno != EAGAIN) must(-1);
                sleep_ms(1);
            }
            if (i % 50 == 0) must(write(ends[1], "b", 1));
        }
        _exit(0);
    }
    close(ends[1]);
    unsigned bytes = 0;
    for (char byte; read(ends[0], &byte, 1) == 1;) bytes++;
    for (int s = 0; s < senders; s++) say_status("sender", wait_for(pids[s]));
    say("bytes through the pipe: %u", bytes);
    say("queued signals: %u, sum of their values %u", queued, sum);
    check(standard >= 2, "standard signals came too");
    return finish();
}
