/* RLIMIT_NOFILE: the highest descriptor, inheritance, lowering below what is open. */
#include "conformance.h"
#include <sys/resource.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit));
    say("soft: %ld", (long)limit.rlim_cur);
    result("sysconf agrees", sysconf(_SC_OPEN_MAX));
    int high = (int)must(dup2(0, 50));
    limit.rlim_cur = 10;
    must(setrlimit(RLIMIT_NOFILE, &limit));
    outcome("what is open beyond the limit stays usable", fcntl(high, F_GETFD));
    int opened = 0, last = -1, fd;
    while ((fd = open("/dev/null", O_RDONLY)) != -1) opened++, last = fd;
    say("opened %d, the last is %d, then %s", opened, last, errno_name(errno));
    int pair[2];
    result("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    result("dup", dup(0));
    result("dup2 to a number beyond", dup2(0, 20));
    result("dup2 below", dup2(0, 9));
    pid_t child = fork_child();
    if (child == 0) {
        must(getrlimit(RLIMIT_NOFILE, &limit));
        _exit((int)limit.rlim_cur);
    }
    say_status("a child's limit", wait_for(child));
    limit.rlim_cur = 12;
    must(setrlimit(RLIMIT_NOFILE, &limit));
    result("raised by two", open("/dev/null", O_RDONLY));
    limit.rlim_cur = 0;
    must(setrlimit(RLIMIT_NOFILE, &limit));
    result("none at all", open("/dev/null", O_RDONLY));
    must(close(5));
    result("not even a free one", open("/dev/null", O_RDONLY));
    return finish();
}
