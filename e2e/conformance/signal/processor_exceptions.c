/* libraries: -lm */
/* SIGFPE, SIGILL, SIGTRAP: codes and addresses of the processor's exceptions, and going on after them. */
#include "conformance.h"
#include <fenv.h>
#include <ucontext.h>

static siginfo_t last;
static volatile int caught;
static volatile long skip_bytes;
static long trap_number;
static uintptr_t stopped_at;

static void handler(int number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    last = *info;
    caught = number;
    trap_number = registers[REG_TRAPNO];
    stopped_at = registers[REG_RIP];
    registers[REG_RIP] += skip_bytes;
}

static void tell(const char *what, const char *code, bool at_instruction) {
    say("%s: %s %s, trap %ld, address right %d", what, signal_name(caught), code, trap_number, at_instruction);
    caught = 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGFPE, handler, 0);
    handle_info(SIGILL, handler, 0);
    handle_info(SIGTRAP, handler, 0);
    handle_info(SIGSEGV, handler, 0);
    uintptr_t here;

    skip_bytes = 2; /* f7 f1: idiv %ecx */
    __asm__ volatile("lea 1f(%%rip), %0\n\txor %%ecx, %%ecx\n\tmov $1, %%eax\n\tcltd\n1:\tidiv %%ecx"
                     : "=r"(here) : : "rax", "rcx", "rdx", "cc", "memory");
    tell("division by zero", last.si_code == FPE_INTDIV ? "FPE_INTDIV" : "?", (uintptr_t)last.si_addr == here);
    __asm__ volatile("lea 1f(%%rip), %0\n\tmov $-1, %%ecx\n\tmov $0x80000000, %%eax\n\tcltd\n1:\tidiv %%ecx"
                     : "=r"(here) : : "rax", "rcx", "rdx", "cc", "memory");
    tell("quotient too large", last.si_code == FPE_INTDIV ? "FPE_INTDIV" : "?", (uintptr_t)last.si_addr == here);

    skip_bytes = 2; /* 0f 0b: ud2 */
    __asm__ volatile("lea 1f(%%rip), %0\n1:\tud2" : "=r"(here) : : "memory");
    tell("invalid instruction", last.si_code == ILL_ILLOPN ? "ILL_ILLOPN" : "?", (uintptr_t)last.si_addr == here);

    skip_bytes = 0; /* int3 is a trap: the instruction pointer is already behind it. */
    __asm__ volatile("lea 1f(%%rip), %0\n\tint3\n1:" : "=r"(here) : : "memory");
    tell("breakpoint", last.si_code == SI_KERNEL ? "SI_KERNEL" : "?", stopped_at == here);

    skip_bytes = 1; /* f4: hlt, a privileged instruction */
    __asm__ volatile("lea 1f(%%rip), %0\n1:\thlt" : "=r"(here) : : "memory");
    tell("privileged instruction", last.si_code == SI_KERNEL ? "SI_KERNEL" : "?", stopped_at == here);
    skip_bytes = 1; /* fa: cli */
    __asm__ volatile("lea 1f(%%rip), %0\n1:\tcli" : "=r"(here) : : "memory");
    tell("clear interrupts", last.si_code == SI_KERNEL ? "SI_KERNEL" : "?", stopped_at == here);
    skip_bytes = 1; /* ec: in (%dx), %al without permission for the port */
    __asm__ volatile("lea 1f(%%rip), %0\n\tmov $0x80, %%edx\n1:\tin (%%dx), %%al" : "=r"(here) : : "rax", "rdx", "memory");
    tell("port access", last.si_code == SI_KERNEL ? "SI_KERNEL" : "?", stopped_at == here);

    /* Floating point: masked at first, a signal when unmasked. f2 0f 5e c1: divsd %xmm1, %xmm0 */
    volatile double zero = 0, one = 1, quotient = one / zero;
    check(quotient > 1e300, "masked: the quotient is infinite");
    feenableexcept(FE_DIVBYZERO);
    skip_bytes = 4;
    double x = one, y = zero;
    __asm__ volatile("movsd %1, %%xmm0\n\tmovsd %2, %%xmm1\n\tlea 1f(%%rip), %0\n1:\tdivsd %%xmm1, %%xmm0"
                     : "=r"(here) : "m"(x), "m"(y) : "xmm0", "xmm1", "memory");
    tell("floating division by zero", last.si_code == FPE_FLTDIV ? "FPE_FLTDIV" : "?", (uintptr_t)last.si_addr == here);
    feenableexcept(FE_INVALID);
    x = zero;
    __asm__ volatile("movsd %1, %%xmm0\n\tmovsd %2, %%xmm1\n\tlea 1f(%%rip), %0\n1:\tdivsd %%xmm1, %%xmm0"
                     : "=r"(here) : "m"(x), "m"(y) : "xmm0", "xmm1", "memory");
    tell("invalid operation", last.si_code == FPE_FLTINV ? "FPE_FLTINV" : "?", (uintptr_t)last.si_addr == here);
    fedisableexcept(FE_ALL_EXCEPT);

    /* The trap flag: one SIGTRAP after each instruction. */
    skip_bytes = 0;
    __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\tnop\n1:\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq"
                     : : : "memory", "cc");
    tell("single step", last.si_code == TRAP_TRACE ? "TRAP_TRACE" : "?", true);
    return finish();
}
