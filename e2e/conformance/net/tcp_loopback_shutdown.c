/* TCP: half close, both directions independent, end of file, poll events, EPIPE, reset by unread data and by lingering 0. */
#include "loopback.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGPIPE, SIG_IGN, 0);
    char buffer[64] = "";
    struct connection c = connected_pair();
    must(write(c.client, "request", 7));
    must(shutdown(c.client, SHUT_WR));
    read_all(c.server, buffer, 7);
    say("request: %s", buffer);
    result("end of the request", read(c.server, buffer, 64));
    say("events: %s", await_events(c.server, POLLRDHUP) & POLLRDHUP ? "RDHUP" : "none");
    result("the answer goes", write(c.server, "answer", 6));
    read_all(c.client, buffer, 6);
    say("answer: %.6s", buffer);
    result("write after shutdown", write(c.client, "x", 1));
    result("shutdown again", shutdown(c.client, SHUT_WR));
    must(close(c.server));
    result("end of the answer", read(c.client, buffer, 64));
    say("both sides closed: %s", await_events(c.client, POLLIN) & POLLHUP ? "HUP" : "no HUP");

    c = connected_pair();
    must(shutdown(c.client, SHUT_RD));
    result("shut for reading", read(c.client, buffer, 64));
    must(shutdown(c.client, SHUT_RDWR));
    result("the peer sees the end", read(c.server, buffer, 64));

    /* Closing with bytes unread resets the connection. */
    c = connected_pair();
    must(write(c.client, "never read", 10));
    await_events(c.server, POLLIN);
    must(close(c.server));
    say("reset: error %d hang-up %d", (await_events(c.client, POLLIN) & POLLERR) != 0,
        (await_events(c.client, POLLIN) & POLLHUP) != 0);
    result("read", read(c.client, buffer, 64));
    result("read again", read(c.client, buffer, 64));
    result("write", write(c.client, "x", 1));

    c = connected_pair();
    struct linger linger = {1, 0};
    must(setsockopt(c.client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    must(close(c.client));
    await_events(c.server, POLLIN);
    say("lingering 0 resets: %s", errno_name(option(c.server, SOL_SOCKET, SO_ERROR)));
    result("SO_ERROR is told once, then read gives", read(c.server, buffer, 64));

    /* A write to a peer that is gone: the first is taken, the reset comes, the next one fails. */
    c = connected_pair();
    must(close(c.server));
    await_events(c.client, POLLIN);
    result("first write", write(c.client, "x", 1));
    await_events(c.client, POLLERR);
    result("second write", write(c.client, "x", 1));

    int fd = (int)must(socket(AF_INET, SOCK_STREAM, 0));
    result("shutdown of an unconnected one", shutdown(fd, SHUT_WR));
    result("odd how", shutdown(c.client, 9));
    return finish();
}
