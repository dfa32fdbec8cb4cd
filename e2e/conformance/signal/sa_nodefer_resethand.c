/* SA_NODEFER lets a handler be entered again, SA_RESETHAND makes it serve once, sa_mask keeps others away meanwhile. */
#include "conformance.h"

static volatile int depth, deepest, raised, reset_runs;

static void recursive(int number) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (raised++ < 2) raise(number);
    depth--;
}

static void once(int number) {
    (void)number;
    reset_runs++;
    struct sigaction now;
    must(sigaction(SIGUSR2, NULL, &now));
    say("inside, the action is the %s", now.sa_handler == SIG_DFL ? "default" : "handler");
}

static void outer(int number) {
    say("enter %s", signal_name(number));
    if (number == SIGUSR1) {
        raise(SIGHUP);
        raise(SIGTERM);
        sigset_t now;
        must(sigprocmask(SIG_BLOCK, NULL, &now));
        say("blocked inside: USR1 %d HUP %d TERM %d INT %d", sigismember(&now, SIGUSR1), sigismember(&now, SIGHUP),
            sigismember(&now, SIGTERM), sigismember(&now, SIGINT));
    }
    say("leave %s", signal_name(number));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, recursive, SA_NODEFER);
    must(raise(SIGUSR1));
    say("SA_NODEFER: %d deep", deepest);
    deepest = raised = 0;
    handle(SIGUSR1, recursive, 0);
    must(raise(SIGUSR1));
    say("without: %d deep", deepest);

    handle(SIGUSR2, once, SA_RESETHAND);
    must(raise(SIGUSR2));
    say("ran %d times", reset_runs);
    pid_t child = fork_child();
    if (child == 0) {
        raise(SIGUSR2);
        _exit(0);
    }
    say_status("the second time", wait_for(child));

    /* SIGHUP is in the mask of USR1's handler and waits for its end; SIGTERM is not and interrupts it. */
    struct sigaction action = {.sa_handler = outer};
    sigemptyset(&action.sa_mask);
    must(sigaction(SIGHUP, &action, NULL));
    must(sigaction(SIGTERM, &action, NULL));
    sigaddset(&action.sa_mask, SIGHUP);
    must(sigaction(SIGUSR1, &action, NULL));
    must(raise(SIGUSR1));
    sigset_t now;
    must(sigprocmask(SIG_BLOCK, NULL, &now));
    check(sigisemptyset(&now), "afterwards nothing is blocked");
    return finish();
}
