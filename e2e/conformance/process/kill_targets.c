/* kill(2): one process, a group, signal 0, and the errors. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    result("signal 0 to ourselves", kill(getpid(), 0));
    result("no signal", kill(getpid(), 65));
    result("a negative signal", kill(getpid(), -1));
    result("nobody", kill(0x3ffffffe, SIGTERM));
    result("a group of nobody", kill(-0x3ffffffe, SIGTERM));
    result("nobody, and no signal", kill(0x3ffffffe, 100));

    pid_t child = fork_child();
    if (child == 0) {
        /* In a group of its own, kill(0) reaches it and its two children only. */
        must(setpgid(0, 0));
        pid_t pids[2];
        for (int i = 0; i < 2; i++) {
            pids[i] = fork_child();
            if (pids[i] == 0)
                for (;;) pause();
        }
        handle(SIGTERM, SIG_IGN, 0);
        pid_t outside = fork_child();
        if (outside == 0) {
            must(setpgid(0, 0));
            handle(SIGTERM, SIG_DFL, 0);
            for (;;) pause();
        }
        setpgid(outside, outside);
        must(kill(0, SIGTERM));
        for (int i = 0; i < 2; i++) say_status("in the group", wait_for(pids[i]));
        int status;
        result("outside of it", waitpid(outside, &status, WNOHANG));
        must(kill(outside, SIGKILL));
        say_status("outside", wait_for(outside));
        _exit(0);
    }
    say_status("who sent it", wait_for(child));

    child = fork_child();
    if (child == 0)
        for (;;) pause();
    result("tgkill with the wrong group", syscall(SYS_tgkill, getpid(), child, SIGTERM));
    result("tgkill", syscall(SYS_tgkill, child, child, SIGTERM));
    say_status("child", wait_for(child));
    result("tgkill to 0", syscall(SYS_tgkill, 0, 0, SIGTERM));
    result("tkill to -1", syscall(SYS_tkill, -1, SIGTERM));
    return finish();
}
