/* prctl(2) PR_SET_PDEATHSIG: a signal when the parent ends; a fork clears it. */
#include "conformance.h"
#include <sys/prctl.h>

/* The parent's end is told first: without it, the two processes' lines would come in any order. */
static struct gate told;

static void report_signal(int number) {
    pass_gate(told);
    say("child got %s", signal_name(number));
    _exit(0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(prctl(PR_SET_CHILD_SUBREAPER, 1));
    struct gate ready = make_gate();
    told = make_gate();
    int signal_number = -1;
    must(prctl(PR_GET_PDEATHSIG, &signal_number));
    say("at first: %d", signal_number);
    result("no signal", prctl(PR_SET_PDEATHSIG, 100));

    pid_t middle = fork_child();
    if (middle == 0) {
        if (fork_child() == 0) {
            handle(SIGUSR2, report_signal, 0);
            must(prctl(PR_SET_PDEATHSIG, SIGUSR2));
            must(prctl(PR_GET_PDEATHSIG, &signal_number));
            check(signal_number == SIGUSR2, "it can be read back");
            pid_t grandchild = fork_child();
            if (grandchild == 0) {
                must(prctl(PR_GET_PDEATHSIG, &signal_number));
                _exit(signal_number);
            }
            say_status("a fork clears it", wait_for(grandchild));
            open_gate(ready);
            for (;;) pause();
        }
        pass_gate(ready);
        _exit(1);
    }
    say_status("parent", wait_for(middle));
    open_gate(told);
    int status;
    must(wait(&status));
    say_status("child", status);
    return finish();
}
