/* The general registers and flags survive an asynchronous handler; it can read and change them in its context. */
#include "conformance.h"
#include <sys/time.h>
#include <ucontext.h>

static volatile int handled;
static volatile long seen_register;

static void on_timer(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
    handled++;
    __asm__ volatile("xor %%eax, %%eax\n\txor %%r8, %%r8\n\txor %%r9, %%r9\n\txor %%r10, %%r10\n\txor %%edx, %%edx\n\tstc"
                     : : : "rax", "rdx", "r8", "r9", "r10", "cc");
}

static void change_registers(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    seen_register = registers[REG_R12];
    registers[REG_R13] = 0x1122334455667788;
    registers[REG_RBX] = registers[REG_RBX] * 2;
    registers[REG_EFL] |= 1; /* carry */
    handled++;
}

static void block_another(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGHUP);
}

/* Counts down with every register in use; a register that a handler or a switch spoils changes the sum. */
static long spin(long turns) {
    long sum = 0;
    __asm__ volatile(
        "mov $1, %%r8\n\tmov $2, %%r9\n\tmov $3, %%r10\n\tmov $4, %%r11\n\tmov $5, %%r12\n\tmov $6, %%r13\n\t"
        "mov $7, %%r14\n\tmov $8, %%r15\n\tmov $9, %%rsi\n\tmov $10, %%rdi\n\tmov $11, %%rdx\n"
        "1:\tadd %%r8, %0\n\tadd %%r9, %0\n\tadd %%r10, %0\n\tadd %%r11, %0\n\tadd %%r12, %0\n\tadd %%r13, %0\n\t"
        "add %%r14, %0\n\tadd %%r15, %0\n\tadd %%rsi, %0\n\tadd %%rdi, %0\n\tadd %%rdx, %0\n\tdec %1\n\tjnz 1b"
        : "+a"(sum), "+c"(turns)
        : : "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc");
    return sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGALRM, on_timer, 0);
    struct itimerval timer = {{0, 2000}, {0, 2000}};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    bool right = true;
    int64_t end = monotonic_ms() + 3000;
    while (handled < 20 && monotonic_ms() < end)
        if (spin(1000000) != 66000000) right = false;
    timer = (struct itimerval){0};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    check(handled >= 20, "the handler interrupts computing");
    check(right, "11 registers keep their values");

    handle_info(SIGUSR1, change_registers, 0);
    long number = SYS_tkill, r13 = 0, rbx = 0;
    unsigned char carry = 0;
    __asm__ volatile("mov $0x5a5a, %%r12\n\tmov $0, %%r13\n\tmov $21, %%rbx\n\tclc\n\tsyscall\n\tsetc %2\n\tmov %%r13, %1\n\t"
                     "mov %%rbx, %3"
                     : "+a"(number), "=&r"(r13), "=&q"(carry), "=&r"(rbx)
                     : "D"(syscall(SYS_gettid)), "S"((long)SIGUSR1)
                     : "rcx", "r11", "rbx", "r12", "r13", "cc", "memory");
    say("the handler saw %lx, changed r13 to %lx, rbx to %ld, carry to %d, the call returned %ld", seen_register, r13, rbx,
        carry, number);

    handle_info(SIGUSR2, block_another, 0);
    must(raise(SIGUSR2));
    sigset_t now;
    must(sigprocmask(SIG_BLOCK, NULL, &now));
    say("a mask changed in the context stays: HUP %d, USR2 %d", sigismember(&now, SIGHUP), sigismember(&now, SIGUSR2));
    return finish();
}
