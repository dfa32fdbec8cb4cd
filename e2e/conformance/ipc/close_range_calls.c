/* close_range(2): closing a range, marking it close-on-exec, with a private table of descriptors. */
#include "conformance.h"
#include <linux/close_range.h>
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));

static long close_some(unsigned first, unsigned last, unsigned flags) {
    return syscall(SYS_close_range, first, last, flags);
}

static void list(const char *what) {
    char line[128] = "";
    for (int fd = 3; fd < 20; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags != -1) snprintf(line + strlen(line), sizeof line - strlen(line), " %d%s", fd, flags ? "x" : "");
    }
    say("%s:%s", what, line);
}

static void fill(void) {
    for (int fd = 3; fd < 15; fd++) must(dup2(0, fd));
}

static int unshare_and_close(void *argument) {
    (void)argument;
    return (int)close_some(3, 8, CLOSE_RANGE_UNSHARE);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    fill();
    list("at first");
    result("5 to 7", close_some(5, 7, 0));
    list("then");
    result("over what is not open", close_some(5, 9, 0));
    list("then");
    result("mark 10 to 12", close_some(10, 12, CLOSE_RANGE_CLOEXEC));
    list("then");
    result("all from 4 on", close_some(4, ~0u, 0));
    list("then");
    fill();
    pid_t child = (pid_t)must(clone(unshare_and_close, stack + sizeof stack, CLONE_FILES | SIGCHLD, NULL));
    say_status("a child that shares the table closes its own copy", wait_for(child));
    list("ours");
    result("backwards", close_some(9, 5, 0));
    result("odd flags", close_some(3, 4, 0x100));
    result("nothing there", close_some(1000, 2000, 0));
    return finish();
}
