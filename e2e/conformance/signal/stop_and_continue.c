/* SIGSTOP, SIGTSTP, SIGCONT: what a stopped process does not do, and that stop and continue drop each other. */
#include "conformance.h"

static volatile sig_atomic_t ran;

static void handler(int number) {
    ran = number;
}

static void await_stop(pid_t child) {
    int status;
    must(waitpid(child, &status, WUNTRACED));
    say_status("child", status);
}

static void await_continue(pid_t child) {
    int status;
    must(waitpid(child, &status, WCONTINUED));
    say_status("child", status);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe(ends));
    struct gate ready = make_gate(), go_on = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        /* The terminal's stop signals do nothing in an orphaned group, which the runner's own group is. */
        must(setpgid(0, 0));
        handle(SIGCONT, handler, 0);
        handle(SIGUSR1, handler, SA_RESTART);
        open_gate(ready);
        for (char byte; read(ends[0], &byte, 1) != 1;) {
        }
        pass_gate(go_on);
        say("the child reads; last handler: %s", signal_name(ran));
        raise(SIGTSTP);
        pass_gate(go_on);
        say("the child goes on after SIGTSTP; last handler: %s", signal_name(ran));
        ran = 0;
        block_signal(SIGTSTP);
        raise(SIGTSTP);
        sigset_t pending;
        sigpending(&pending);
        say("blocked TSTP pending: %d", sigismember(&pending, SIGTSTP));
        raise(SIGCONT);
        sigpending(&pending);
        say("after CONT: %d, and the handler ran for %s", sigismember(&pending, SIGTSTP), signal_name(ran));
        unblock_signal(SIGTSTP);
        say("not stopped");
        handle(SIGTSTP, handler, 0);
        raise(SIGTSTP);
        say("a handler instead: %s", signal_name(ran));
        raise(SIGSTOP);
        _exit(4);
    }
    pass_gate(ready);
    must(kill(child, SIGSTOP));
    await_stop(child);
    must(write(ends[1], "x", 1));
    must(kill(child, SIGUSR1));
    sleep_ms(20);
    say("state while stopped: %c", task_state(child, child));
    must(kill(child, SIGCONT));
    await_continue(child);
    open_gate(go_on);
    await_stop(child);
    must(kill(child, SIGCONT));
    await_continue(child);
    open_gate(go_on);
    await_stop(child);
    /* SIGKILL ends a stopped process. */
    must(kill(child, SIGKILL));
    say_status("child", wait_for(child));

    /* A process group stops and goes on as one. */
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = fork_child();
        if (pids[i] == 0)
            for (;;) pause();
        must(setpgid(pids[i], pids[0]));
    }
    must(kill(-pids[0], SIGSTOP));
    for (int i = 0; i < 3; i++) await_stop(pids[i]);
    must(kill(-pids[0], SIGCONT));
    for (int i = 0; i < 3; i++) await_continue(pids[i]);
    must(kill(-pids[0], SIGTERM));
    for (int i = 0; i < 3; i++) say_status("member", wait_for(pids[i]));
    return finish();
}
