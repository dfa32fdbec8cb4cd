/* eventfd(2): adding, reading, semaphore mode, overflow, blocking, errors. */
#include "conformance.h"
#include <poll.h>
#include <sys/eventfd.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));
    uint64_t value = 0;
    check(fcntl(fd, F_GETFD) == FD_CLOEXEC && (fcntl(fd, F_GETFL) & O_NONBLOCK), "flags");
    result("read", read(fd, &value, 8));
    say("value: %lu", (unsigned long)value);
    result("empty", read(fd, &value, 8));
    for (value = 1; value <= 4; value++) must(write(fd, &value, 8));
    must(read(fd, &value, 8));
    say("sum: %lu", (unsigned long)value);
    value = UINT64_MAX - 1;
    result("the most", write(fd, &value, 8));
    value = 1;
    result("one more", write(fd, &value, 8));
    struct pollfd poll_fd = {fd, POLLIN | POLLOUT, 0};
    must(poll(&poll_fd, 1, 0));
    say("full: readable %d, writable %d", (poll_fd.revents & POLLIN) != 0, (poll_fd.revents & POLLOUT) != 0);
    must(read(fd, &value, 8));
    check(value == UINT64_MAX - 1, "all of it comes back");
    must(poll(&poll_fd, 1, 0));
    say("empty: readable %d, writable %d", (poll_fd.revents & POLLIN) != 0, (poll_fd.revents & POLLOUT) != 0);
    value = UINT64_MAX;
    result("a value that cannot be", write(fd, &value, 8));
    result("short write", write(fd, &value, 4));
    value = 7;
    result("short read", read(fd, &value, 4));

    int semaphore = (int)must(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
    for (int i = 0; i < 3; i++) {
        value = 0;
        result("semaphore", read(semaphore, &value, 8));
        say("value: %lu", (unsigned long)value);
    }

    int blocking = (int)must(eventfd(0, 0));
    pid_t child = fork_child();
    if (child == 0) {
        must(read(blocking, &value, 8));
        _exit((int)value);
    }
    wait_until_asleep(child);
    value = 42;
    must(write(blocking, &value, 8));
    say_status("child woke up with", wait_for(child));
    result("odd flags", eventfd(0, 0x4000000));
    return finish();
}
