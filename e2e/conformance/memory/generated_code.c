/* Programs that write code and run it (just-in-time compilers): new code, changed code, two views, and no execution of data. */
#include "conformance.h"

typedef int (*function)(void);

/* mov $value, %eax; ret */
static void write_function(unsigned char *target, int value) {
    target[0] = 0xb8;
    memcpy(target + 1, &value, 4);
    target[5] = 0xc3;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    unsigned char *code = must_map(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    function run = (function)(uintptr_t)code;
    write_function(code, 42);
    say("new code: %d", run());
    bool right = true;
    for (int i = 0; i < 1000; i++) {
        write_function(code, i);
        if (run() != i) right = false;
    }
    check(right, "changed a thousand times");

    must(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
    say("write protected: %d", run());
    pid_t child = fork_child();
    if (child == 0) {
        code[0] = 0;
        _exit(0);
    }
    say_status("a write to it", wait_for(child));

    /* One file, mapped writable here and executable there. */
    int fd = (int)must(open("code", O_RDWR | O_CREAT, 0700));
    must(ftruncate(fd, PAGE));
    unsigned char *writable = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    run = (function)(uintptr_t)must_map(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    write_function(writable, 1);
    int first = run();
    write_function(writable, 2);
    say("through two views: %d %d", first, run());

    /* mov $39, %eax; syscall; ret - a system call in code that was written at run time, first one, then another. */
    static const unsigned char get_pid[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3};
    unsigned char *fresh = must_map(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(fresh, get_pid, sizeof get_pid);
    run = (function)(uintptr_t)fresh;
    right = true;
    for (int i = 0; i < 2000; i++)
        if (run() != getpid()) right = false;
    check(right, "a system call in generated code");
    fresh[1] = 110; /* getppid */
    check(run() == getppid(), "its number changed");
    fresh[1] = 39;
    check(run() == getpid(), "and changed back");
    check(memcmp(fresh, get_pid, sizeof get_pid) == 0, "the code reads as it was written");
    memset(fresh, 0, PAGE);
    write_function(fresh, 5);
    say("something else at the same place: %d", run());
    /* A jump into the middle: the syscall instruction alone. */
    memcpy(fresh, get_pid, sizeof get_pid);
    for (int i = 0; i < 200; i++) run();
    long answer;
    __asm__ volatile("call *%1" : "=a"(answer) : "r"(fresh + 5), "a"(110L) : "rcx", "r11", "memory");
    check(answer == getppid(), "a jump behind the mov uses the number that is in the register");

    child = fork_child();
    if (child == 0) {
        char *data = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        write_function((unsigned char *)data, 3);
        _exit(((function)(uintptr_t)data)());
    }
    say_status("data is not executable", wait_for(child));
    child = fork_child();
    if (child == 0) {
        unsigned char stack[16];
        write_function(stack, 3);
        _exit(((function)(uintptr_t)stack)());
    }
    say_status("the stack is not executable", wait_for(child));
    return finish();
}
