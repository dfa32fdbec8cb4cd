/* fork(2): what a child inherits (mask, handlers, umask, limits, directory) and what not (pending signals, timers). */
#include "conformance.h"
#include <sys/resource.h>
#include <sys/time.h>

static void handler(int number) {
    (void)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("below", 0755));
    must(chdir("below"));
    umask(027);
    handle(SIGUSR1, handler, SA_RESTART);
    handle(SIGUSR2, SIG_IGN, 0);
    block_signal(SIGHUP);
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = 123;
    must(setrlimit(RLIMIT_NOFILE, &limit));
    must(raise(SIGHUP));
    struct itimerval timer = {{0, 0}, {1000, 0}};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    pid_t group = getpgrp(), session = getsid(0);
    int fd = (int)must(open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0666));

    pid_t child = fork_child();
    if (child == 0) {
        struct sigaction action;
        must(sigaction(SIGUSR1, NULL, &action));
        check(action.sa_handler == handler && (action.sa_flags & SA_RESTART), "the handler and its flags");
        must(sigaction(SIGUSR2, NULL, &action));
        check(action.sa_handler == SIG_IGN, "the ignored signal");
        sigset_t set;
        must(sigprocmask(SIG_BLOCK, NULL, &set));
        check(sigismember(&set, SIGHUP) == 1 && sigismember(&set, SIGINT) == 0, "the signal mask");
        must(sigpending(&set));
        check(sigismember(&set, SIGHUP) == 0, "no pending signal");
        must(getitimer(ITIMER_REAL, &timer));
        say("time left: %ld %ld", (long)timer.it_value.tv_sec, (long)timer.it_value.tv_usec);
        must(getrlimit(RLIMIT_NOFILE, &limit));
        say("descriptor limit: %ld", (long)limit.rlim_cur);
        say("umask: %03o", umask(0));
        check(getpgrp() == group && getsid(0) == session, "process group and session");
        check(access("file", F_OK) == 0, "the working directory");
        say("close-on-exec flag: %d", fcntl(fd, F_GETFD));
        _exit(conformance_failures);
    }
    say_status("child", wait_for(child));
    sigset_t set;
    must(sigpending(&set));
    check(sigismember(&set, SIGHUP) == 1, "the parent's signal is still pending");
    must(getitimer(ITIMER_REAL, &timer));
    check(timer.it_value.tv_sec > 900, "the parent's timer still runs");
    return finish();
}
