/* A fault whose signal is blocked or ignored kills all the same; sent with kill the same signal waits or is dropped. */
#include "conformance.h"

static void fault(void) {
    *(volatile int *)16 = 1;
}

static void illegal(void) {
    __asm__ volatile("ud2");
}

static void divide(void) {
    __asm__ volatile("xor %%ecx, %%ecx\n\tmov $1, %%eax\n\tcltd\n\tidiv %%ecx" : : : "rax", "rcx", "rdx", "cc");
}

static void in_handler(int number) {
    (void)number;
    fault();
}

static void returning(int number) {
    static int count;
    if (++count == 5) {
        say("%s came back %d times", signal_name(number), count);
        _exit(0);
    }
}

int main(int argc, char **argv) {
    begin(argc, argv);
    static void (*const faults[])(void) = {fault, illegal, divide};
    const int signals[] = {SIGSEGV, SIGILL, SIGFPE};
    for (int i = 0; i < 3; i++) {
        for (int how = 0; how < 4; how++) {
            pid_t child = fork_child();
            if (child == 0) {
                if (how == 1) block_signal(signals[i]);
                if (how == 2) handle(signals[i], SIG_IGN, 0);
                if (how == 3) {
                    handle(signals[i], returning, 0);
                    block_signal(signals[i]);
                }
                faults[i]();
                _exit(0);
            }
            const char *const names[] = {"default", "blocked", "ignored", "blocked with a handler"};
            char what[64];
            snprintf(what, sizeof what, "%s %s", signal_name(signals[i]), names[how]);
            say_status(what, wait_for(child));
        }
    }
    pid_t child = fork_child();
    if (child == 0) {
        handle(SIGSEGV, in_handler, 0);
        fault();
        _exit(0);
    }
    say_status("a fault in the handler of the fault", wait_for(child));
    /* A handler that returns goes back to the faulting instruction. */
    child = fork_child();
    if (child == 0) {
        handle(SIGSEGV, returning, 0);
        fault();
        _exit(1);
    }
    say_status("a handler that returns", wait_for(child));
    child = fork_child();
    if (child == 0) {
        block_signal(SIGSEGV);
        must(kill(getpid(), SIGSEGV));
        sigset_t pending;
        must(sigpending(&pending));
        say("sent and blocked: pending %d", sigismember(&pending, SIGSEGV));
        handle(SIGFPE, SIG_IGN, 0);
        must(kill(getpid(), SIGFPE));
        say("sent and ignored: still here");
        _exit(0);
    }
    say_status("sent", wait_for(child));
    /* No room for the signal frame: the kernel gives up on the handler. */
    child = fork_child();
    if (child == 0) {
        handle(SIGUSR1, returning, 0);
        __asm__ volatile("mov $200, %%eax\n\tmov %0, %%edi\n\tmov $10, %%esi\n\tmov $4096, %%rsp\n\tsyscall\n\tud2"
                         : : "r"((int)syscall(SYS_gettid)) : "rax", "rdi", "rsi", "memory");
        _exit(0);
    }
    say_status("a stack pointer to nowhere", wait_for(child));
    return finish();
}
