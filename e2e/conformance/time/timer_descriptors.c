/* timerfd_create(2): expirations counted, blocking and not, poll, absolute times, settings read back. */
#include "conformance.h"
#include <poll.h>
#include <sys/timerfd.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    check(fcntl(fd, F_GETFD) == FD_CLOEXEC && (fcntl(fd, F_GETFL) & O_NONBLOCK), "flags");
    uint64_t count = 0;
    result("not armed", read(fd, &count, sizeof count));
    struct itimerspec spec = {{0, 0}, {1000, 0}}, now;
    must(timerfd_settime(fd, 0, &spec, NULL));
    result("armed, not yet", read(fd, &count, sizeof count));
    spec = (struct itimerspec){{0, 0}, {0, 20000000}};
    int64_t before = monotonic_ms();
    must(timerfd_settime(fd, 0, &spec, NULL));
    struct pollfd poll_fd = {fd, POLLIN, 0};
    result("poll", poll(&poll_fd, 1, 5000));
    check(monotonic_ms() - before >= 20, "not too early");
    result("read", read(fd, &count, sizeof count));
    say("expirations: %lu", (unsigned long)count);
    result("read again", read(fd, &count, sizeof count));
    result("poll again", poll(&poll_fd, 1, 0));

    spec = (struct itimerspec){{0, 5000000}, {0, 5000000}};
    must(timerfd_settime(fd, 0, &spec, NULL));
    sleep_ms(60);
    must(read(fd, &count, sizeof count));
    check(count >= 10, "expirations add up");
    must(timerfd_gettime(fd, &now));
    check(now.it_interval.tv_nsec == 5000000 && now.it_value.tv_nsec <= 5000000, "the setting can be read");
    spec = (struct itimerspec){0};
    must(timerfd_settime(fd, 0, &spec, &now));
    check(now.it_interval.tv_nsec == 5000000, "and comes back when it is replaced");
    must(timerfd_gettime(fd, &now));
    say("disarmed: %ld", now.it_value.tv_nsec);

    int blocking = (int)must(timerfd_create(CLOCK_REALTIME, 0));
    int64_t until = clock_ns(CLOCK_REALTIME) + 20000000;
    spec = (struct itimerspec){{0, 0}, {until / 1000000000, until % 1000000000}};
    must(timerfd_settime(blocking, TFD_TIMER_ABSTIME, &spec, NULL));
    result("blocking read", read(blocking, &count, sizeof count));
    check(clock_ns(CLOCK_REALTIME) >= until && count == 1, "at the absolute time");
    must(timerfd_settime(blocking, TFD_TIMER_ABSTIME, &spec, NULL));
    result("a time that is over", read(blocking, &count, sizeof count));

    /* A child shares the timer through its descriptor. */
    spec = (struct itimerspec){{0, 0}, {0, 1000000}};
    must(timerfd_settime(blocking, 0, &spec, NULL));
    pid_t child = fork_child();
    if (child == 0) _exit(read(blocking, &count, sizeof count) == 8 ? (int)count : 99);
    say_status("child read", wait_for(child));

    result("short buffer", read(fd, &count, 4));
    result("write", write(fd, &count, sizeof count));
    result("no such clock", timerfd_create(77, 0));
    result("odd flags", timerfd_create(CLOCK_MONOTONIC, 1));
    spec.it_value.tv_nsec = 1000000000;
    result("odd time", timerfd_settime(fd, 0, &spec, NULL));
    result("no timer", timerfd_settime(0, 0, &spec, NULL));
    result("no descriptor", timerfd_settime(999, 0, &spec, NULL));
    result("bad address", syscall(SYS_timerfd_settime, fd, 0, 8, NULL));
    return finish();
}
