/* pidfd_open(2), pidfd_send_signal(2): readiness at the end of a process, signalling, waitid(P_PIDFD). */
#include "conformance.h"
#include <poll.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t child = fork_child();
    if (child == 0)
        for (;;) pause();
    int fd = (int)must(syscall(SYS_pidfd_open, child, 0));
    check(fcntl(fd, F_GETFD) & FD_CLOEXEC, "a pidfd closes on exec");
    struct pollfd poll_fd = {fd, POLLIN, 0};
    result("not ready while it runs", poll(&poll_fd, 1, 0));
    result("signal 0", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    result("terminate", syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    result("poll at its end", poll(&poll_fd, 1, 5000));
    say("readable: %d", (poll_fd.revents & POLLIN) != 0);
    siginfo_t info;
    must(waitid((idtype_t)P_PIDFD, fd, &info, WEXITED));
    say("waitid: right pid %d, status %s", info.si_pid == child, signal_name(info.si_status));
    result("signal afterwards", syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    must(close(fd));

    result("a process that is not there", syscall(SYS_pidfd_open, 0x3ffffffe, 0));
    result("pid 0", syscall(SYS_pidfd_open, 0, 0));
    result("odd flags", syscall(SYS_pidfd_open, getpid(), 1u << 20));
    int file = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    result("a file is no pidfd", syscall(SYS_pidfd_send_signal, file, 0, NULL, 0));
    result("no descriptor", syscall(SYS_pidfd_send_signal, 999, 0, NULL, 0));
    char byte;
    fd = (int)must(syscall(SYS_pidfd_open, getpid(), 0));
    result("read", read(fd, &byte, 1));
    return finish();
}
