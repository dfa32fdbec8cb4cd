/* siglongjmp(3) out of handlers restores the mask, longjmp does not; also out of nested handlers and of a blocked call. */
#include "conformance.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back, inner_back;
static volatile int jumps;

static void jump(int number) {
    siglongjmp(back, number);
}

static void nested(int number) {
    if (number == SIGUSR1) {
        if (sigsetjmp(inner_back, 1) == 0) raise(SIGUSR2);
        else say("back in the outer handler");
        siglongjmp(back, 1);
    }
    siglongjmp(inner_back, 1);
}

static bool blocked(int number) {
    sigset_t now;
    must(sigprocmask(SIG_BLOCK, NULL, &now));
    return sigismember(&now, number) == 1;
}

static ucontext_t here;
static volatile int visits;

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, jump, 0);
    if (sigsetjmp(back, 1) == 0) raise(SIGUSR1);
    say("with the mask saved: blocked %d", blocked(SIGUSR1));
    if (sigsetjmp(back, 0) == 0) raise(SIGUSR1);
    say("without: blocked %d", blocked(SIGUSR1));
    unblock_signal(SIGUSR1);

    for (volatile int i = 0; i < 1000; i++) {
        if (sigsetjmp(back, 1) == 0) raise(SIGUSR1);
        else jumps++;
    }
    say("a thousand times: %d", jumps);

    handle(SIGUSR1, nested, 0);
    handle(SIGUSR2, nested, 0);
    if (sigsetjmp(back, 1) == 0) raise(SIGUSR1);
    say("out of both: USR1 %d USR2 %d", blocked(SIGUSR1), blocked(SIGUSR2));

    handle(SIGUSR1, jump, SA_RESTART);
    pid_t parent = getpid();
    pid_t helper = fork_child();
    if (helper == 0) {
        wait_until_asleep(parent);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    int ends[2];
    must(pipe(ends));
    char byte;
    if (sigsetjmp(back, 1) == 0) {
        read(ends[0], &byte, 1);
        say("the read came back");
    } else {
        say("jumped out of a read");
    }
    wait_for(helper);
    must(write(ends[1], "z", 1));
    result("the pipe still works", read(ends[0], &byte, 1));

    /* getcontext and setcontext use rt_sigprocmask and restore registers themselves. */
    must(getcontext(&here));
    if (visits++ < 3) setcontext(&here);
    say("setcontext: %d visits", visits);
    return finish();
}
