/* An echo server as real ones are: epoll, edge-triggered, non-blocking, 40 clients in four processes. */
#include "loopback.h"
#include <sys/epoll.h>

enum { processes = 4, clients = 10, rounds = 15 };

int main(int argc, char **argv) {
    begin(argc, argv);
    int listener = listening_socket(128), port = bound_port(listener);
    must(fcntl(listener, F_SETFL, O_NONBLOCK));
    pid_t pids[processes];
    for (int p = 0; p < processes; p++) {
        pids[p] = fork_child();
        if (pids[p] != 0) continue;
        int sockets[clients], good = 0;
        for (int i = 0; i < clients; i++) sockets[i] = connect_to(port);
        static char block[3000], back[3000];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < clients; i++) {
                fill_pattern(block, sizeof block, p * 1000 + i * 10 + round);
                write_all(sockets[i], block, sizeof block);
            }
            for (int i = 0; i < clients; i++) {
                fill_pattern(block, sizeof block, p * 1000 + i * 10 + round);
                if (read_all(sockets[i], back, sizeof back) == sizeof back && memcmp(block, back, sizeof back) == 0) good++;
            }
        }
        _exit(good == clients * rounds ? 0 : 1);
    }
    int epoll = (int)must(epoll_create1(0)), closed = 0, accepted = 0;
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = listener}, events[16];
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event));
    while (closed < processes * clients) {
        int count = (int)must(epoll_wait(epoll, events, 16, 8000));
        if (count == 0) break;
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                for (int client; (client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) != -1; accepted++) {
                    event = (struct epoll_event){.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = client};
                    must(epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event));
                }
                continue;
            }
            char buffer[4096];
            ssize_t length;
            while ((length = read(fd, buffer, sizeof buffer)) > 0) write_all(fd, buffer, length);
            if (length == 0) {
                close(fd);
                closed++;
            }
        }
    }
    for (int p = 0; p < processes; p++) say_status("clients", wait_for(pids[p]));
    say("accepted %d, closed %d", accepted, closed);
    return finish();
}
