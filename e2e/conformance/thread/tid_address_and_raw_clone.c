/* set_tid_address(2), CLONE_CHILD_CLEARTID: the word is cleared and its futex woken at the end; a thread made by hand. */
#include "conformance.h"
#include <linux/futex.h>
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int ran;
static pid_t cleared = -1, parent_word;

static int body(void *argument) {
    ran = *(int *)argument;
    /* No libc here: the thread shares the caller's thread-local storage. */
    syscall(SYS_exit, 0);
    return 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    check(syscall(SYS_set_tid_address, &cleared) == gettid(), "set_tid_address returns the tid");
    /* For the rest of this program the word at our end would be `cleared`: give it back to a harmless place. */
    static pid_t unused;
    syscall(SYS_set_tid_address, &unused);

    int argument = 55;
    int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID |
                CLONE_CHILD_CLEARTID;
    pid_t tid = (pid_t)must(clone(body, stack + sizeof stack, flags, &argument, &parent_word, NULL, &cleared));
    check(parent_word == tid, "the parent's word holds the tid");
    while (*(volatile pid_t *)&cleared != 0) syscall(SYS_futex, &cleared, FUTEX_WAIT, cleared, NULL, NULL, 0);
    say("the thread ran: %d, the word is %d", ran, cleared);
    result("a thread cannot be waited for", waitpid(tid, NULL, 0));

    /* A forked child clears its word too, when it shares the memory. */
    cleared = -1;
    pid_t child = (pid_t)must(clone(body, stack + sizeof stack, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, &argument, NULL,
                                    NULL, &cleared));
    say_status("process sharing memory", wait_for(child));
    say("its word: %d", cleared);

    check(gettid() == getpid(), "the first thread's tid is the pid");
    say("done by hand");
    return finish();
}
