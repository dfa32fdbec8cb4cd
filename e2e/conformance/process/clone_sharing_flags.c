/* clone(2) without threads: CLONE_VM, CLONE_FILES, CLONE_FS, exit signals, __WALL and __WCLONE, tid pointers. */
#include "conformance.h"
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int memory;
static volatile pid_t tid_word;
static int fd;

static int change_everything(void *argument) {
    (void)argument;
    memory = 1;
    close(fd);
    if (chdir("below") == -1) return 1;
    umask(077);
    return 17;
}

static int tell_tid(void *argument) {
    (void)argument;
    return tid_word == gettid() ? 0 : 1;
}

static void run(const char *what, int flags) {
    memory = 0;
    fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    pid_t child = (pid_t)must(clone(change_everything, stack + sizeof stack, flags | SIGCHLD, NULL));
    int status = wait_for(child);
    mode_t mask = umask(022);
    bool moved = access("../below", F_OK) == 0;
    say("%s: exit %d, memory %s, descriptor %s, directory %s, umask %s", what, WEXITSTATUS(status),
        memory ? "shared" : "own", fcntl(fd, F_GETFD) == -1 ? "shared" : "own", moved ? "shared" : "own",
        mask == 077 ? "shared" : "own");
    if (moved) must(chdir(".."));
    close(fd);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("below", 0755));
    run("nothing", 0);
    run("CLONE_VM", CLONE_VM);
    run("CLONE_FILES", CLONE_FILES);
    run("CLONE_FS", CLONE_FS);
    run("all three", CLONE_VM | CLONE_FILES | CLONE_FS);

    int status;
    pid_t child = (pid_t)must(clone(tell_tid, stack + sizeof stack, 0, NULL));
    result("a child without exit signal and a plain wait", waitpid(child, &status, 0));
    check(waitpid(child, &status, __WCLONE) == child, "__WCLONE finds it");
    child = (pid_t)must(clone(tell_tid, stack + sizeof stack, 0, NULL));
    check(waitpid(child, &status, __WALL) == child, "__WALL finds it");

    pid_t parent_word = 0;
    child = (pid_t)must(clone(tell_tid, stack + sizeof stack,
                              CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, NULL, &parent_word, NULL, &tid_word));
    say_status("CLONE_CHILD_SETTID filled the child's word", wait_for(child));
    check(parent_word == child, "CLONE_PARENT_SETTID filled the parent's word");
    check(tid_word == 0, "the parent's copy of the child's word is untouched");

    result("CLONE_SIGHAND without CLONE_VM", clone(tell_tid, stack + sizeof stack, CLONE_SIGHAND | SIGCHLD, NULL));
    result("CLONE_THREAD without CLONE_SIGHAND", clone(tell_tid, stack + sizeof stack, CLONE_THREAD | CLONE_VM, NULL));
    return finish();
}
