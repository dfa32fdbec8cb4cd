/* epoll(7): waiting with and without limit, several waiters, nested instances, closed and duplicated descriptors, fork. */
#include "conformance.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static void add(int epoll, int fd, uint32_t events, int number) {
    struct epoll_event event = {.events = events, .data.u64 = number};
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int epoll = (int)must(epoll_create1(0)), ends[2];
    must(pipe(ends));
    add(epoll, ends[0], EPOLLIN, 1);
    struct epoll_event event;
    int64_t started = monotonic_ms();
    result("30 ms", epoll_wait(epoll, &event, 1, 30));
    check(monotonic_ms() - started >= 30, "long enough");
    pid_t parent = getpid(), child = fork_child();
    if (child == 0) {
        wait_until_asleep(parent);
        must(write(ends[1], "x", 1));
        _exit(0);
    }
    result("without limit", epoll_wait(epoll, &event, 1, -1));
    say("data: %d", (int)event.data.u64);
    wait_for(child);
    char byte;
    must(read(ends[0], &byte, 1));

    /* An instance is a descriptor itself: readable when it has events. */
    int outer = (int)must(epoll_create1(0));
    add(outer, epoll, EPOLLIN, 2);
    struct pollfd poll_fd = {epoll, POLLIN, 0};
    say("nested, nothing: %d %d", epoll_wait(outer, &event, 1, 0), poll(&poll_fd, 1, 0));
    must(write(ends[1], "x", 1));
    int nested = epoll_wait(outer, &event, 1, 0), polled = poll(&poll_fd, 1, 0);
    say("nested, a byte: %d %d, data %d", nested, polled, (int)event.data.u64);
    must(read(ends[0], &byte, 1));

    /* Closing the last descriptor of a file removes it; a duplicate keeps it there. */
    int copy = dup(ends[0]);
    must(write(ends[1], "x", 1));
    must(close(ends[0]));
    result("closed, but a duplicate is left", epoll_wait(epoll, &event, 1, 0));
    must(close(copy));
    result("closed for good", epoll_wait(epoll, &event, 1, 0));

    /* Two waiting threads of execution at one edge-triggered event: one is woken. */
    int counter = (int)must(eventfd(0, EFD_NONBLOCK));
    add(epoll, counter, EPOLLIN | EPOLLET, 3);
    pid_t waiters[2];
    for (int i = 0; i < 2; i++) {
        waiters[i] = fork_child();
        if (waiters[i] == 0) _exit(epoll_wait(epoll, &event, 1, 200));
        wait_until_asleep(waiters[i]);
    }
    uint64_t one = 1;
    must(write(counter, &one, 8));
    int woken = 0;
    for (int i = 0; i < 2; i++) woken += WEXITSTATUS(wait_for(waiters[i]));
    say("woken: %d", woken);

    /* A child's changes are seen by the parent: the instance is shared. */
    child = fork_child();
    if (child == 0) {
        must(epoll_ctl(epoll, EPOLL_CTL_DEL, counter, NULL));
        _exit(0);
    }
    wait_for(child);
    must(write(counter, &one, 8));
    result("removed by the child", epoll_wait(epoll, &event, 1, 0));

    /* Level-triggered and unread: told to every call. */
    add(epoll, counter, EPOLLIN, 4);
    int told = 0;
    for (int i = 0; i < 5; i++) told += epoll_wait(epoll, &event, 1, 0);
    say("told: %d", told);
    return finish();
}
