/* slow */
/* RLIMIT_CPU: SIGXCPU at the soft limit and once a second after it, SIGKILL at the hard one. */
#include "conformance.h"
#include <sys/resource.h>

static volatile int caught;

static void handler(int number) {
    (void)number;
    caught++;
    say("SIGXCPU");
    struct rusage usage;
    must(getrusage(RUSAGE_SELF, &usage));
    long used_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    /* Two ways of counting, by ticks and by the clock, may differ by much in a second. */
    check(used_us >= 500000, "after a second of processor time, more or less");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t child = fork_child();
    if (child == 0) {
        struct rlimit limit = {1, 2};
        must(setrlimit(RLIMIT_CPU, &limit));
        handle(SIGXCPU, handler, 0);
        for (volatile unsigned long i = 0;; i++) {
        }
    }
    say_status("with a handler", wait_for(child));
    child = fork_child();
    if (child == 0) {
        struct rlimit limit = {1, 5};
        must(setrlimit(RLIMIT_CPU, &limit));
        for (volatile unsigned long i = 0;; i++) {
        }
    }
    say_status("without", wait_for(child));
    return finish();
}
