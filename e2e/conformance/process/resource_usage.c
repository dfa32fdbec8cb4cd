/* getrusage(2), times(2): time of a process and of its waited-for children. */
#include "conformance.h"
#include <sys/resource.h>
#include <sys/times.h>

static long usage_ms(int who) {
    struct rusage usage;
    must(getrusage(who, &usage));
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* Computes until the process has used so much processor time. */
static void burn_ms(long milliseconds) {
    int64_t end = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + milliseconds * 1000000;
    volatile unsigned sum = 0;
    while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
        for (int i = 0; i < 10000; i++) sum += i;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    say("children at first: %ld ms", usage_ms(RUSAGE_CHILDREN));
    long before = usage_ms(RUSAGE_SELF);
    burn_ms(250);
    check(usage_ms(RUSAGE_SELF) - before >= 200, "own time grows by computing");
    check(usage_ms(RUSAGE_THREAD) >= 200, "the thread's time too");
    long rested = usage_ms(RUSAGE_SELF);
    sleep_ms(250);
    check(usage_ms(RUSAGE_SELF) - rested < 200, "sleeping costs little");

    pid_t child = fork_child();
    if (child == 0) {
        check(usage_ms(RUSAGE_SELF) < 200, "a child begins at zero");
        burn_ms(80);
        _exit(0);
    }
    siginfo_t info;
    must(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    say("before the wait: %ld ms", usage_ms(RUSAGE_CHILDREN));
    wait_for(child);
    check(usage_ms(RUSAGE_CHILDREN) >= 40, "after the wait the child's time counts");
    struct tms times_now;
    check(times(&times_now) != (clock_t)-1, "times works");
    check(times_now.tms_cutime + times_now.tms_cstime >= 4, "times agrees about the child");
    check(sysconf(_SC_CLK_TCK) == 100, "a clock tick is 10 ms");

    struct rusage usage;
    must(getrusage(RUSAGE_SELF, &usage));
    check(usage.ru_maxrss > 0, "the resident size is known");
    check(usage.ru_minflt > 0, "page faults are counted");
    result("who is that", getrusage((__rusage_who_t)77, &usage));
    result("a bad address", syscall(SYS_getrusage, RUSAGE_SELF, (void *)8));
    return finish();
}
