/* unix(7) datagram and seqpacket sockets: borders, truncation, empty messages, connecting, addresses of senders. */
#include "conformance.h"
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address(const char *path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    return name;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    const int types[] = {SOCK_DGRAM, SOCK_SEQPACKET};
    for (int t = 0; t < 2; t++) {
        say(t == 0 ? "-- datagrams" : "-- sequenced packets");
        int ends[2];
        char buffer[64] = "";
        must(socketpair(AF_UNIX, types[t], 0, ends));
        must(send(ends[0], "first", 5, 0));
        must(send(ends[0], "", 0, 0));
        must(send(ends[0], "the third one", 13, 0));
        must(send(ends[0], "fourth", 6, 0));
        result("one message", recv(ends[1], buffer, 64, 0));
        result("an empty one", recv(ends[1], buffer, 64, 0));
        result("cut", recv(ends[1], buffer, 5, 0));
        result("its rest is lost", recv(ends[1], buffer, 3, MSG_TRUNC));
        struct iovec part = {buffer, 4};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        must(send(ends[0], "truncated", 9, 0));
        result("recvmsg", recvmsg(ends[1], &message, 0));
        say("told: %d", (message.msg_flags & MSG_TRUNC) != 0);
        static char large[1 << 20];
        result("too large", send(ends[0], large, sizeof large, MSG_DONTWAIT));
        must(close(ends[0]));
        handle(SIGPIPE, SIG_IGN, 0);
        result("to a peer that is gone", send(ends[1], "x", 1, 0));
        if (types[t] == SOCK_SEQPACKET) result("from it", recv(ends[1], buffer, 64, 0));
    }

    say("-- names");
    int server = (int)must(socket(AF_UNIX, SOCK_DGRAM, 0)), client = (int)must(socket(AF_UNIX, SOCK_DGRAM, 0));
    struct sockaddr_un server_name = address("server"), client_name = address("client"), from;
    socklen_t length = sizeof from;
    must(bind(server, (struct sockaddr *)&server_name, sizeof server_name));
    result("without a name", sendto(client, "anonymous", 9, 0, (struct sockaddr *)&server_name, sizeof server_name));
    char buffer[64];
    result("received", recvfrom(server, buffer, 64, 0, (struct sockaddr *)&from, &length));
    say("length of its address: %d", (int)length);
    must(bind(client, (struct sockaddr *)&client_name, sizeof client_name));
    must(connect(client, (struct sockaddr *)&server_name, sizeof server_name));
    must(send(client, "named", 5, 0));
    length = sizeof from;
    must(recvfrom(server, buffer, 64, 0, (struct sockaddr *)&from, &length));
    say("from: %s", from.sun_path);
    result("answer", sendto(server, "answer", 6, 0, (struct sockaddr *)&from, length));
    result("received", recv(client, buffer, 64, 0));
    int third = (int)must(socket(AF_UNIX, SOCK_DGRAM, 0));
    result("a connected one takes only its peer's",
           sendto(third, "x", 1, 0, (struct sockaddr *)&client_name, sizeof client_name));
    must(close(server));
    result("the peer is gone", send(client, "x", 1, 0));
    result("its name is there, nobody behind it", sendto(third, "x", 1, 0, (struct sockaddr *)&server_name, sizeof server_name));
    result("no address", send(third, "x", 1, 0));
    result("listen", listen(third, 5));
    result("accept", accept(third, NULL, NULL));
    return finish();
}
