/* ppoll(2), pselect(2), epoll_pwait(2): the mask holds during the wait only, and no signal slips through before it. */
#include "conformance.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

static volatile int caught;

static void handler(int number) {
    (void)number;
    caught++;
}

static long wait_with(int how, const sigset_t *mask) {
    struct timespec time = {5, 0};
    struct epoll_event event;
    static int epoll = -1;
    if (epoll == -1) epoll = (int)must(epoll_create1(EPOLL_CLOEXEC));
    if (how == 0) return ppoll(NULL, 0, &time, mask);
    if (how == 1) return pselect(0, NULL, NULL, NULL, &time, mask);
    return epoll_pwait(epoll, &event, 1, 5000, mask);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, handler, SA_RESTART);
    handle(SIGUSR2, handler, 0);
    block_signal(SIGUSR1);
    const char *const names[] = {"ppoll", "pselect", "epoll_pwait"};
    sigset_t none, usr2 = signal_set(SIGUSR2, 0), now;
    sigemptyset(&none);
    for (int how = 0; how < 3; how++) {
        caught = 0;
        must(raise(SIGUSR1));
        say("%s, a pending signal that the mask lets in:", names[how]);
        result("waits", wait_with(how, &none));
        say("handler ran %d times", caught);
        must(sigprocmask(SIG_BLOCK, NULL, &now));
        say("afterwards blocked: USR1 %d USR2 %d", sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));

        pid_t parent = getpid(), child = fork_child();
        if (child == 0) {
            wait_until_asleep(parent);
            kill(parent, SIGUSR2);
            wait_until_asleep(parent);
            kill(parent, SIGUSR1);
            _exit(0);
        }
        caught = 0;
        result("USR2 kept out, then USR1", wait_with(how, &usr2));
        say("handlers ran: %d", caught);
        wait_for(child);
    }
    result("odd size of the mask", syscall(SYS_ppoll, NULL, 0, &(struct timespec){0, 0}, &none, 4));
    result("bad mask address", syscall(SYS_ppoll, NULL, 0, &(struct timespec){0, 0}, 8, 8));
    return finish();
}
