/* A program that reads its own code finds the bytes of its file there, also after its system calls ran many times. */
#include "conformance.h"

extern const unsigned char hot_begin[], hot_end[], plain_begin[], plain_end[], far_begin[], far_end[];
long call_hot(void);
long call_plain(long number);
long call_far(long turn);

/* Three shapes of a system call site: with its number before it, without, and one that a jump enters in the middle. */
__asm__(".text\n"
        ".globl call_hot\ncall_hot:\nhot_begin:\n\tmov $39, %eax\n\tsyscall\nhot_end:\n\tret\n"
        ".globl call_plain\ncall_plain:\nplain_begin:\n\tmov %rdi, %rax\n\tsyscall\nplain_end:\n\tret\n"
        ".globl call_far\ncall_far:\nfar_begin:\n\ttest %rdi, %rdi\n\tmov $110, %eax\n\tjnz 1f\n\tmov $39, %eax\n"
        "1:\tsyscall\nfar_end:\n\tret\n"
        ".globl hot_begin, hot_end, plain_begin, plain_end, far_begin, far_end\n");

static uint64_t sum_of_code(void) {
    uint64_t sum = checksum(0, hot_begin, hot_end - hot_begin);
    sum = checksum(sum, plain_begin, plain_end - plain_begin);
    return checksum(sum, far_begin, far_end - far_begin);
}

static void hex(const char *what, const unsigned char *from, const unsigned char *to) {
    char line[200] = "";
    while (from < to) snprintf(line + strlen(line), sizeof line - strlen(line), " %02x", *from++);
    say("%s:%s", what, line);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    uint64_t before = sum_of_code();
    pid_t pid = getpid(), parent = getppid();
    bool right = true;
    for (int i = 0; i < 20000; i++) {
        if (call_hot() != pid) right = false;
        if (call_plain(39) != pid || call_plain(110) != parent) right = false;
        if (call_far(0) != pid || call_far(1) != parent) right = false;
    }
    check(right, "100000 calls give the right answers");
    check(sum_of_code() == before, "the code is as it was");
    hex("hot", hot_begin, hot_end);
    hex("plain", plain_begin, plain_end);
    hex("far", far_begin, far_end);

    int ends[2];
    must(pipe(ends));
    unsigned char copy[64];
    must(write(ends[1], hot_begin, hot_end - hot_begin));
    must(read(ends[0], copy, sizeof copy));
    check(memcmp(copy, "\xb8\x27\0\0\0\x0f\x05", 7) == 0, "write(2) of the code gives the same bytes");

    pid_t child = fork_child();
    if (child == 0) _exit(call_hot() == getpid() && call_far(1) == pid && sum_of_code() == before ? 0 : 1);
    say_status("in a child", wait_for(child));
    return finish();
}
