/*
 * Tries: munmap of the whole address space, of all but the code that does it, and mprotect and mremap of what it does
 * not own, each in a child.
 * Must: the child is killed by SIGSEGV (as natively) or goes on; the kernel's own mappings in that process are not taken
 * from it, or only this process suffers. The parent goes on.
 */
#include "hostile.h"

static void run(const char *what, void (*body)(void)) {
    pid_t child = fork_child();
    if (child == 0) {
        body();
        _exit(0);
    }
    int status, waited = 0;
    for (int i = 0; i < 5000 && (waited = waitpid(child, &status, WNOHANG)) == 0; i++) sleep_ms(1);
    if (waited == 0) {
        say("%s: it hangs", what);
        kill(child, SIGKILL);
        wait_for(child);
    } else {
        say_status(what, status);
    }
}

static void everything(void) {
    /* Nothing can be said after it worked; what is refused goes on below. */
    if (syscall(SYS_munmap, 0, 0x7ffffffff000) == -1) say("munmap of everything: %s", errno_name(errno));
    if (syscall(SYS_munmap, 0, 0x7fff00000000) == -1) say("munmap of nearly everything: %s", errno_name(errno));
}

static void largest_accepted(void) {
    for (uintptr_t length = 0x7ffffffff000; length > PAGE; length -= length / 16 & ~(PAGE - 1))
        syscall(SYS_munmap, 0, length);
}

static void above_the_stack(void) {
    int local;
    uintptr_t top = ((uintptr_t)&local & ~0xfffful) + 0x1000000;
    syscall(SYS_munmap, top, 0x7ffffffff000 - top);
}

static void low(void) {
    syscall(SYS_munmap, 0x1000, 0x3ff000);
}

static void no_access(void) {
    for (uintptr_t address = 0x7ffff0000000; address < 0x7ffffffff000; address += 16 * PAGE)
        syscall(SYS_mprotect, address, 16 * PAGE, PROT_NONE);
}

static void map_over(void) {
    int local;
    uintptr_t top = ((uintptr_t)&local & ~0xfffful) + 0x1000000;
    for (uintptr_t address = top; address < 0x7ffffffff000; address += 256 * PAGE)
        mmap((void *)address, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    run("everything", everything);
    run("as much as is accepted", largest_accepted);
    run("above the stack", above_the_stack);
    run("low addresses", low);
    run("mprotect of the top", no_access);
    run("mappings over the top", map_over);
    pid_t child = fork_child();
    if (child == 0) _exit(3);
    say_status("a fork afterwards", wait_for(child));
    return survived();
}
