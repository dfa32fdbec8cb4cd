/* A program that only computes is interrupted: by a timer, by another process, and does not starve others. */
#include "conformance.h"
#include <sys/time.h>

static volatile sig_atomic_t stop;

static void handler(int number) {
    stop = number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGALRM, handler, 0);
    struct itimerval timer = {{0, 0}, {0, 30000}};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    volatile unsigned long turns = 0;
    while (stop == 0) turns++;
    say("the timer ended a loop without system calls: %s", signal_name(stop));

    pid_t child = fork_child();
    if (child == 0)
        for (;;) turns++;
    pid_t greedy[3];
    for (int i = 0; i < 3; i++) {
        greedy[i] = fork_child();
        if (greedy[i] == 0)
            for (;;) turns++;
    }
    /* With four computing processes a fifth still gets its turns. */
    int ends[2][2];
    must(pipe(ends[0]));
    must(pipe(ends[1]));
    pid_t echo = fork_child();
    if (echo == 0) {
        for (char byte; read(ends[0][0], &byte, 1) == 1 && byte != 'q';) must(write(ends[1][1], &byte, 1));
        _exit(0);
    }
    int echoed = 0;
    for (int i = 0; i < 20; i++) {
        char byte = 'a' + i;
        if (byte == 'q') byte = 'z';
        must(write(ends[0][1], &byte, 1));
        char answer = 0;
        must(read(ends[1][0], &answer, 1));
        if (answer == byte) echoed++;
    }
    say("echoes among computing processes: %d", echoed);
    must(write(ends[0][1], "q", 1));
    wait_for(echo);
    must(kill(child, SIGTERM));
    say_status("a computing process ends by a signal", wait_for(child));
    must(kill(greedy[0], SIGSTOP));
    int status;
    must(waitpid(greedy[0], &status, WUNTRACED));
    say_status("and stops", status);
    for (int i = 0; i < 3; i++) {
        must(kill(greedy[i], SIGKILL));
        say_status("killed", wait_for(greedy[i]));
    }
    return finish();
}
