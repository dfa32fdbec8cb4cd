/* arch_prctl(2): the bases of fs and gs; fs belongs to the thread, and survives calls, switches, fork and signals. */
#include "conformance.h"
#include <asm/prctl.h>
#include <pthread.h>
#include <sched.h>

static uint64_t memory[4] = {0x1111, 0x2222, 0x3333, 0x4444};

static uint64_t through_gs(void) {
    uint64_t value;
    __asm__ volatile("mov %%gs:8, %0" : "=r"(value));
    return value;
}

static void handler(int number) {
    (void)number;
    say("in a handler: %lx", (unsigned long)through_gs());
}

static void *thread_body(void *argument) {
    uint64_t base = 1;
    (void)argument;
    must(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
    must(syscall(SYS_arch_prctl, ARCH_SET_GS, &memory[2]));
    for (int i = 0; i < 100; i++) {
        sched_yield();
        if (through_gs() != 0x4444) return "lost";
    }
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    uint64_t fs = 0, gs = 1;
    must(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
    must(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs));
    check(fs == (uint64_t)__builtin_thread_pointer(), "fs is the thread pointer");
    say("gs at first: %lx", (unsigned long)gs);
    must(syscall(SYS_arch_prctl, ARCH_SET_GS, memory));
    must(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs));
    check(gs == (uintptr_t)memory, "gs can be set and read");
    say("through gs: %lx", (unsigned long)through_gs());
    handle(SIGUSR1, handler, 0);
    must(raise(SIGUSR1));
    pthread_t thread;
    void *value;
    must_be_zero(pthread_create(&thread, NULL, thread_body, NULL));
    bool right = true;
    for (int i = 0; i < 100; i++) {
        sched_yield();
        if (through_gs() != 0x2222) right = false;
    }
    must_be_zero(pthread_join(thread, &value));
    check(right && value == NULL, "two threads have their own");
    pid_t child = fork_child();
    if (child == 0) _exit(through_gs() == 0x2222 ? 0 : 1);
    say_status("a child inherits it", wait_for(child));
    result("beyond the address space", syscall(SYS_arch_prctl, ARCH_SET_GS, 0x800000000000));
    result("kernel address", syscall(SYS_arch_prctl, ARCH_SET_FS, 0xffff800000000000));
    result("bad address", syscall(SYS_arch_prctl, ARCH_GET_FS, 8));
    result("no such operation", syscall(SYS_arch_prctl, 0x9999, 0));
    return finish();
}
