/*
 * Tries: 32-bit system calls from 64-bit code (int $0x80, sysenter) whose numbers mean something else: 20 is getpid in
 * 32-bit code and writev in 64-bit code, 37 is kill, 11 is execve.
 * Must: no such call reaches the host: the program gets SIGSEGV or SIGSYS, or the guest's kernel answers as Linux
 * without 32-bit support does (SIGSEGV). Natively with 32-bit support the first one answers our pid.
 */
#include "hostile.h"

static long interrupt_80(long number, long first, long second) {
    long value;
    __asm__ volatile("int $0x80" : "=a"(value) : "a"(number), "b"(first), "c"(second) : "memory", "r8", "r9", "r10", "r11");
    return value;
}

static const char *answer(int number, long value) {
    if (number != 0) return signal_name(number);
    if (value == getpid()) return "our pid";
    if (value < 0 && value > -4096) return errno_name((int)-value);
    return value == 0 ? "success" : "something else";
}

int main(int argc, char **argv) {
    begin(argc, argv);
    catch_faults();
    volatile long value = 0;
    int number = attempt(value = interrupt_80(20, 0, 0));
    say("int 0x80, getpid: %s", answer(number, value));
    number = attempt(value = interrupt_80(37, getppid(), 0));
    say("int 0x80, kill: %s", answer(number, value));
    pid_t child = fork_child();
    if (child == 0) {
        /* 32-bit exit: in 64-bit numbers 1 is write. */
        interrupt_80(1, 42, 0);
        _exit(7);
    }
    say_status("int 0x80, exit", wait_for(child));
    child = fork_child();
    if (child == 0) {
        /* It comes back, if at all, to the 32-bit vDSO's landing pad, which takes its way on from the stack: none here. */
        handle(SIGSEGV, SIG_DFL, 0);
        handle(SIGILL, SIG_DFL, 0);
        __asm__ volatile("mov $20, %%eax\n\txor %%ebp, %%ebp\n\txor %%esp, %%esp\n\tsysenter" : : : "rax", "memory");
        _exit(8);
    }
    say_status("sysenter", wait_for(child));
    /* The x32 numbers: bit 30 set. */
    result("x32 getpid", syscall(0x40000000 + SYS_getpid) == getpid() ? 0 : -1);
    return survived();
}
