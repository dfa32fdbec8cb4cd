/* System calls that are not there answer ENOSYS, whatever their number, and change nothing. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    const long numbers[] = {500, 1000, 4095, 5000, 0x7fffffff, -1, -100};
    for (size_t i = 0; i < COUNT(numbers); i++) result("number", syscall(numbers[i], 1, 2, 3, 4, 5, 6));
    result("tuxcall", syscall(184));
    result("create_module", syscall(174));
    /* Only the lower half of rax counts (entry_SYSCALL_64 takes it as an int). */
    long answer;
    __asm__ volatile("syscall" : "=a"(answer) : "a"(0x100000027L) : "rcx", "r11", "memory");
    say("with rubbish above: %s", answer == getpid() ? "getpid" : answer == -ENOSYS ? "ENOSYS" : "?");
    return finish();
}
