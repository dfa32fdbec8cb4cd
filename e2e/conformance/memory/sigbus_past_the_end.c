/* SIGBUS: a file mapping beyond the file's last page, and pages that a truncation took away; then the file grows back. */
#include "conformance.h"
#include <setjmp.h>

static sigjmp_buf back;
static siginfo_t last;

static void on_fault(int number, siginfo_t *info, void *context) {
    (void)context;
    last = *info;
    siglongjmp(back, number);
}

static void load(const char *what, volatile char *address) {
    int number = sigsetjmp(back, 1);
    if (number == 0) say("%s: %d", what, *address);
    else
        say("%s: %s %s, right address %d", what, signal_name(number), last.si_code == BUS_ADRERR ? "BUS_ADRERR" : "?",
            last.si_addr == address);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGBUS, on_fault, 0);
    handle_info(SIGSEGV, on_fault, 0);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(ftruncate(fd, PAGE + 10));
    must(pwrite(fd, "a", 1, 0));
    must(pwrite(fd, "b", 1, PAGE));
    char *shared = must_map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *private = must_map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    load("in the file", shared + PAGE);
    load("behind its last byte", shared + PAGE + 10);
    load("behind its last page", shared + 2 * PAGE);
    load("the same in a private view", private + 2 * PAGE + 50);
    private[0] = 'p';

    must(ftruncate(fd, 0));
    load("truncated", shared);
    load("truncated, the private copy too", private);
    load("truncated, second page", shared + PAGE);
    int ends[2];
    must(pipe(ends));
    result("a system call from there", write(ends[1], shared, 1));

    must(ftruncate(fd, 2 * PAGE));
    load("grown back", shared);
    load("grown back, private", private);
    shared[5] = 'n';
    char byte;
    must(pread(fd, &byte, 1, 5));
    say("and written: %c", byte);

    /* Truncating in the middle of a page clears its rest. */
    memset(shared, 'x', PAGE);
    must(ftruncate(fd, 100));
    must(ftruncate(fd, PAGE));
    say("cut and grown: %c %d", shared[99], shared[100]);

    /* Without a handler it ends the process. */
    must(ftruncate(fd, 0));
    pid_t child = fork_child();
    if (child == 0) {
        handle(SIGBUS, SIG_DFL, 0);
        _exit(*(volatile char *)shared);
    }
    say_status("without a handler", wait_for(child));
    return finish();
}
