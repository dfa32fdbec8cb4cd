/*
 * Tries: to write over every page that it can write, in a child: stack, libraries' data, trap frames, whatever is there.
 * Must: the child dies or hangs (it is killed after a second) and nothing else is harmed: the parent goes on, forks and
 * makes system calls.
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t child = fork_child();
    if (child == 0) {
        /* Only registers are used from here on: the loop overwrites even its own stack. */
        __asm__ volatile("mov $0x7ffffffff000, %%rdi\n\tmov $0xcccccccccccccccc, %%rax\n"
                         "1:\tsub $8, %%rdi\n\tmov %%rax, (%%rdi)\n\tjmp 1b"
                         : : : "rax", "rdi", "memory");
    }
    for (int i = 0; i < 1000 && waitpid(child, NULL, WNOHANG) == 0; i++) sleep_ms(1);
    kill(child, SIGKILL);
    for (int round = 0; round < 5; round++) {
        /* Forwards from five places, with a handler that steps over what cannot be written. */
        child = fork_child();
        if (child == 0) {
            catch_faults();
            volatile char *address = (volatile char *)(uintptr_t[]){0x1000, 0x400000, 0x7f0000000000, 0x7fff00000000, 0x7ffff0000000}[round];
            for (long page = 0; page < 200000; page++, address += PAGE) attempt(*address = 0);
            _exit(0);
        }
        for (int i = 0; i < 2000 && waitpid(child, NULL, WNOHANG) == 0; i++) sleep_ms(1);
        kill(child, SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
    }
    child = fork_child();
    if (child == 0) _exit(5);
    say_status("a fork afterwards", wait_for(child));
    return survived();
}
