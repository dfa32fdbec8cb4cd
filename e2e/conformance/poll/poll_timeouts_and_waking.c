/* poll(2), ppoll(2), select(2): timeouts, and waking when another process writes, closes or opens. */
#include "conformance.h"
#include <poll.h>
#include <sys/select.h>

static void tell(const char *what, int64_t started, long at_least, long value) {
    say("%s: %ld, waited long enough %d", what, value, monotonic_ms() - started >= at_least);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe(ends));
    struct pollfd poll_fd = {ends[0], POLLIN, 0};
    int64_t started = monotonic_ms();
    tell("no time", started, 0, poll(&poll_fd, 1, 0));
    started = monotonic_ms();
    tell("30 ms", started, 30, poll(&poll_fd, 1, 30));
    started = monotonic_ms();
    tell("30 ms, nothing to watch", started, 30, poll(NULL, 0, 30));
    struct timespec time = {0, 30000000};
    started = monotonic_ms();
    tell("ppoll", started, 30, ppoll(&poll_fd, 1, &time, NULL));
    say("ppoll leaves its timeout alone: %ld", time.tv_nsec);
    struct timeval timeout = {0, 30000};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    started = monotonic_ms();
    tell("select", started, 30, select(ends[0] + 1, &set, NULL, NULL, &timeout));
    say("the set is empty: %d, the timeout ran down: %ld %ld", !FD_ISSET(ends[0], &set), (long)timeout.tv_sec,
        (long)timeout.tv_usec);

    pid_t parent = getpid();
    for (int how = 0; how < 4; how++) {
        pid_t child = fork_child();
        if (child == 0) {
            if (how == 3) close(ends[1]);
            wait_until_asleep(parent);
            if (how < 3) must(write(ends[1], "x", 1));
            _exit(0);
        }
        if (how == 3) close(ends[1]);
        int value;
        started = monotonic_ms();
        if (how == 0) {
            value = poll(&poll_fd, 1, -1);
            say("poll: %d, revents %d", value, poll_fd.revents);
        } else if (how == 1) {
            value = ppoll(&poll_fd, 1, NULL, NULL);
            say("ppoll: %d, revents %d", value, poll_fd.revents);
        } else if (how == 2) {
            FD_SET(ends[0], &set);
            value = select(ends[0] + 1, &set, NULL, NULL, NULL);
            say("select: %d, set %d", value, FD_ISSET(ends[0], &set));
        } else {
            value = poll(&poll_fd, 1, 5000);
            say("the last writer has closed: %d, hang-up %d", value, (poll_fd.revents & POLLHUP) != 0);
        }
        char byte;
        if (how < 3) must(read(ends[0], &byte, 1));
        wait_for(child);
    }

    /* One of a hundred descriptors becomes ready. */
    struct pollfd list[100];
    int pipes[100][2];
    for (int i = 0; i < 100; i++) {
        must(pipe(pipes[i]));
        list[i] = (struct pollfd){pipes[i][0], POLLIN, 0};
    }
    pid_t child = fork_child();
    if (child == 0) {
        wait_until_asleep(parent);
        must(write(pipes[73][1], "x", 1));
        _exit(0);
    }
    result("one of a hundred", poll(list, 100, -1));
    for (int i = 0; i < 100; i++)
        if (list[i].revents != 0) say("it is number %d", i);
    wait_for(child);
    /* Two processes wait for the same pipe: both wake. */
    pid_t waiters[2];
    for (int i = 0; i < 2; i++) {
        waiters[i] = fork_child();
        if (waiters[i] == 0) {
            struct pollfd mine = {pipes[5][0], POLLIN, 0};
            _exit(poll(&mine, 1, 9000));
        }
        wait_until_asleep(waiters[i]);
    }
    must(write(pipes[5][1], "x", 1));
    for (int i = 0; i < 2; i++) say_status("waiter", wait_for(waiters[i]));

    time = (struct timespec){0, 1000000000};
    result("ppoll, odd time", ppoll(&poll_fd, 1, &time, NULL));
    time = (struct timespec){-1, 0};
    result("ppoll, negative time", ppoll(&poll_fd, 1, &time, NULL));
    return finish();
}
