/* timer_create(2) and friends: signals with values, to a chosen thread, intervals, overruns, absolute times, no signal. */
#include "conformance.h"
#include <pthread.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile int ticks, value, overruns;
static volatile pid_t taken_by;

static void handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    value = info->si_value.sival_int;
    overruns += info->si_overrun;
    taken_by = gettid();
    ticks++;
}

static volatile pid_t chosen;

static void *wait_here(void *argument) {
    chosen = gettid();
    while (ticks == 0) sleep_ms(1);
    return argument;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGRTMIN, handler, 0);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 123};
    must(timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec spec = {{0, 0}, {0, 20000000}}, now;
    int64_t before = monotonic_ms();
    must(timer_settime(timer, 0, &spec, NULL));
    must(timer_gettime(timer, &now));
    check(now.it_value.tv_sec == 0 && now.it_value.tv_nsec <= 20000000, "it runs");
    while (ticks == 0) sleep_ms(1);
    check(monotonic_ms() - before >= 20, "not too early");
    say("once: %d, value %d", ticks, value);
    must(timer_gettime(timer, &now));
    say("disarmed: %ld %ld", (long)now.it_value.tv_sec, now.it_value.tv_nsec);

    ticks = 0;
    spec = (struct itimerspec){{0, 10000000}, {0, 1}};
    must(timer_settime(timer, 0, &spec, NULL));
    while (ticks < 4) pause();
    say("again and again");
    spec = (struct itimerspec){{0, 0}, {0, 0}};
    must(timer_settime(timer, 0, &spec, &now));
    check(now.it_interval.tv_nsec == 10000000, "the old setting comes back");

    /* While the signal is blocked expirations are counted, and one signal tells them all. */
    block_signal(SIGRTMIN);
    ticks = overruns = 0;
    spec = (struct itimerspec){{0, 2000000}, {0, 2000000}};
    must(timer_settime(timer, 0, &spec, NULL));
    sleep_ms(50);
    unblock_signal(SIGRTMIN);
    check(ticks >= 1, "the signal came");
    check(overruns >= 15, "its overrun counts the expirations that it stands for");
    spec = (struct itimerspec){0};
    must(timer_settime(timer, 0, &spec, NULL));

    int64_t until = clock_ns(CLOCK_MONOTONIC) + 20000000;
    spec = (struct itimerspec){{0, 0}, {until / 1000000000, until % 1000000000}};
    ticks = 0;
    must(timer_settime(timer, TIMER_ABSTIME, &spec, NULL));
    while (ticks == 0) sleep_ms(1);
    check(clock_ns(CLOCK_MONOTONIC) >= until, "absolute");
    ticks = 0;
    must(timer_settime(timer, TIMER_ABSTIME, &spec, NULL));
    for (int i = 0; ticks == 0 && i < 3000; i++) sleep_ms(1);
    say("a time that is over: %d", ticks);
    must(timer_delete(timer));
    result("deleted", timer_settime(timer, 0, &spec, NULL));

    ticks = 0;
    pthread_t thread;
    must_be_zero(pthread_create(&thread, NULL, wait_here, NULL));
    while (chosen == 0) sleep_ms(1);
    event = (struct sigevent){.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
    event.sigev_notify_thread_id = chosen;
    must(timer_create(CLOCK_REALTIME, &event, &timer));
    spec = (struct itimerspec){{0, 0}, {0, 5000000}};
    must(timer_settime(timer, 0, &spec, NULL));
    must_be_zero(pthread_join(thread, NULL));
    check(taken_by == chosen, "the chosen thread takes it");
    must(timer_delete(timer));

    event = (struct sigevent){.sigev_notify = SIGEV_NONE};
    must(timer_create(CLOCK_MONOTONIC, &event, &timer));
    must(timer_settime(timer, 0, &spec, NULL));
    sleep_ms(10);
    must(timer_gettime(timer, &now));
    say("without a signal it just runs out: %ld", now.it_value.tv_nsec);
    pid_t child = fork_child();
    if (child == 0) _exit(timer_gettime(timer, &now) == -1 && errno == EINVAL ? 0 : 1);
    say_status("a child has no timers", wait_for(child));

    event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 200};
    result("no such signal", timer_create(CLOCK_MONOTONIC, &event, &timer));
    result("no such clock", timer_create(88, NULL, &timer));
    result("no such timer", syscall(SYS_timer_settime, 12345, 0, &spec, NULL));
    return finish();
}
