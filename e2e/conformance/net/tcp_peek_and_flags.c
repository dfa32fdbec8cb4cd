/* recv(2) and send(2): MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT, MSG_TRUNC, FIONREAD, vectors. */
#include "loopback.h"
#include <sys/uio.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    struct connection c = connected_pair();
    char buffer[64] = "", second[64] = "";
    result("nothing", recv(c.server, buffer, 64, MSG_DONTWAIT));
    struct iovec parts[3] = {{"one ", 4}, {"two ", 4}, {"three", 5}};
    result("writev", writev(c.client, parts, 3));
    while (option(c.server, SOL_SOCKET, SO_ERROR) == 0) {
        int waiting = 0;
        must(ioctl(c.server, FIONREAD, &waiting));
        if (waiting == 13) break;
        sleep_ms(1);
    }
    result("peek", recv(c.server, buffer, 6, MSG_PEEK));
    say("peeked: '%s'", buffer);
    result("peek again", recv(c.server, buffer, 64, MSG_PEEK));
    say("peeked: '%s'", buffer);
    struct iovec into[2] = {{buffer, 5}, {second, 63}};
    memset(buffer, 0, sizeof buffer);
    struct msghdr message = {.msg_iov = into, .msg_iovlen = 2};
    result("recvmsg", recvmsg(c.server, &message, 0));
    say("'%s' '%s', flags %d, name %d", buffer, second, message.msg_flags, (int)message.msg_namelen);

    pid_t child = fork_child();
    if (child == 0) {
        for (int i = 0; i < 10; i++) {
            must(write(c.client, "0123456789", 10));
            sleep_ms(2);
        }
        _exit(0);
    }
    static char all[100];
    result("wait for all", recv(c.server, all, 100, MSG_WAITALL));
    wait_for(child);
    must(write(c.client, "discarded", 9));
    await_events(c.server, POLLIN);
    result("MSG_TRUNC throws away", recv(c.server, NULL, 9, MSG_TRUNC));
    result("nothing left", recv(c.server, buffer, 64, MSG_DONTWAIT));

    result("sendto on a connection ignores the address", sendto(c.client, "x", 1, 0, (struct sockaddr *)&(struct sockaddr_in){0}, 0));
    result("recvfrom gives no address on a stream", recvfrom(c.server, buffer, 1, 0, NULL, NULL));
    struct msghdr odd = {.msg_iov = into, .msg_iovlen = 1025};
    result("too many parts", sendmsg(c.client, &odd, 0));
    return finish();
}
