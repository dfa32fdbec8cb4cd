/* setitimer(2), getitimer(2), alarm(2): real, virtual and profiling time; once and again; replacing and stopping. */
#include "conformance.h"
#include <sys/time.h>

static volatile int ticks, last;

static void handler(int number) {
    last = number;
    ticks++;
}

static void burn_until_tick(void) {
    int64_t end = monotonic_ms() + 4000;
    for (volatile long i = 0; ticks == 0; i++)
        if (i % 100000 == 0 && monotonic_ms() > end) break;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGALRM, handler, 0);
    handle(SIGVTALRM, handler, 0);
    handle(SIGPROF, handler, 0);
    struct itimerval timer = {{0, 0}, {0, 30000}}, old;
    int64_t before = monotonic_ms();
    /* Blocked but in sigsuspend: otherwise the tick could come before we wait for it. */
    block_signal(SIGALRM);
    sigset_t none;
    sigemptyset(&none);
    must(setitimer(ITIMER_REAL, &timer, NULL));
    result("sigsuspend", sigsuspend(&none));
    unblock_signal(SIGALRM);
    check(monotonic_ms() - before >= 30, "not too early");
    must(getitimer(ITIMER_REAL, &old));
    say("once: %d, left %ld %ld", ticks, (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);

    ticks = 0;
    timer = (struct itimerval){{0, 10000}, {0, 20000}};
    before = monotonic_ms();
    must(setitimer(ITIMER_REAL, &timer, NULL));
    while (ticks < 5) pause();
    check(monotonic_ms() - before >= 59, "five ticks take 20 + 4 * 10 ms at least");
    must(getitimer(ITIMER_REAL, &old));
    check(old.it_interval.tv_usec == 10000 && old.it_value.tv_usec <= 10000, "it goes on");
    timer = (struct itimerval){{0, 0}, {500, 250000}};
    must(setitimer(ITIMER_REAL, &timer, &old));
    say("the old interval: %ld", (long)old.it_interval.tv_usec);
    must(getitimer(ITIMER_REAL, &old));
    check(old.it_value.tv_sec >= 490 && old.it_value.tv_sec <= 500, "replaced");
    timer = (struct itimerval){0};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    must(getitimer(ITIMER_REAL, &old));
    say("stopped: %ld %ld", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);

    /* Virtual time passes only while computing. */
    ticks = 0;
    timer = (struct itimerval){{0, 0}, {0, 150000}};
    must(setitimer(ITIMER_VIRTUAL, &timer, NULL));
    sleep_ms(200);
    say("virtual timer while asleep: %d", ticks);
    burn_until_tick();
    say("while computing: %d %s", ticks, signal_name(last));
    ticks = 0;
    must(setitimer(ITIMER_PROF, &timer, NULL));
    burn_until_tick();
    say("profiling: %d %s", ticks, signal_name(last));

    say("alarm: %u", alarm(1000));
    unsigned left = alarm(0);
    check(left >= 990 && left <= 1000, "alarm tells the rest of the last one");
    say("alarm: %u", alarm(0));
    pid_t child = fork_child();
    if (child == 0) {
        handle(SIGALRM, SIG_DFL, 0);
        timer = (struct itimerval){{0, 0}, {0, 1000}};
        setitimer(ITIMER_REAL, &timer, NULL);
        for (;;) pause();
    }
    say_status("without a handler", wait_for(child));
    result("no such timer", setitimer((__itimer_which_t)9, &timer, NULL));
    timer = (struct itimerval){{0, 0}, {0, 1000000}};
    result("too many microseconds", setitimer(ITIMER_REAL, &timer, NULL));
    timer = (struct itimerval){{0, 0}, {0, -1}};
    result("negative", setitimer(ITIMER_REAL, &timer, NULL));
    result("bad address", syscall(SYS_setitimer, ITIMER_REAL, 8, NULL));
    result("bad address to read", syscall(SYS_getitimer, ITIMER_REAL, 8));
    return finish();
}
