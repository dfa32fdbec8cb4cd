/* An orphan goes to the nearest ancestor that is a subreaper (prctl(2) PR_SET_CHILD_SUBREAPER), which waits for it. */
#include "conformance.h"
#include <sys/prctl.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int flag = -1;
    must(prctl(PR_SET_CHILD_SUBREAPER, 1));
    must(prctl(PR_GET_CHILD_SUBREAPER, &flag));
    say("subreaper: %d", flag);
    pid_t reaper = getpid();
    struct gate told = make_gate(), gone = make_gate();

    pid_t middle = fork_child();
    if (middle == 0) {
        must(prctl(PR_GET_CHILD_SUBREAPER, &flag));
        check(flag == 0, "the attribute is not inherited");
        pid_t middle_pid = getpid();
        pid_t orphan = fork_child();
        if (orphan == 0) {
            check(getppid() == middle_pid, "before: the parent is the middle one");
            open_gate(told);
            pass_gate(gone);
            check(getppid() == reaper, "after: the parent is the subreaper");
            _exit(33);
        }
        pass_gate(told);
        _exit(11);
    }
    say_status("middle", wait_for(middle));
    open_gate(gone);
    int status;
    pid_t orphan = (pid_t)must(wait(&status));
    check(orphan != middle, "the orphan is ours to wait for");
    say_status("orphan", status);
    result("nobody is left", wait(&status));

    /* A zombie changes hands too: its parent ends without having waited for it. */
    middle = fork_child();
    if (middle == 0) {
        if (fork_child() == 0) _exit(44);
        siginfo_t info;
        must(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
        _exit(12);
    }
    say_status("middle", wait_for(middle));
    must(wait(&status));
    say_status("inherited zombie", status);
    result("nobody is left", wait(&status));

    must(prctl(PR_SET_CHILD_SUBREAPER, 0));
    middle = fork_child();
    if (middle == 0) {
        pid_t middle_pid = getpid();
        if (fork_child() == 0) {
            pass_gate(gone);
            check(getppid() != middle_pid && getppid() != reaper, "without the attribute the grandparent gets nothing");
            open_gate(told);
            _exit(0);
        }
        _exit(13);
    }
    say_status("middle", wait_for(middle));
    open_gate(gone);
    pass_gate(told);
    result("nothing to wait for", wait(&status));
    return finish();
}
