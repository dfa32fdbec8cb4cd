/* signalfd(2): reading blocked signals, their fields, several at once, poll, changing the set. */
#include "conformance.h"
#include <poll.h>
#include <sys/signalfd.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    sigset_t set = signal_set(SIGUSR1, SIGUSR2, SIGCHLD, SIGRTMIN, 0);
    must(sigprocmask(SIG_BLOCK, &set, NULL));
    int fd = (int)must(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    struct signalfd_siginfo info[4];
    say("record size: %zu", sizeof info[0]);
    result("nothing", read(fd, info, sizeof info));
    struct pollfd poll_fd = {fd, POLLIN, 0};
    result("poll", poll(&poll_fd, 1, 0));
    must(kill(getpid(), SIGUSR1));
    union sigval value = {.sival_int = 31};
    must(sigqueue(getpid(), SIGRTMIN, value));
    value.sival_int = 32;
    must(sigqueue(getpid(), SIGRTMIN, value));
    result("poll", poll(&poll_fd, 1, 0));
    result("read", read(fd, info, sizeof info) / (long)sizeof info[0]);
    for (int i = 0; i < 3; i++)
        say("%s, own pid %d, value %d", signal_name((int)info[i].ssi_signo), info[i].ssi_pid == (uint32_t)getpid(),
            i == 0 ? 0 : info[i].ssi_int);
    sigset_t pending;
    must(sigpending(&pending));
    say("still pending: %d", sigismember(&pending, SIGUSR1));

    pid_t child = fork_child();
    if (child == 0) _exit(17);
    result("poll", poll(&poll_fd, 1, 9000));
    must(read(fd, info, sizeof info));
    say("%s, the child's pid %d, code %d, status %d", signal_name((int)info[0].ssi_signo),
        info[0].ssi_pid == (uint32_t)child, info[0].ssi_code, info[0].ssi_status);
    wait_for(child);

    set = signal_set(SIGUSR2, 0);
    check(signalfd(fd, &set, 0) == fd, "the set can be changed");
    must(raise(SIGUSR1));
    result("a signal that left the set", read(fd, info, sizeof info));
    must(raise(SIGUSR2));
    result("one that is in it", read(fd, info, sizeof info[0]) / (long)sizeof info[0]);
    must(raise(SIGUSR2));
    result("too short a buffer", read(fd, info, 10));

    int blocking = (int)must(signalfd(-1, &set, 0));
    must(read(blocking, info, sizeof info));
    pid_t parent = getpid();
    child = fork_child();
    if (child == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGUSR2);
        _exit(0);
    }
    result("blocking", read(blocking, info, sizeof info) / (long)sizeof info[0]);
    check(info[0].ssi_pid == (uint32_t)child, "from the child");
    wait_for(child);
    result("odd flags", signalfd(-1, &set, 12345));
    result("not a signal descriptor", signalfd(0, &set, 0));
    result("not open", signalfd(900, &set, 0));
    result("odd size", syscall(SYS_signalfd4, -1, &set, 4, 0));
    result("bad address", syscall(SYS_signalfd4, -1, 8, 8, 0));
    return finish();
}
