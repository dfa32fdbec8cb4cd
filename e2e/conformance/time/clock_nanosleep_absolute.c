/* clock_nanosleep(2): relative and absolute, clocks, times that are over, errors. */
#include "conformance.h"

static void tell(const char *what, int error) {
    say("%s: %s", what, error == 0 ? "ok" : errno_name(error));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME};
    for (size_t i = 0; i < COUNT(clocks); i++) {
        struct timespec time = {0, 20000000};
        int64_t before = clock_ns(CLOCK_MONOTONIC);
        tell("relative", clock_nanosleep(clocks[i], 0, &time, NULL));
        check(clock_ns(CLOCK_MONOTONIC) - before >= 20000000, "long enough");
        int64_t until = clock_ns(clocks[i]) + 20000000;
        time = (struct timespec){until / 1000000000, until % 1000000000};
        tell("absolute", clock_nanosleep(clocks[i], TIMER_ABSTIME, &time, NULL));
        check(clock_ns(clocks[i]) >= until, "the time has come");
        time = (struct timespec){0, 1}; /* a machine may be younger than any span before now */
        tell("a time that is over", clock_nanosleep(clocks[i], TIMER_ABSTIME, &time, NULL));
    }
    struct timespec time = {0, 0};
    tell("nothing", clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL));
    time.tv_nsec = 1000000000;
    tell("too many nanoseconds", clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL));
    time.tv_nsec = -1;
    tell("negative nanoseconds", clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL));
    time = (struct timespec){-1, 0};
    tell("negative seconds", clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL));
    time = (struct timespec){0, 1};
    tell("no such clock", clock_nanosleep(77, 0, &time, NULL));
    tell("own thread's processor time", clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &time, NULL));
    result("bad address", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, 8, NULL));

    /* Five processes sleep for different times: they wake in the order of those. */
    int ends[2];
    must(pipe(ends));
    int64_t start = clock_ns(CLOCK_MONOTONIC) + 20000000;
    for (int i = 0; i < 5; i++) {
        if (fork_child() != 0) continue;
        int64_t until = start + (5 - i) * 80000000L;
        time = (struct timespec){until / 1000000000, until % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
        must(write(ends[1], &"01234"[i], 1));
        _exit(0);
    }
    char order[6] = "";
    read_all(ends[0], order, 5);
    say("order of waking: %s", order);
    for (int i = 0; i < 5; i++) wait(NULL);
    return finish();
}
