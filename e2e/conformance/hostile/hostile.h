/*
 * What the hostile programs share. They are for isolation tests: each tries to harm the host, the kernel, another
 * process or another machine. Each prints what it found, and "survived" when it came to its end; a test compares
 * that with the comment at its top ("Tries:", "Must:") and looks at the host from outside.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "../conformance.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf hostile_back UNUSED;
static volatile int hostile_signal UNUSED;

UNUSED static void hostile_handler(int number) {
    hostile_signal = number;
    siglongjmp(hostile_back, 1);
}

/* Faults come back to here; on a stack of its own, as the attempt may have spoilt the stack pointer. */
UNUSED static void catch_faults(void) {
    static char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    must(sigaltstack(&alternate, NULL));
    const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < COUNT(numbers); i++) handle(numbers[i], hostile_handler, SA_ONSTACK | SA_NODEFER);
}

/* Runs a statement; the signal that ended it, or 0. */
#define attempt(statement)                                                                                             \
    __extension__({                                                                                                    \
        hostile_signal = 0;                                                                                            \
        if (sigsetjmp(hostile_back, 1) == 0) {                                                                         \
            statement;                                                                                                 \
        }                                                                                                              \
        hostile_signal;                                                                                                \
    })

UNUSED static int survived(void) {
    say("survived");
    return 0;
}

#endif
