/* sigsuspend(2), sigwaitinfo(2), sigtimedwait(2), sigwait(3): taking signals at a chosen place. */
#include "conformance.h"

static volatile sig_atomic_t ran;

static void handler(int number) {
    ran = number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, handler, 0);
    handle(SIGUSR2, handler, 0);
    block_signal(SIGUSR1);
    block_signal(SIGUSR2);

    /* A signal that is pending already ends sigsuspend at once; the old mask is back afterwards. */
    must(raise(SIGUSR1));
    sigset_t only_usr2 = signal_set(SIGUSR2, 0);
    result("sigsuspend", sigsuspend(&only_usr2));
    say("handler ran for %s", signal_name(ran));
    sigset_t now;
    must(sigprocmask(SIG_BLOCK, NULL, &now));
    say("blocked again: USR1 %d USR2 %d", sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));

    pid_t parent = getpid();
    pid_t child = fork_child();
    if (child == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGUSR2);
        wait_until_asleep(parent);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    ran = 0;
    result("sigsuspend, with USR2 blocked and sent first", sigsuspend(&only_usr2));
    say("handler ran for %s", signal_name(ran));
    sigset_t pending;
    must(sigpending(&pending));
    say("USR2 still pending: %d", sigismember(&pending, SIGUSR2));
    wait_for(child);

    /* sigwaitinfo takes it without running the handler. */
    ran = 0;
    siginfo_t info;
    sigset_t both = signal_set(SIGUSR1, SIGUSR2, 0);
    say("sigwaitinfo: %s", signal_name(sigwaitinfo(&both, &info)));
    say("signo %s code %d from the child %d; handler ran for %s", signal_name(info.si_signo), info.si_code == SI_USER,
        info.si_pid == child, signal_name(ran));
    struct timespec none = {0, 0}, little = {0, 20000000}, odd = {0, 2000000000};
    result("nothing there", sigtimedwait(&both, NULL, &none));
    result("nothing comes", sigtimedwait(&both, NULL, &little));
    result("odd timeout", sigtimedwait(&both, NULL, &odd));
    result("bad address", syscall(SYS_rt_sigtimedwait, &both, NULL, (void *)8, 8));
    result("set size", syscall(SYS_rt_sigtimedwait, &both, NULL, &none, 16));

    child = fork_child();
    if (child == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGUSR2);
        _exit(0);
    }
    int number = 0;
    must_be_zero(sigwait(&both, &number));
    say("sigwait: %s", signal_name(number));
    wait_for(child);

    /* The lowest number comes first. */
    must(raise(SIGUSR2));
    must(raise(SIGUSR1));
    say("first: %s", signal_name(sigwaitinfo(&both, NULL)));
    say("second: %s", signal_name(sigwaitinfo(&both, NULL)));

    /* A signal that is not in the set and has a handler interrupts. */
    handle(SIGHUP, handler, SA_RESTART);
    child = fork_child();
    if (child == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGHUP);
        _exit(0);
    }
    result("another signal", sigwaitinfo(&both, NULL));
    say("handler ran for %s", signal_name(ran));
    wait_for(child);
    result("sigsuspend with a bad address", syscall(SYS_rt_sigsuspend, (void *)8, 8));
    result("sigsuspend with an odd size", syscall(SYS_rt_sigsuspend, &both, 4));
    return finish();
}
