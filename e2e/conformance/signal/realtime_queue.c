/* signal(7): real-time signals queue, in order, with their values; lower numbers come first; RLIMIT_SIGPENDING bounds. */
#include "conformance.h"
#include <sys/resource.h>

static int order[64], values[64];
static volatile int count;

static void handler(int number, siginfo_t *info, void *context) {
    (void)context;
    if (count >= 64) return;
    order[count] = number;
    values[count++] = info->si_value.sival_int;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    check(SIGRTMIN == 34 && SIGRTMAX == 64, "34 to 64 are free for programs");
    sigset_t set;
    sigemptyset(&set);
    for (int number = SIGRTMIN; number <= SIGRTMIN + 2; number++) {
        struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
        sigfillset(&action.sa_mask);
        must(sigaction(number, &action, NULL));
        sigaddset(&set, number);
    }
    must(sigprocmask(SIG_BLOCK, &set, NULL));
    union sigval value;
    for (int i = 0; i < 4; i++) {
        value.sival_int = 100 + i;
        must(sigqueue(getpid(), SIGRTMIN + 2, value));
        value.sival_int = 200 + i;
        must(sigqueue(getpid(), SIGRTMIN, value));
    }
    value.sival_int = 300;
    must(sigqueue(getpid(), SIGRTMIN + 1, value));
    must(kill(getpid(), SIGRTMIN + 1));
    must(sigprocmask(SIG_UNBLOCK, &set, NULL));
    for (int i = 0; i < count; i++)
        say("%s value %d", signal_name(order[i]), order[i] == SIGRTMIN + 1 && values[i] != 300 ? 0 : values[i]);

    /* Taken one by one with sigwaitinfo, too. */
    must(sigprocmask(SIG_BLOCK, &set, NULL));
    for (int i = 0; i < 3; i++) {
        value.sival_int = i;
        must(sigqueue(getpid(), SIGRTMIN, value));
    }
    struct timespec none = {0, 0};
    siginfo_t info;
    while (sigtimedwait(&set, &info, &none) > 0) say("taken: value %d", info.si_value.sival_int);

    /* In a child, because the limit counts all signals that the user has queued: only "some, then EAGAIN" is certain. */
    pid_t child = fork_child();
    if (child == 0) {
        struct rlimit limit;
        must(getrlimit(RLIMIT_SIGPENDING, &limit));
        limit.rlim_cur = 10;
        must(setrlimit(RLIMIT_SIGPENDING, &limit));
        int queued = 0;
        while (queued < 1000 && sigqueue(getpid(), SIGRTMIN, value) == 0) queued++;
        check(queued <= 10, "not more than the limit");
        say("beyond the limit: %s", queued == 1000 ? "no end" : errno_name(errno));
        result("kill goes without a queue entry", kill(getpid(), SIGUSR1));
        _exit(0);
    }
    say_status("child", wait_for(child));
    result("sigqueue to nobody", sigqueue(0x3ffffffe, SIGRTMIN, value));
    result("sigqueue of no signal", sigqueue(getpid(), 70, value));
    result("sigqueue of signal 0", sigqueue(getpid(), 0, value));
    return finish();
}
