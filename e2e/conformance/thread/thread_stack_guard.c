/* A thread that overflows its stack runs into its guard page; stacks of a chosen size and place. */
#include "conformance.h"
#include <pthread.h>

#pragma GCC diagnostic ignored "-Winfinite-recursion"
__attribute__((noinline)) static int recurse(int depth) {
    volatile char frame[2000];
    frame[0] = (char)depth;
    return recurse(depth + 1) + frame[0];
}

static void *overflow(void *argument) {
    recurse(0);
    return argument;
}

static void *use_most(void *argument) {
    char frame[100000];
    memset(frame, 7, sizeof frame);
    return frame[99999] == 7 ? argument : NULL;
}

static void *where(void *argument) {
    int local;
    *(uintptr_t *)argument = (uintptr_t)&local;
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t thread;
    void *value;
    pid_t child = fork_child();
    if (child == 0) {
        must_be_zero(pthread_create(&thread, NULL, overflow, NULL));
        pthread_join(thread, NULL);
        _exit(0);
    }
    say_status("overflow", wait_for(child));

    pthread_attr_t attributes;
    must_be_zero(pthread_attr_init(&attributes));
    must_be_zero(pthread_attr_setstacksize(&attributes, 256 * 1024));
    must_be_zero(pthread_create(&thread, &attributes, use_most, "used"));
    must_be_zero(pthread_join(thread, &value));
    say("256 KiB: %s", (char *)value);
    say("too small: %s", errno_name(pthread_attr_setstacksize(&attributes, 100)));

    char *own = must_map(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    must_be_zero(pthread_attr_setstack(&attributes, own, 1 << 20));
    must_be_zero(pthread_create(&thread, &attributes, where, &value));
    must_be_zero(pthread_join(thread, NULL));
    check((char *)value > own && (char *)value < own + (1 << 20), "it runs on the stack it was given");

    pthread_attr_t now;
    void *address;
    size_t size;
    must_be_zero(pthread_getattr_np(pthread_self(), &now));
    must_be_zero(pthread_attr_getstack(&now, &address, &size));
    int local;
    check((char *)&local >= (char *)address && (char *)&local < (char *)address + size, "the main thread's stack is known");
    return finish();
}
