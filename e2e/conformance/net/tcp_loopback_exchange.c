/* build: static dynamic */
/* TCP over loopback: connect, accept, both directions, addresses on both sides, several clients, order of bytes. */
#include "loopback.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int listener = listening_socket(5), port = bound_port(listener);
    check(port >= 1024, "the kernel chose a port");
    pid_t child = fork_child();
    if (child == 0) {
        int fd = connect_to(port);
        must(write(fd, "question", 8));
        char answer[16] = "";
        read_all(fd, answer, 6);
        say("client: %s", answer);
        say("client, end of file: %zd", read(fd, answer, 1));
        _exit(0);
    }
    struct sockaddr_in peer, own;
    socklen_t length = sizeof peer;
    int fd = (int)must(accept(listener, (struct sockaddr *)&peer, &length));
    say("address length %d, family %d, from %s", (int)length, peer.sin_family == AF_INET, inet_ntoa(peer.sin_addr));
    length = sizeof own;
    must(getsockname(fd, (struct sockaddr *)&own, &length));
    check(ntohs(own.sin_port) == port && own.sin_addr.s_addr == htonl(INADDR_LOOPBACK), "own address");
    length = sizeof own;
    must(getpeername(fd, (struct sockaddr *)&own, &length));
    check(own.sin_port == peer.sin_port, "getpeername agrees with accept");
    char buffer[64] = "";
    read_all(fd, buffer, 8);
    say("server: %s", buffer);
    must(write(fd, "answer", 6));
    must(close(fd));
    say_status("client", wait_for(child));

    /* Ten clients at once, each with its own conversation. */
    pid_t clients[10];
    for (int c = 0; c < 10; c++) {
        clients[c] = fork_child();
        if (clients[c] != 0) continue;
        int own_fd = connect_to(port), good = 0;
        for (int i = 0; i < 20; i++) {
            int value = c * 1000 + i, back = 0;
            must(write(own_fd, &value, sizeof value));
            if (read_all(own_fd, &back, sizeof back) == sizeof back && back == value + 1) good++;
        }
        _exit(good);
    }
    struct pollfd list[11] = {{listener, POLLIN, 0}};
    int open_now = 1, finished = 0, accepted = 0;
    while (finished < 10) {
        must(poll(list, open_now, 8000));
        if (list[0].revents != 0) {
            list[open_now++] = (struct pollfd){(int)must(accept(listener, NULL, NULL)), POLLIN, 0};
            accepted++;
            continue;
        }
        for (int i = 1; i < open_now; i++) {
            if (list[i].revents == 0) continue;
            int value;
            if (read_all(list[i].fd, &value, sizeof value) == sizeof value) {
                value++;
                must(write(list[i].fd, &value, sizeof value));
            } else {
                close(list[i].fd);
                list[i].fd = -1;
                finished++;
            }
        }
    }
    int good = 0;
    for (int c = 0; c < 10; c++) good += WEXITSTATUS(wait_for(clients[c]));
    say("clients %d, answers %d", accepted, good);
    return finish();
}
