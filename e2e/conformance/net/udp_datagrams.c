/* build: static dynamic */
/* UDP over loopback: borders, truncation, empty datagrams, senders' addresses, connecting, refused ports, sizes. */
#include "loopback.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int server = bound_socket(SOCK_DGRAM), client = bound_socket(SOCK_DGRAM);
    struct sockaddr_in to = loopback(bound_port(server)), from;
    socklen_t length = sizeof from;
    char buffer[70000] = "";
    result("send", sendto(client, "hello", 5, 0, (struct sockaddr *)&to, sizeof to));
    result("an empty one", sendto(client, "", 0, 0, (struct sockaddr *)&to, sizeof to));
    result("another", sendto(client, "third one", 9, 0, (struct sockaddr *)&to, sizeof to));
    result("receive", recvfrom(server, buffer, 64, 0, (struct sockaddr *)&from, &length));
    check(ntohs(from.sin_port) == bound_port(client) && from.sin_addr.s_addr == htonl(INADDR_LOOPBACK), "from the client");
    result("the empty one", recv(server, buffer, 64, 0));
    int waiting = -1;
    must(ioctl(server, FIONREAD, &waiting));
    say("length of the next: %d", waiting);
    result("peek", recv(server, buffer, 64, MSG_PEEK));
    result("cut, with its real length", recv(server, buffer, 3, MSG_TRUNC));
    result("its rest is lost", recv(server, buffer, 64, MSG_DONTWAIT));
    result("answer", sendto(server, "answer", 6, 0, (struct sockaddr *)&from, length));
    result("received", recv(client, buffer, 64, 0));

    result("connect", connect(client, (struct sockaddr *)&to, sizeof to));
    result("send without address", send(client, "connected", 9, 0));
    result("received", recv(server, buffer, 64, 0));
    int stranger = bound_socket(SOCK_DGRAM);
    struct sockaddr_in to_client = loopback(bound_port(client));
    must(sendto(stranger, "not for you", 11, 0, (struct sockaddr *)&to_client, sizeof to_client));
    must(sendto(server, "for you", 7, 0, (struct sockaddr *)&to_client, sizeof to_client));
    result("a connected one hears its peer only", recv(client, buffer, 64, 0));
    struct sockaddr_in peer;
    length = sizeof peer;
    must(getpeername(client, (struct sockaddr *)&peer, &length));
    check(peer.sin_port == to.sin_port, "its peer");
    result("dissolved", connect(client, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)));
    result("no peer", getpeername(client, (struct sockaddr *)&peer, &length));
    result("no address", send(client, "x", 1, 0));

    /* A port without socket answers with ICMP, which a connected socket learns. */
    to = loopback(unused_port(SOCK_DGRAM));
    must(connect(client, (struct sockaddr *)&to, sizeof to));
    result("to nobody", send(client, "x", 1, 0));
    await_events(client, POLLIN);
    result("then", recv(client, buffer, 64, MSG_DONTWAIT));
    result("told once", recv(client, buffer, 64, MSG_DONTWAIT));
    result("to nobody", send(client, "x", 1, 0));
    await_events(client, POLLIN);
    say("as SO_ERROR: %s", errno_name(option(client, SOL_SOCKET, SO_ERROR)));

    to = loopback(bound_port(server));
    must(connect(client, (struct sockaddr *)&to, sizeof to));
    fill_pattern(buffer, 65507, 3);
    uint64_t sum = checksum(0, buffer, 65507);
    result("the largest", send(client, buffer, 65507, 0));
    memset(buffer, 0, sizeof buffer);
    result("received", recv(server, buffer, sizeof buffer, 0));
    check(checksum(0, buffer, 65507) == sum, "whole");
    result("one byte more", send(client, buffer, 65508, 0));
    to.sin_port = 0;
    result("to port 0", sendto(stranger, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
    result("shutdown", shutdown(server, SHUT_RD));
    result("listen", listen(server, 1));
    result("accept", accept(server, NULL, NULL));

    struct iovec parts[2] = {{"two ", 4}, {"parts", 5}};
    struct sockaddr_in to_stranger = loopback(bound_port(stranger));
    struct msghdr message = {.msg_name = &to_stranger, .msg_namelen = sizeof to_stranger, .msg_iov = parts, .msg_iovlen = 2};
    int sender = bound_socket(SOCK_DGRAM);
    result("sendmsg", sendmsg(sender, &message, 0));
    result("recv", recv(stranger, buffer, 64, 0));
    struct mmsghdr many[3];
    for (int i = 0; i < 3; i++) many[i] = (struct mmsghdr){.msg_hdr = message};
    result("sendmmsg", sendmmsg(sender, many, 3, 0));
    static char rooms[3][16];
    struct iovec into[3];
    for (int i = 0; i < 3; i++) {
        into[i] = (struct iovec){rooms[i], 16};
        many[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &into[i], .msg_iovlen = 1}};
    }
    result("recvmmsg", recvmmsg(stranger, many, 3, 0, NULL));
    say("lengths: %u %u %u", many[0].msg_len, many[1].msg_len, many[2].msg_len);
    return finish();
}
