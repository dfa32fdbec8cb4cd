/* A system call changes rax, rcx and r11 and nothing else: rcx gets the return address, r11 the flags. */
#include "conformance.h"
#include <sys/time.h>

struct registers {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, flags, return_address;
};

void call_with_registers(struct registers *registers);
__asm__(".text\n.globl call_with_registers\ncall_with_registers:\n"
        "\tpush %rbx\n\tpush %rbp\n\tpush %r12\n\tpush %r13\n\tpush %r14\n\tpush %r15\n\tpush %rdi\n"
        "\tmov 0(%rdi), %rax\n\tmov 8(%rdi), %rbx\n\tmov 16(%rdi), %rcx\n\tmov 24(%rdi), %rdx\n\tmov 32(%rdi), %rsi\n"
        "\tmov 48(%rdi), %rbp\n\tmov 56(%rdi), %r8\n\tmov 64(%rdi), %r9\n\tmov 72(%rdi), %r10\n\tmov 80(%rdi), %r11\n"
        "\tmov 88(%rdi), %r12\n\tmov 96(%rdi), %r13\n\tmov 104(%rdi), %r14\n\tmov 112(%rdi), %r15\n"
        "\tpush 120(%rdi)\n\tpopfq\n\tmov 40(%rdi), %rdi\n\tsyscall\n1:\n"
        "\txchg %rdi, (%rsp)\n"
        "\tmov %rax, 0(%rdi)\n\tmov %rbx, 8(%rdi)\n\tmov %rcx, 16(%rdi)\n\tmov %rdx, 24(%rdi)\n\tmov %rsi, 32(%rdi)\n"
        "\tmov %rbp, 48(%rdi)\n\tmov %r8, 56(%rdi)\n\tmov %r9, 64(%rdi)\n\tmov %r10, 72(%rdi)\n\tmov %r11, 80(%rdi)\n"
        "\tmov %r12, 88(%rdi)\n\tmov %r13, 96(%rdi)\n\tmov %r14, 104(%rdi)\n\tmov %r15, 112(%rdi)\n"
        "\tpushfq\n\tpop 120(%rdi)\n\tcld\n\tpop %rax\n\tmov %rax, 40(%rdi)\n\tlea 1b(%rip), %rax\n\tmov %rax, 128(%rdi)\n"
        "\tpop %r15\n\tpop %r14\n\tpop %r13\n\tpop %r12\n\tpop %rbp\n\tpop %rbx\n\tret\n");

static void try(const char *what, long number, uint64_t rdi, uint64_t rsi, uint64_t rdx, uint64_t r10, uint64_t flags) {
    struct registers before = {.rax = number, .rbx = 0xb, .rcx = 0xc, .rdx = rdx, .rsi = rsi, .rdi = rdi, .rbp = 0xbb,
                               .r8 = 0x8888888888888888, .r9 = 0x9999, .r10 = r10, .r11 = 0x11, .r12 = 0x1212,
                               .r13 = 0x1313131313131313, .r14 = 0x1414, .r15 = 0x1515, .flags = flags};
    struct registers after = before;
    call_with_registers(&after);
    bool kept = after.rbx == before.rbx && after.rdx == before.rdx && after.rsi == before.rsi && after.rdi == before.rdi &&
                after.rbp == before.rbp && after.r8 == before.r8 && after.r9 == before.r9 && after.r10 == before.r10 &&
                after.r12 == before.r12 && after.r13 == before.r13 && after.r14 == before.r14 && after.r15 == before.r15;
    check(kept, "%s keeps its registers", what);
    check(after.rcx == after.return_address, "%s: rcx is the return address", what);
    check((after.r11 & 0xcd5) == (flags & 0xcd5), "%s: r11 is the flags", what);
    check((after.flags & 0xcd5) == (flags & 0xcd5), "%s keeps the flags", what);
}

static void on_timer(int number) {
    (void)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe(ends));
    static char buffer[16];
    struct timespec time = {0, 5000000};
    for (int turn = 0; turn < 3; turn++) {
        try("getpid", SYS_getpid, 1, 2, 3, 4, 0x246);
        try("write", SYS_write, ends[1], (uintptr_t)"x", 1, 0x1010101010101010, 0x202);
        try("read", SYS_read, ends[0], (uintptr_t)buffer, 1, 7, 0x287);
        try("a call that fails", SYS_close, 900, 0xffffffffffffffff, 0x8000000000000000, 5, 0xa93);
        try("a call that is not there", 4000, 1, 2, 3, 4, 0xed7);
    }
    try("nanosleep", SYS_nanosleep, (uintptr_t)&time, 0, 3, 4, 0x246);
    handle(SIGALRM, on_timer, 0);
    struct itimerval timer = {{0, 5000}, {0, 5000}};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    try("pause that a signal ends", SYS_pause, 1, 2, 3, 4, 0x246);
    return finish();
}
