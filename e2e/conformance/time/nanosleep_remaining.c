/* nanosleep(2): the rest after a signal, going on after stop and continue, errors. */
#include "conformance.h"

static void handler(int number) {
    (void)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, handler, SA_RESTART);
    pid_t parent = getpid();
    pid_t helper = fork_child();
    if (helper == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    struct timespec time = {100, 0}, left = {-1, -1};
    result("interrupted", nanosleep(&time, &left));
    check(left.tv_sec >= 90 && left.tv_sec < 100 && left.tv_nsec >= 0 && left.tv_nsec < 1000000000, "the rest is told");
    wait_for(helper);
    helper = fork_child();
    if (helper == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    result("interrupted, nobody asks for the rest", nanosleep(&time, NULL));
    wait_for(helper);
    time = (struct timespec){0, 1000000};
    left = (struct timespec){-5, -5};
    result("to the end", nanosleep(&time, &left));
    say("the rest is left alone: %ld %ld", (long)left.tv_sec, left.tv_nsec);

    /* Stop and continue without a handler: the sleep goes on and its end does not move forward. */
    pid_t child = fork_child();
    if (child == 0) {
        int64_t before = monotonic_ms();
        time = (struct timespec){0, 150000000};
        int value = nanosleep(&time, NULL);
        _exit(value == 0 && monotonic_ms() - before >= 149 ? 0 : 1);
    }
    wait_until_asleep(child);
    int status;
    must(kill(child, SIGSTOP));
    must(waitpid(child, &status, WUNTRACED));
    must(kill(child, SIGCONT));
    say_status("slept over a stop", wait_for(child));

    time = (struct timespec){0, 1000000000};
    result("too many nanoseconds", nanosleep(&time, NULL));
    time = (struct timespec){-1, 0};
    result("negative", nanosleep(&time, NULL));
    result("bad address", syscall(SYS_nanosleep, 8, NULL));
    int64_t before = monotonic_ms();
    result("usleep", usleep(30000));
    check(monotonic_ms() - before >= 30, "long enough");
    return finish();
}
