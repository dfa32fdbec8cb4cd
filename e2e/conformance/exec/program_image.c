/* build: static dynamic */
/* The image of a program: data, zeroed bss also in the page that the file's data ends in, constructors, protection. */
#include "conformance.h"
#include <setjmp.h>
#include <sys/auxv.h>
#include <link.h>

static int values[5] = {1, 2, 3, 4, 5};
static const char constant[] = "constant text";
static char zeros[3 * 4096 + 100];
static int constructed;
static const char *const pointers[] = {constant, "second", "third"};

__attribute__((constructor(101))) static void early(void) {
    constructed = constructed * 10 + 1;
}

__attribute__((constructor(102))) static void late(void) {
    constructed = constructed * 10 + 2;
}

static sigjmp_buf back;

static void on_fault(int number) {
    siglongjmp(back, number);
}

static void try_write(const char *what, volatile char *address) {
    int number = sigsetjmp(back, 1);
    if (number == 0) {
        *address = *address;
        say("write to %s: ok", what);
    } else {
        say("write to %s: %s", what, signal_name(number));
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    say("data: %d %d %d %d %d", values[0], values[1], values[2], values[3], values[4]);
    bool zero = true;
    for (size_t i = 0; i < sizeof zeros; i++)
        if (zeros[i] != 0) zero = false;
    check(zero, "bss is zero");
    say("constructors: %d", constructed);
    say("relocated pointers: %s, %s, %s", pointers[0], pointers[1], pointers[2]);
    handle(SIGSEGV, on_fault, 0);
    try_write("data", (char *)values);
    try_write("bss", zeros);
    try_write("constants", (char *)constant);
    try_write("code", (char *)(uintptr_t)main);

    /* The program break begins after the bss; growing it gives zeros. */
    char *end = sbrk(0);
    check(end >= zeros + sizeof zeros || getauxval(AT_BASE) != 0, "the break lies behind the bss");
    char *grown = sbrk(8192);
    zero = grown != (char *)-1;
    for (int i = 0; zero && i < 8192; i++)
        if (grown[i] != 0) zero = false;
    check(zero, "new memory at the break is zero");
    return finish();
}
