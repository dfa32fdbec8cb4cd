/* epoll_create(2), epoll_ctl(2), epoll_wait(2): what is refused. */
#include "conformance.h"
#include <sys/epoll.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int epoll = (int)must(epoll_create1(0)), second = (int)must(epoll_create1(EPOLL_CLOEXEC)), ends[2];
    say("close-on-exec: %d %d", fcntl(epoll, F_GETFD), fcntl(second, F_GETFD));
    must(pipe(ends));
    struct epoll_event event = {.events = EPOLLIN};
    int file = (int)must(open("file", O_RDWR | O_CREAT, 0644)), directory = (int)must(open(".", O_RDONLY));
    result("odd flags", epoll_create1(1));
    result("size 0", epoll_create(0));
    outcome("size 1", epoll_create(1));
    result("add", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
    result("add again", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
    result("a duplicate is another one", epoll_ctl(epoll, EPOLL_CTL_ADD, dup(ends[0]), &event));
    result("modify what is not there", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[1], &event));
    result("delete what is not there", epoll_ctl(epoll, EPOLL_CTL_DEL, ends[1], NULL));
    result("a regular file", epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event));
    result("a directory", epoll_ctl(epoll, EPOLL_CTL_ADD, directory, &event));
    result("itself", epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, &event));
    result("one in the other", epoll_ctl(epoll, EPOLL_CTL_ADD, second, &event));
    result("and back: a loop", epoll_ctl(second, EPOLL_CTL_ADD, epoll, &event));
    result("not open", epoll_ctl(epoll, EPOLL_CTL_ADD, 900, &event));
    result("no instance", epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event));
    result("instance not open", epoll_ctl(900, EPOLL_CTL_ADD, ends[1], &event));
    result("odd operation", epoll_ctl(epoll, 99, ends[0], &event));
    result("no event", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], NULL));
    result("wait for none", epoll_wait(epoll, &event, 0, 0));
    result("wait for a negative number", epoll_wait(epoll, &event, -1, 0));
    result("wait on a pipe", epoll_wait(ends[0], &event, 1, 0));
    result("wait on nothing", epoll_wait(900, &event, 1, 0));
    must(write(ends[1], "x", 1));
    result("events to a bad address", syscall(SYS_epoll_wait, epoll, 16, 8, 0));
    char byte;
    result("read an instance", read(epoll, &byte, 1));
    return finish();
}
