/* wait4(2): exit codes, killing signals, ECHILD, resource usage. */
#include "conformance.h"
#include <sys/resource.h>

static void run_exiting(int code) {
    pid_t child = fork_child();
    if (child == 0) _exit(code);
    int status = -1;
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    pid_t waited = wait4(child, &status, 0, &usage);
    say("exit(%d): right child %d, status word 0x%04x", code, waited == child, status);
    check(usage.ru_utime.tv_sec >= 0 && usage.ru_utime.tv_usec >= 0 && usage.ru_stime.tv_sec >= 0, "usage is filled in");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    const int codes[] = {0, 1, 42, 127, 128, 255, 256, 257, -1, 0x1234};
    for (size_t i = 0; i < COUNT(codes); i++) run_exiting(codes[i]);

    const int signals[] = {SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, SIGPIPE, SIGALRM};
    for (size_t i = 0; i < COUNT(signals); i++) {
        pid_t child = fork_child();
        if (child == 0) {
            kill(getpid(), signals[i]);
            _exit(0);
        }
        int status = wait_for(child);
        say("%s: status word 0x%04x", signal_name(signals[i]), status);
    }

    result("wait without children", wait4(-1, NULL, 0, NULL));
    result("wait for pid 1", wait4(1, NULL, 0, NULL));
    result("wait with odd options", wait4(-1, NULL, 0x40, NULL));
    result("wait for own group", wait4(0, NULL, 0, NULL));
    result("wait for an unused group", wait4(-2147483647, NULL, 0, NULL));

    pid_t child = fork_child();
    if (child == 0) _exit(3);
    result("status into a bad address", wait4(child, (int *)8, 0, NULL));
    /* The zombie is reaped before its status is copied out: nothing is left to wait for. */
    result("wait again", wait4(child, NULL, 0, NULL));

    child = fork_child();
    if (child == 0) _exit(4);
    check(wait4(child, NULL, 0, NULL) == child, "a status nobody wants");
    return finish();
}
