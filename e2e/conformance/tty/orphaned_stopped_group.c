/* When a group with a stopped member becomes orphaned it gets SIGHUP and SIGCONT (setpgid(2), exit(3)). */
#include "conformance.h"
#include <sys/prctl.h>

static int output;

static void handler(int number) {
    must(write(output, number == SIGHUP ? "h" : "c", 1));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2], pids[2];
    must(pipe(ends));
    must(pipe(pids));
    output = ends[1];
    must(prctl(PR_SET_CHILD_SUBREAPER, 1));
    pid_t parent = fork_child();
    if (parent == 0) {
        must(setsid());
        pid_t child = fork_child();
        if (child == 0) {
            must(setpgid(0, 0));
            handle(SIGHUP, handler, 0);
            handle(SIGCONT, handler, 0);
            raise(SIGSTOP);
            must(write(output, "g", 1));
            for (;;) pause();
        }
        must(write(pids[1], &child, sizeof child));
        int status;
        must(waitpid(child, &status, WUNTRACED));
        say_status("child", status);
        _exit(0);
    }
    close(ends[1]);
    pid_t child;
    read_all(pids[0], &child, sizeof child);
    say_status("parent", wait_for(parent));
    /* Both handlers run before the child goes on; which of the two first is the kernel's choice of order. */
    char got[4] = "";
    read_all(ends[0], got, 3);
    say("hang-up %d, continue %d, then it goes on %d", strchr(got, 'h') != NULL, strchr(got, 'c') != NULL, got[2] == 'g');
    int status;
    result("it lives", waitpid(child, &status, WNOHANG));
    must(kill(child, SIGTERM));
    say_status("child", wait_for(child));
    return finish();
}
