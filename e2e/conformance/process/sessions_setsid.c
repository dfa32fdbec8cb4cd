/* setsid(2), getsid(2). */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    struct gate gate = make_gate();
    pid_t session = getsid(0);
    pid_t child = fork_child();
    if (child == 0) {
        check(getsid(0) == session, "a child is in its parent's session");
        check(setsid() == getpid(), "setsid gives its own pid");
        check(getsid(0) == getpid() && getpgrp() == getpid(), "it leads its session and its group");
        result("a leader cannot do it again", setsid());
        int fd = open("/dev/tty", O_RDWR);
        say("a new session has no terminal: %s", fd == -1 ? errno_name(errno) : "it has one");
        pid_t grandchild = fork_child();
        if (grandchild == 0) {
            check(getsid(0) == getppid(), "the grandchild is in the new session");
            check(setsid() == getpid(), "and may have one of its own");
            _exit(conformance_failures);
        }
        say_status("grandchild", wait_for(grandchild));
        open_gate(gate);
        for (;;) pause();
    }
    pass_gate(gate);
    check(getsid(child) == child, "seen from outside");
    check(getsid(0) == session, "ours is unchanged");
    must(kill(child, SIGKILL));
    wait_for(child);
    result("the session of a process that is gone", getsid(child));

    /* A group leader that is no session leader cannot call setsid. */
    child = fork_child();
    if (child == 0) {
        must(setpgid(0, 0));
        result("a group leader", setsid());
        _exit(0);
    }
    say_status("child", wait_for(child));
    return finish();
}
