/* A zombie stays until it is waited for, but not with SIGCHLD ignored or SA_NOCLDWAIT; SA_NOCLDSTOP hides stops. */
#include "conformance.h"

static volatile sig_atomic_t count;

static void counter(int number) {
    (void)number;
    count++;
}

static void start_and_wait(const char *what) {
    pid_t child = fork_child();
    if (child == 0) _exit(8);
    int status = 0;
    errno = 0;
    pid_t waited = waitpid(child, &status, 0);
    say("%s: %s", what, waited == child ? "waited for" : errno_name(errno));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t child = fork_child();
    if (child == 0) _exit(8);
    siginfo_t info;
    must(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    result("a zombie can be signalled", kill(child, SIGKILL));
    check(getpgid(child) == getpgrp(), "a zombie has a group");
    say_status("zombie", wait_for(child));
    result("afterwards it is gone", kill(child, 0));

    start_and_wait("SIGCHLD default");
    handle(SIGCHLD, SIG_IGN, 0);
    start_and_wait("SIGCHLD ignored");
    handle(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
    start_and_wait("default and SA_NOCLDWAIT");
    handle(SIGCHLD, counter, 0);
    start_and_wait("handler");
    say("handler ran %d times", count);
    count = 0;
    handle(SIGCHLD, counter, SA_NOCLDWAIT);
    start_and_wait("handler and SA_NOCLDWAIT");
    say("handler ran %d times", count);

    const int flags[] = {0, SA_NOCLDSTOP};
    for (int i = 0; i < 2; i++) {
        handle(SIGCHLD, counter, flags[i]);
        count = 0;
        child = fork_child();
        if (child == 0)
            for (;;) pause();
        int status;
        must(kill(child, SIGSTOP));
        while (waitpid(child, &status, WUNTRACED) == -1) {
        }
        int stops = count;
        must(kill(child, SIGCONT));
        while (waitpid(child, &status, WCONTINUED) == -1) {
        }
        /* The parent can wait for it as soon as it is told to go on; the signal comes when it runs. */
        wait_until_asleep(child);
        int continues = count - stops;
        must(kill(child, SIGKILL));
        while (waitpid(child, &status, 0) == -1) {
        }
        say("%s: stop %d, continue %d, end %d", i == 0 ? "plain handler" : "SA_NOCLDSTOP", stops, continues,
            (int)count - stops - continues);
    }
    return finish();
}
