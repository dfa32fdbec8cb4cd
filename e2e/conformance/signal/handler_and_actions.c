/* build: static dynamic */
/* sigaction(2): handlers run, old actions come back, SIG_IGN and SIG_DFL, signals that cannot be caught. */
#include "conformance.h"

static volatile sig_atomic_t last, count;

static void handler(int number) {
    last = number;
    count++;
}

static void other(int number) {
    (void)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct sigaction old;
    must(sigaction(SIGUSR1, NULL, &old));
    check(old.sa_handler == SIG_DFL && old.sa_flags == 0, "at first the action is the default");
    handle(SIGUSR1, handler, 0);
    must(kill(getpid(), SIGUSR1));
    say("after kill: %s, %d times", signal_name(last), count);
    must(raise(SIGUSR1));
    say("after raise: %s, %d times", signal_name(last), count);

    struct sigaction action = {.sa_handler = other, .sa_flags = SA_RESTART | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGHUP);
    must(sigaction(SIGUSR1, &action, &old));
    check(old.sa_handler == handler, "the old action comes back");
    must(sigaction(SIGUSR1, NULL, &old));
    check(old.sa_handler == other && (old.sa_flags & (SA_RESTART | SA_NODEFER)) == (SA_RESTART | SA_NODEFER) &&
              sigismember(&old.sa_mask, SIGHUP) == 1 && sigismember(&old.sa_mask, SIGINT) == 0,
          "flags and mask can be read back");

    handle(SIGUSR1, SIG_IGN, 0);
    count = 0;
    must(raise(SIGUSR1));
    say("ignored: %d", count);
    check(signal(SIGUSR1, handler) == SIG_IGN, "signal returns the previous action");
    must(raise(SIGUSR1));
    say("set by signal: %d", count);

    /* Every catchable signal reaches its handler. */
    int caught = 0;
    for (int number = 1; number <= 64; number++) {
        if (number == SIGKILL || number == SIGSTOP || number == 32 || number == 33) continue;
        handle(number, handler, 0);
        last = 0;
        must(kill(getpid(), number));
        if (last == number) caught++;
    }
    say("signals caught: %d", caught);

    action.sa_handler = handler;
    result("catch SIGKILL", sigaction(SIGKILL, &action, NULL));
    result("ignore SIGSTOP", (long)(signal(SIGSTOP, SIG_IGN) == SIG_ERR ? -1 : 0));
    result("ask about SIGKILL", sigaction(SIGKILL, NULL, &old));
    result("signal 0", sigaction(0, &action, NULL));
    result("signal 65", sigaction(65, &action, NULL));
    result("bad address", syscall(SYS_rt_sigaction, SIGUSR1, (void *)8, NULL, 8));
    result("set size", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
    return finish();
}
