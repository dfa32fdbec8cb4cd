/* build: static dynamic */
/* sigaltstack(2): handlers run on it, also after the main stack overflowed; nesting, disabling, errors. */
#include "conformance.h"
#include <setjmp.h>
#include <sys/resource.h>

static char *alternate;
static size_t alternate_size = 65536;
static sigjmp_buf back;

static bool on_alternate(const void *address) {
    return (const char *)address >= alternate && (const char *)address < alternate + alternate_size;
}

static void where(int number) {
    int local;
    stack_t stack;
    must(sigaltstack(NULL, &stack));
    say("%s handler: on the alternate stack %d, flags say %s", signal_name(number), on_alternate(&local),
        stack.ss_flags == SS_ONSTACK ? "SS_ONSTACK" : stack.ss_flags == 0 ? "0" : "SS_DISABLE");
    if (number == SIGUSR1) {
        stack_t other = {.ss_sp = alternate, .ss_size = alternate_size};
        result("change it while in use", sigaltstack(&other, NULL));
        raise(SIGHUP);
    }
}

static void overflowed(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    int local;
    say("%s: on the alternate stack %d", signal_name(number), on_alternate(&local));
    siglongjmp(back, 1);
}

#pragma GCC diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline)) static int recurse(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    frame[4095] = frame[0];
    return recurse(depth + 1) + frame[4095];
}

int main(int argc, char **argv) {
    begin(argc, argv);
    alternate = malloc(alternate_size);
    stack_t stack = {.ss_sp = alternate, .ss_size = alternate_size}, old;
    must(sigaltstack(&stack, &old));
    say("before: %s", old.ss_flags == SS_DISABLE ? "SS_DISABLE" : "something");
    must(sigaltstack(NULL, &old));
    check(old.ss_sp == alternate && old.ss_size == alternate_size && old.ss_flags == 0, "it can be read back");

    handle(SIGUSR1, where, SA_ONSTACK);
    handle(SIGHUP, where, SA_ONSTACK);
    handle(SIGUSR2, where, 0);
    must(raise(SIGUSR1));
    must(raise(SIGUSR2));

    struct rlimit limit;
    must(getrlimit(RLIMIT_STACK, &limit));
    limit.rlim_cur = 1 << 20;
    must(setrlimit(RLIMIT_STACK, &limit));
    handle_info(SIGSEGV, overflowed, SA_ONSTACK);
    for (int i = 0; i < 2; i++)
        if (sigsetjmp(back, 1) == 0) recurse(0);
    say("came back from two overflows");

    pid_t child = fork_child();
    if (child == 0) {
        must(sigaltstack(NULL, &old));
        check(old.ss_sp == alternate && old.ss_flags == 0, "a fork inherits it");
        stack.ss_flags = SS_DISABLE;
        must(sigaltstack(&stack, NULL));
        recurse(0);
        _exit(0);
    }
    say_status("overflow without it", wait_for(child));

    stack = (stack_t){.ss_sp = alternate, .ss_size = 100};
    result("too small", sigaltstack(&stack, NULL));
    stack = (stack_t){.ss_sp = alternate, .ss_size = alternate_size, .ss_flags = 0x40};
    result("odd flags", sigaltstack(&stack, NULL));
    result("bad address", sigaltstack((stack_t *)8, NULL));
    return finish();
}
