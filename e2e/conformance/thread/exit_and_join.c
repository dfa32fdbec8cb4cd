/* Thread ends: return values, pthread_exit in main, detached threads, join errors, exit of a process by its last thread. */
#include "conformance.h"
#include <pthread.h>

static void *return_it(void *argument) {
    return argument;
}

static void *exit_it(void *argument) {
    pthread_exit(argument);
}

static void cleanup(void *argument) {
    say("cleanup: %s", (char *)argument);
}

static void *with_cleanup(void *argument) {
    pthread_cleanup_push(cleanup, "first");
    pthread_cleanup_push(cleanup, "second");
    if (argument != NULL) pthread_exit("left");
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(0);
    return "returned";
}

static void *late(void *argument) {
    struct gate *gate = argument;
    pass_gate(*gate);
    say("the other thread ends the process");
    exit(6);
}

static void *detached(void *argument) {
    open_gate(*(struct gate *)argument);
    return NULL;
}

static void *forever(void *argument) {
    for (;;) pause();
    return argument;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t thread;
    void *value;
    must_be_zero(pthread_create(&thread, NULL, return_it, "returned value"));
    must_be_zero(pthread_join(thread, &value));
    say("%s", (char *)value);
    must_be_zero(pthread_create(&thread, NULL, exit_it, "exit value"));
    must_be_zero(pthread_join(thread, &value));
    say("%s", (char *)value);
    for (int i = 0; i < 2; i++) {
        must_be_zero(pthread_create(&thread, NULL, with_cleanup, i == 0 ? NULL : "x"));
        must_be_zero(pthread_join(thread, &value));
        say("%s", (char *)value);
    }
    say("join with itself: %s", errno_name(pthread_join(pthread_self(), NULL)));

    struct gate gate = make_gate();
    pthread_attr_t attributes;
    must_be_zero(pthread_attr_init(&attributes));
    must_be_zero(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
    must_be_zero(pthread_create(&thread, &attributes, detached, &gate));
    pass_gate(gate);
    say("a detached thread ran");

    /* pthread_exit in the main thread: the process lives on until its last thread ends. */
    pid_t child = fork_child();
    if (child == 0) {
        must_be_zero(pthread_create(&thread, NULL, late, &gate));
        pthread_exit(NULL);
    }
    sleep_ms(20);
    int status;
    result("its main thread is gone, it is not", waitpid(child, &status, WNOHANG));
    open_gate(gate);
    say_status("process", wait_for(child));
    /* When the last thread ends by pthread_exit the code is 0. */
    child = fork_child();
    if (child == 0) {
        must_be_zero(pthread_create(&thread, NULL, return_it, NULL));
        pthread_exit((void *)5);
    }
    say_status("nobody called exit", wait_for(child));

    /* exit_group ends threads that sleep and threads that compute. */
    child = fork_child();
    if (child == 0) {
        for (int i = 0; i < 5; i++) must_be_zero(pthread_create(&thread, NULL, forever, NULL));
        _exit(9);
    }
    say_status("with five threads asleep", wait_for(child));

    /* A thread and the memory of its stack come and go a thousand times. */
    long sum = 0;
    for (intptr_t i = 0; i < 1000; i++) {
        must_be_zero(pthread_create(&thread, NULL, return_it, (void *)i));
        must_be_zero(pthread_join(thread, &value));
        sum += (intptr_t)value;
    }
    say("a thousand threads: %ld", sum);
    return finish();
}
