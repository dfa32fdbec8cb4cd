/* getsockopt(2), setsockopt(2), socket(2): defaults, buffer sizes, timeouts, kinds, and what is refused. */
#include "loopback.h"

static void tell(const char *what, int value) {
    if (value < 0) say("%s: %s", what, errno_name(-value));
    else say("%s: %d", what, value);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int tcp = (int)must(socket(AF_INET, SOCK_STREAM, 0)), udp = (int)must(socket(AF_INET, SOCK_DGRAM, 0)), on = 1;
    tell("tcp type", option(tcp, SOL_SOCKET, SO_TYPE));
    tell("udp type", option(udp, SOL_SOCKET, SO_TYPE));
    tell("tcp protocol", option(tcp, SOL_SOCKET, SO_PROTOCOL));
    tell("udp protocol", option(udp, SOL_SOCKET, SO_PROTOCOL));
    tell("domain", option(tcp, SOL_SOCKET, SO_DOMAIN));
    tell("listening", option(tcp, SOL_SOCKET, SO_ACCEPTCONN));
    tell("error", option(tcp, SOL_SOCKET, SO_ERROR));
    const struct {
        const char *name;
        int level, option;
    } flags[] = {
        {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR}, {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
        {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST}, {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
        {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE}, {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
        {"TCP_CORK", IPPROTO_TCP, TCP_CORK},
    };
    for (size_t i = 0; i < COUNT(flags); i++) {
        int before = option(tcp, flags[i].level, flags[i].option);
        int value = setsockopt(tcp, flags[i].level, flags[i].option, &on, sizeof on);
        say("%s: %d, set %s, then %d", flags[i].name, before, value == 0 ? "ok" : errno_name(errno),
            option(tcp, flags[i].level, flags[i].option));
    }
    const struct {
        const char *name;
        int option, value;
    } numbers[] = {
        {"TCP_KEEPIDLE", TCP_KEEPIDLE, 100}, {"TCP_KEEPINTVL", TCP_KEEPINTVL, 10}, {"TCP_KEEPCNT", TCP_KEEPCNT, 4},
        {"TCP_USER_TIMEOUT", TCP_USER_TIMEOUT, 5000},
    };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        must(setsockopt(tcp, IPPROTO_TCP, numbers[i].option, &numbers[i].value, sizeof(int)));
        tell(numbers[i].name, option(tcp, IPPROTO_TCP, numbers[i].option));
    }
    int ttl = 33, size = 20000;
    must(setsockopt(udp, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl));
    tell("IP_TTL", option(udp, IPPROTO_IP, IP_TTL));
    ttl = 300;
    result("IP_TTL of 300", setsockopt(udp, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl));
    must(setsockopt(tcp, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
    must(setsockopt(tcp, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
    say("buffers are doubled: %d %d", option(tcp, SOL_SOCKET, SO_RCVBUF), option(tcp, SOL_SOCKET, SO_SNDBUF));

    struct timeval timeout = {0, 30000}, back;
    socklen_t length = sizeof back;
    must(setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
    must(getsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &back, &length));
    check(back.tv_sec == 0 && back.tv_usec >= 20000 && back.tv_usec <= 40000, "the timeout can be read, in ticks");
    char byte;
    int64_t started = monotonic_ms();
    result("receive runs into it", recv(udp, &byte, 1, 0));
    check(monotonic_ms() - started >= 19, "not too early");
    timeout.tv_usec = 2000000;
    result("odd timeout", setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));

    must(listen(tcp, 1));
    tell("listening", option(tcp, SOL_SOCKET, SO_ACCEPTCONN));
    result("short value", setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &on, 2));
    result("bad address", setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, (void *)8, sizeof on));
    result("read-only option", setsockopt(tcp, SOL_SOCKET, SO_TYPE, &on, sizeof on));
    result("no such option", setsockopt(tcp, SOL_SOCKET, 9999, &on, sizeof on));
    result("no such level", setsockopt(tcp, 9999, 1, &on, sizeof on));
    result("no such tcp option", setsockopt(tcp, IPPROTO_TCP, 9999, &on, sizeof on));
    result("tcp option on udp", setsockopt(udp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 ? 0 : -1);
    result("not a socket", setsockopt(0, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    result("not open", setsockopt(900, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    result("no such family", socket(99, SOCK_STREAM, 0));
    result("no such type", socket(AF_INET, 99, 0));
    result("no such protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    int flagged = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    say("flags: %d %d", fcntl(flagged, F_GETFD), (fcntl(flagged, F_GETFL) & O_NONBLOCK) != 0);
    struct stat status;
    must(fstat(flagged, &status));
    say("kind: socket %d, size %ld", S_ISSOCK(status.st_mode), (long)status.st_size);
    result("seek", lseek(flagged, 0, SEEK_SET));
    result("truncate", ftruncate(flagged, 0));
    return finish();
}
