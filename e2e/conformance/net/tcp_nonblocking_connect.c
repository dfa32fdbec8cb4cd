/* Non-blocking TCP: connect in progress, poll, SO_ERROR, success and failure, accept, send until full. */
#include "loopback.h"

static int start(int port) {
    int fd = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    struct sockaddr_in name = loopback(port);
    int value = connect(fd, (struct sockaddr *)&name, sizeof name);
    /* On the loopback it may be done at once. */
    check(value == 0 || errno == EINPROGRESS || errno == ECONNREFUSED, "connect begins");
    return fd;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int listener = listening_socket(5);
    must(fcntl(listener, F_SETFL, O_NONBLOCK));
    result("nobody to accept", accept(listener, NULL, NULL));
    int client = start(bound_port(listener));
    short events = await_events(client, POLLOUT);
    say("writable %d, error %d", (events & POLLOUT) != 0, (events & (POLLERR | POLLHUP)) != 0);
    say("SO_ERROR: %d", option(client, SOL_SOCKET, SO_ERROR));
    await_events(listener, POLLIN);
    int server = (int)must(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
    say("accept4 nonblocking %d, accepted ones do not inherit it %d", (fcntl(server, F_GETFL) & O_NONBLOCK) != 0,
        (fcntl(listener, F_GETFL) & O_NONBLOCK) != 0);

    int refused = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    struct sockaddr_in name = loopback(unused_port(SOCK_STREAM));
    int value = connect(refused, (struct sockaddr *)&name, sizeof name);
    if (value == -1 && errno == EINPROGRESS) {
        events = await_events(refused, POLLOUT);
        say("refused: %s", errno_name(option(refused, SOL_SOCKET, SO_ERROR)));
    } else {
        say("refused: %s", errno_name(errno));
    }

    char buffer[65536] = "";
    result("nothing to read", read(client, buffer, 10));
    long sent = 0;
    for (ssize_t step; (step = write(client, buffer, sizeof buffer)) > 0 || errno == EINTR;) sent += step;
    say("buffers full: %s, more than 64 KiB %d", errno_name(errno), sent > 65536);
    /* Segments may still be moving from one buffer to the other: it is full when nothing moves any more. */
    for (int still = 0; still < 3; still++) {
        sleep_ms(10);
        for (ssize_t step; (step = write(client, buffer, sizeof buffer)) > 0; still = 0) sent += step;
    }
    struct pollfd poll_fd = {client, POLLOUT, 0};
    result("not writable", poll(&poll_fd, 1, 0));
    long received = 0;
    while (received < sent) {
        ssize_t step = read(server, buffer, sizeof buffer);
        if (step > 0) received += step;
        else await_events(server, POLLIN);
    }
    check(received == sent, "all of it arrives");
    say("writable again: %d", (await_events(client, POLLOUT) & POLLOUT) != 0);
    result("empty", read(server, buffer, 10));
    must(close(client));
    await_events(server, POLLIN);
    result("end of file", read(server, buffer, 10));
    return finish();
}
