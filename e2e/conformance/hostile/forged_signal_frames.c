/*
 * Tries: rt_sigreturn with forged frames: kernel addresses, odd segments, flags with I/O privilege and trap bits, a wild
 * FP state, no frame at all; each in a child.
 * Must: the child gets SIGSEGV or goes on with harmless registers; privileges and segments never change; nothing else is
 * harmed.
 */
#include "hostile.h"

static int variant;

static void handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ucontext_t *frame = context;
    greg_t *registers = frame->uc_mcontext.gregs;
    if (variant == 0) registers[REG_RIP] = (greg_t)0xffffffff81000000;
    if (variant == 1) registers[REG_RIP] = (greg_t)0x8000000000000000;
    if (variant == 2) registers[REG_CSGSFS] = 0x0000000000000010; /* the kernel's code segment */
    if (variant == 3) registers[REG_EFL] |= 0x3000 | 0x200 | 0x100; /* IOPL 3, IF, TF */
    if (variant == 4) frame->uc_mcontext.fpregs = (fpregset_t)(uintptr_t)0xffff800000000000;
    if (variant == 5) frame->uc_mcontext.fpregs = (fpregset_t)((char *)frame->uc_mcontext.fpregs + 3);
    if (variant == 6) memset(frame->uc_mcontext.fpregs, 0xff, 512);
    if (variant == 7) registers[REG_RSP] = (greg_t)0xffff800000000000;
    if (variant == 8) frame->uc_stack.ss_sp = (void *)0xffff800000000000;
    if (variant == 9) memset(&frame->uc_sigmask, 0xff, 8);
    if (variant == 10) registers[REG_CSGSFS] = 0x0000000000000023; /* the 32-bit user code segment */
}

int main(int argc, char **argv) {
    begin(argc, argv);
    for (variant = 0; variant <= 10; variant++) {
        pid_t child = fork_child();
        if (child == 0) {
            handle_info(SIGUSR1, handler, 0);
            alarm(2);
            raise(SIGUSR1);
            unsigned long flags;
            __asm__ volatile("pushfq\n\tpop %0" : "=r"(flags));
            _exit((flags >> 12) & 3);
        }
        char what[32];
        snprintf(what, sizeof what, "variant %d", variant);
        say_status(what, wait_for(child));
    }
    pid_t child = fork_child();
    if (child == 0) {
        __asm__ volatile("mov $15, %%eax\n\txor %%esp, %%esp\n\tsyscall" : : : "rax", "memory");
        _exit(0);
    }
    say_status("no frame at all", wait_for(child));
    return survived();
}
