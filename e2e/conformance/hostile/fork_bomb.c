/*
 * Tries: to fill the machine with processes that all fork on.
 * Must: fork fails with EAGAIN or ENOMEM at the machine's limit; the host's process table and other machines do not
 * feel it; when this program's first process ends (after SECONDS, 3), the machine can still be stopped from outside.
 * Never to be run on the host.
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    if (getenv("HOSTILE_IN_GUEST") == NULL) {
        say("refused: set HOSTILE_IN_GUEST in a machine that may be lost");
        return 2;
    }
    pid_t first = getpid();
    int64_t end = monotonic_ms() + 3000;
    while (monotonic_ms() < end) {
        pid_t child = fork();
        if (child == -1 && getpid() == first) {
            say("fork: %s", errno_name(errno));
            break;
        }
    }
    if (getpid() != first)
        for (;;) fork();
    return survived();
}
