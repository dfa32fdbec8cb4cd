/* build: static dynamic */
/* epoll(7): level and edge triggering, one shot, modification, data, several events at once. */
#include "conformance.h"
#include <sys/epoll.h>

static int epoll;

static void tell(const char *what) {
    struct epoll_event events[8];
    int count = epoll_wait(epoll, events, 8, 0);
    char line[256] = "";
    /* Sorted by their data: the order of readiness is nobody's promise. */
    for (int number = 0; number < 100; number++)
        for (int i = 0; i < count; i++)
            if (events[i].data.u64 == (uint64_t)number)
                snprintf(line + strlen(line), sizeof line - strlen(line), " %d:%s%s%s%s%s", number,
                         events[i].events & EPOLLIN ? "IN " : "", events[i].events & EPOLLOUT ? "OUT " : "",
                         events[i].events & EPOLLHUP ? "HUP " : "", events[i].events & EPOLLERR ? "ERR " : "",
                         events[i].events & EPOLLRDHUP ? "RDHUP" : "");
    say("%s: %d%s", what, count, line);
}

static void control(int operation, int fd, uint32_t events, int number) {
    struct epoll_event event = {.events = events, .data.u64 = number};
    must(epoll_ctl(epoll, operation, fd, &event));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    epoll = (int)must(epoll_create1(EPOLL_CLOEXEC));
    int level[2], edge[2], once[2];
    must(pipe2(level, O_NONBLOCK));
    must(pipe2(edge, O_NONBLOCK));
    must(pipe2(once, O_NONBLOCK));
    control(EPOLL_CTL_ADD, level[0], EPOLLIN, 1);
    control(EPOLL_CTL_ADD, edge[0], EPOLLIN | EPOLLET, 2);
    control(EPOLL_CTL_ADD, once[0], EPOLLIN | EPOLLONESHOT, 3);
    tell("nothing yet");
    must(write(level[1], "ab", 2));
    must(write(edge[1], "ab", 2));
    must(write(once[1], "ab", 2));
    tell("bytes in all");
    tell("level only");
    char byte;
    must(read(edge[0], &byte, 1));
    tell("reading a part brings no new edge");
    must(write(edge[1], "c", 1));
    tell("a write does");
    must(read(level[0], &byte, 1));
    tell("level while a byte is left");
    must(read(level[0], &byte, 1));
    tell("level, empty");
    control(EPOLL_CTL_MOD, once[0], EPOLLIN | EPOLLONESHOT, 4);
    tell("one shot rearmed, with new data");
    tell("and spent");
    control(EPOLL_CTL_MOD, edge[0], EPOLLIN | EPOLLET, 5);
    tell("a modification tells an edge that is there");
    tell("once");

    control(EPOLL_CTL_ADD, level[1], EPOLLOUT, 6);
    tell("writer");
    control(EPOLL_CTL_MOD, level[1], 0, 6);
    tell("nothing wanted");
    must(close(level[0]));
    tell("the reader's close is told although not wanted");
    must(epoll_ctl(epoll, EPOLL_CTL_DEL, level[1], NULL));
    tell("removed");
    must(close(edge[1]));
    tell("the writer's close");
    control(EPOLL_CTL_ADD, once[1], EPOLLOUT | EPOLLET, 7);
    tell("edge-triggered writer, writable from the start");
    tell("told once");

    /* Fewer places than events: the others come next, none is forgotten. */
    int many[6][2], seen = 0;
    for (int i = 0; i < 6; i++) {
        must(pipe(many[i]));
        control(EPOLL_CTL_ADD, many[i][0], EPOLLIN | EPOLLONESHOT, 10 + i);
        must(write(many[i][1], "x", 1));
    }
    for (int round = 0; round < 3; round++) {
        struct epoll_event two[2];
        int count = epoll_wait(epoll, two, 2, 0);
        for (int i = 0; i < count; i++) seen |= 1 << (two[i].data.u64 - 10);
    }
    say("six in three rounds of two: %x", seen);
    tell("none left");
    return finish();
}
