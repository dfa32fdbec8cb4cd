/* sigprocmask(2), sigpending(2): blocked signals wait, several of a kind become one, and are delivered when unblocked. */
#include "conformance.h"

static volatile sig_atomic_t order[16], count;

static void handler(int number) {
    if (count < 16) order[count++] = number;
}

static void tell(const char *what) {
    char line[256] = "";
    for (int i = 0; i < count; i++) {
        strcat(line, " ");
        strcat(line, signal_name(order[i]));
    }
    say("%s:%s", what, line);
    count = 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, handler, 0);
    handle(SIGUSR2, handler, 0);
    handle(SIGHUP, handler, 0);
    sigset_t set = signal_set(SIGUSR1, SIGUSR2, 0), old, pending;
    must(sigprocmask(SIG_BLOCK, &set, NULL));
    for (int i = 0; i < 5; i++) must(raise(SIGUSR1));
    must(raise(SIGUSR2));
    must(raise(SIGHUP));
    tell("while blocked");
    must(sigpending(&pending));
    say("pending: USR1 %d USR2 %d HUP %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2),
        sigismember(&pending, SIGHUP));
    unblock_signal(SIGUSR1);
    tell("USR1 unblocked, was sent five times");
    must(sigpending(&pending));
    say("pending: USR1 %d USR2 %d", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    handle(SIGUSR2, SIG_IGN, 0);
    must(sigpending(&pending));
    say("ignoring it drops it: USR2 %d", sigismember(&pending, SIGUSR2));
    handle(SIGUSR2, handler, 0);
    unblock_signal(SIGUSR2);
    tell("USR2 unblocked");

    /* A blocked signal is not dropped although it is ignored when it comes: the action may change until it is unblocked. */
    handle(SIGUSR1, SIG_IGN, 0);
    block_signal(SIGUSR1);
    must(raise(SIGUSR1));
    must(sigpending(&pending));
    say("blocked and ignored: %d", sigismember(&pending, SIGUSR1));
    handle(SIGUSR1, handler, 0);
    unblock_signal(SIGUSR1);
    tell("afterwards");

    sigfillset(&set);
    must(sigprocmask(SIG_SETMASK, &set, &old));
    must(sigprocmask(SIG_SETMASK, NULL, &pending));
    say("all blocked, but KILL %d STOP %d", sigismember(&pending, SIGKILL), sigismember(&pending, SIGSTOP));
    must(raise(SIGHUP));
    must(raise(SIGUSR2));
    must(sigprocmask(SIG_SETMASK, &old, NULL));
    say("two at once: %d handlers ran", count);

    result("odd how", sigprocmask(99, &set, NULL));
    result("odd how, but no set", sigprocmask(99, NULL, &old));
    result("bad address", syscall(SYS_rt_sigprocmask, SIG_BLOCK, (void *)8, NULL, 8));
    result("set size", syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 128));
    result("pending to a bad address", syscall(SYS_rt_sigpending, (void *)8, 8));
    return finish();
}
