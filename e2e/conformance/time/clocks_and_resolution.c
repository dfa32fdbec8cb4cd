/* build: static dynamic */
/* clock_gettime(2), clock_getres(2), gettimeofday(2), time(2): the clocks run, never backwards, and agree. */
#include "conformance.h"
#include <sys/time.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    static const struct {
        const char *name;
        clockid_t clock;
    } clocks[] = {
        {"REALTIME", CLOCK_REALTIME},
        {"MONOTONIC", CLOCK_MONOTONIC},
        {"PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
        {"THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
        {"MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
        {"REALTIME_COARSE", CLOCK_REALTIME_COARSE},
        {"MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE},
        {"BOOTTIME", CLOCK_BOOTTIME},
        {"TAI", CLOCK_TAI},
    };
    for (size_t i = 0; i < COUNT(clocks); i++) {
        struct timespec resolution = {-1, -1}, now = {-1, -1};
        int first = clock_getres(clocks[i].clock, &resolution), second = clock_gettime(clocks[i].clock, &now);
        say("%s: %s, %s, resolution in range %d, nanoseconds in range %d", clocks[i].name,
            first == 0 ? "ok" : errno_name(errno), second == 0 ? "ok" : errno_name(errno),
            resolution.tv_sec == 0 && resolution.tv_nsec > 0 && resolution.tv_nsec <= 10000000,
            now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
    }
    bool backwards = false;
    int64_t last = clock_ns(CLOCK_MONOTONIC), start = last;
    for (int i = 0; i < 20000; i++) {
        int64_t now = clock_ns(CLOCK_MONOTONIC);
        if (now < last) backwards = true;
        last = now;
    }
    check(!backwards, "the monotonic clock never goes back");
    check(last > start, "and goes on");
    check(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &(struct timespec){0, 0}) == 0, "as a system call as well");

    struct timeval day;
    must(gettimeofday(&day, NULL));
    time_t seconds = time(NULL);
    int64_t real = clock_ns(CLOCK_REALTIME) / 1000000000;
    check(real - day.tv_sec >= 0 && real - day.tv_sec <= 2 && seconds - day.tv_sec >= 0 && seconds - day.tv_sec <= 2,
          "gettimeofday, time and the real-time clock agree");
    check(real > 1700000000, "it is later than 2023");
    struct timespec system_call;
    must(syscall(SYS_clock_gettime, CLOCK_REALTIME, &system_call));
    check(system_call.tv_sec - real >= 0 && system_call.tv_sec - real <= 2, "the system call agrees with the library");

    int64_t processor = clock_ns(CLOCK_PROCESS_CPUTIME_ID), monotonic = clock_ns(CLOCK_MONOTONIC);
    sleep_ms(50);
    check(clock_ns(CLOCK_MONOTONIC) - monotonic >= 50000000, "sleeping takes time");
    check(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - processor < 40000000, "but not processor time");
    check(clock_ns(CLOCK_BOOTTIME) >= clock_ns(CLOCK_MONOTONIC) - 1000000000, "boot time includes monotonic time");

    clockid_t other;
    check(clock_getcpuclockid(getpid(), &other) == 0 && clock_ns(other) > 0, "the processor clock of a process");
    result("no such clock", clock_gettime(77, &system_call));
    result("no resolution of it", clock_getres(77, &system_call));
    result("bad address", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 8));
    result("resolution to nowhere", clock_getres(CLOCK_MONOTONIC, NULL));
    result("set a clock that cannot be set", clock_settime(CLOCK_MONOTONIC, &system_call));
    return finish();
}
