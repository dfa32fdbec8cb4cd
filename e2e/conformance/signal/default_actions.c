/* signal(7): the default action of every signal. */
#include "conformance.h"

static void try(int number, bool own_group) {
    pid_t child = fork_child();
    if (child == 0) {
        if (own_group) must(setpgid(0, 0));
        syscall(SYS_tkill, syscall(SYS_gettid), number);
        _exit(0);
    }
    int status;
    must(waitpid(child, &status, WUNTRACED));
    if (WIFSTOPPED(status)) {
        say("%s: stops (%s)", signal_name(number), signal_name(WSTOPSIG(status)));
        must(kill(child, SIGKILL));
        wait_for(child);
    } else if (WIFSIGNALED(status)) {
        say("%s: ends (%s)", signal_name(number), signal_name(WTERMSIG(status)));
    } else {
        say("%s: nothing happens", signal_name(number));
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    for (int number = 1; number <= 64; number++)
        if (number != 32 && number != 33) try(number, true); /* glibc keeps these to itself */

    /* In an orphaned process group the terminal's stop signals do nothing; a new session's only group is one. */
    pid_t leader = fork_child();
    if (leader == 0) {
        must(setsid());
        say("in an orphaned group:");
        const int stops[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP};
        for (size_t i = 0; i < COUNT(stops); i++) try(stops[i], false);
        _exit(0);
    }
    say_status("leader", wait_for(leader));
    return finish();
}
