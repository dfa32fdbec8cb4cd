/* TCP urgent data: one byte out of line, told by POLLPRI, marked for SIOCATMARK, or in line with SO_OOBINLINE. */
#include "loopback.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    struct connection c = connected_pair();
    char buffer[64] = "";
    must(send(c.client, "abcU", 4, MSG_OOB));
    must(send(c.client, "def", 3, 0));
    say("urgent: %d", (await_events(c.server, POLLPRI) & POLLPRI) != 0);
    result("out of line", recv(c.server, buffer, 64, MSG_OOB));
    say("byte: %c", buffer[0]);
    result("up to the mark", recv(c.server, buffer, 64, 0));
    int at_mark = -1;
    must(ioctl(c.server, SIOCATMARK, &at_mark));
    say("at the mark: %d", at_mark);
    result("behind it", recv(c.server, buffer, 3, MSG_WAITALL));
    result("no urgent data", recv(c.server, buffer, 64, MSG_OOB));

    int on = 1;
    must(setsockopt(c.server, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on));
    must(send(c.client, "inL", 3, MSG_OOB));
    must(send(c.client, "ine", 3, 0));
    result("in line, up to the mark", recv(c.server, buffer, 2, MSG_WAITALL));
    result("the urgent byte and the rest", recv(c.server, buffer, 4, MSG_WAITALL));
    say("bytes: %.4s", buffer);
    return finish();
}
