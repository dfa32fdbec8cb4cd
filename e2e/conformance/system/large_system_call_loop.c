/* slow */
/* Two hundred thousand cheap calls and twenty thousand pipe transfers: results stay right from the first to the last. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t pid = getpid();
    long wrong = 0;
    for (int i = 0; i < 200000; i++)
        if (syscall(SYS_getpid) != pid) wrong++;
    say("getpid wrong: %ld", wrong);
    int ends[2];
    must(pipe(ends));
    for (int i = 0; i < 20000; i++) {
        int back = -1;
        if (write(ends[1], &i, sizeof i) != sizeof i || read(ends[0], &back, sizeof back) != sizeof back || back != i) wrong++;
    }
    say("transfers wrong: %ld", wrong);
    for (int i = 0; i < 20000; i++)
        if (syscall(SYS_close, 900) != -1 || errno != EBADF) wrong++;
    say("failures wrong: %ld", wrong);
    return finish();
}
