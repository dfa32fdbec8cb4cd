/* needs: root */
/* clone3(2): struct sizes, exit signals, a child on a stack of its own, argument errors. An ordinary user may not have it: filters
   that forbid namespaces cannot look into its struct and refuse it whole. */
#include "conformance.h"
#include <linux/sched.h>

static long clone3(struct clone_args *arguments, size_t size) {
    return syscall(SYS_clone3, arguments, size);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct clone_args plain = {.exit_signal = SIGCHLD};
    pid_t child = (pid_t)must(clone3(&plain, sizeof plain));
    if (child == 0) _exit(21);
    say_status("like fork", wait_for(child));

    struct clone_args oldest = {.exit_signal = SIGCHLD};
    child = (pid_t)must(clone3(&oldest, CLONE_ARGS_SIZE_VER0));
    if (child == 0) _exit(22);
    say_status("first version of the struct", wait_for(child));

    struct {
        struct clone_args arguments;
        char beyond[64];
    } longer = {.arguments = {.exit_signal = SIGCHLD}};
    child = (pid_t)must(clone3(&longer.arguments, sizeof longer));
    if (child == 0) _exit(23);
    say_status("a longer struct of zeros", wait_for(child));
    longer.beyond[40] = 1;
    result("a longer struct with something in it", clone3(&longer.arguments, sizeof longer));

    pid_t parent_word = 0;
    struct clone_args with_tid = {.flags = CLONE_PARENT_SETTID, .parent_tid = (uintptr_t)&parent_word,
                                  .exit_signal = SIGCHLD};
    child = (pid_t)must(clone3(&with_tid, sizeof with_tid));
    if (child == 0) _exit(0);
    check(parent_word == child, "the parent's word holds the child's pid");
    say_status("child", wait_for(child));

    /* An open pidfd is readable when its process has ended. */
    int pidfd = -1;
    struct clone_args with_pidfd = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD};
    child = (pid_t)must(clone3(&with_pidfd, sizeof with_pidfd));
    if (child == 0) _exit(24);
    check(pidfd >= 0 && (fcntl(pidfd, F_GETFD) & FD_CLOEXEC), "the pidfd is open and closes on exec");
    say_status("child", wait_for(child));

    result("too small a struct", clone3(&plain, CLONE_ARGS_SIZE_VER0 - 8));
    result("an enormous struct", clone3(&plain, 1 << 20));
    result("a bad address", clone3((struct clone_args *)16, sizeof plain));
    struct clone_args odd = {.exit_signal = 500};
    result("an exit signal that is none", clone3(&odd, sizeof odd));
    odd = (struct clone_args){.flags = CLONE_SIGHAND, .exit_signal = SIGCHLD};
    result("CLONE_SIGHAND alone", clone3(&odd, sizeof odd));
    odd = (struct clone_args){.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD};
    result("a thread with an exit signal", clone3(&odd, sizeof odd));
    odd = (struct clone_args){.stack = 4096, .exit_signal = SIGCHLD};
    result("a stack without size", clone3(&odd, sizeof odd));
    odd = (struct clone_args){.stack_size = 4096, .exit_signal = SIGCHLD};
    result("a stack size without stack", clone3(&odd, sizeof odd));
    odd = (struct clone_args){.flags = CLONE_FS | CLONE_NEWNS, .exit_signal = SIGCHLD};
    result("CLONE_FS with CLONE_NEWNS", clone3(&odd, sizeof odd));
    return finish();
}
