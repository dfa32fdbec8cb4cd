/* exit_group(2) and fatal signals end all threads, wherever they are: computing, in a system call, waiting for a lock. */
#include "conformance.h"
#include <pthread.h>
#include <sched.h>

static pthread_mutex_t never = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long turns;
static int ends[2];
static volatile int started;

static void *compute(void *argument) {
    __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    for (;;) turns++;
    return argument;
}

static void *block_in_read(void *argument) {
    __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    char byte;
    read(ends[0], &byte, 1);
    return argument;
}

static void *block_in_lock(void *argument) {
    __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&never);
    return argument;
}

static void *block_in_wait(void *argument) {
    __atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
    sleep(100);
    return argument;
}

static void *end_it(void *argument) {
    while (started < 4) sched_yield();
    const char *how = argument;
    if (how[0] == 'e') exit(21);
    if (how[0] == 'a') abort();
    if (how[0] == 's') *(volatile int *)8 = 0;
    if (how[0] == 'k') kill(getpid(), SIGKILL);
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(pipe(ends));
    const char *const ways[] = {"exit", "abort", "segmentation fault", "kill", "return from main"};
    for (size_t i = 0; i < COUNT(ways); i++) {
        pid_t child = fork_child();
        if (child == 0) {
            pthread_mutex_lock(&never);
            void *(*const bodies[])(void *) = {compute, block_in_read, block_in_lock, block_in_wait};
            pthread_t thread;
            for (int b = 0; b < 4; b++) must_be_zero(pthread_create(&thread, NULL, bodies[b], NULL));
            if (i == 4) {
                while (started < 4) sched_yield();
                exit(22);
            }
            must_be_zero(pthread_create(&thread, NULL, end_it, (void *)ways[i]));
            for (;;) pause();
        }
        say_status(ways[i], wait_for(child));
    }

    /* Its descriptors are closed when it has been waited for: the reader sees the end. */
    int other[2];
    must(pipe(other));
    pid_t child = fork_child();
    if (child == 0) {
        pthread_t thread;
        must_be_zero(pthread_create(&thread, NULL, compute, NULL));
        _exit(0);
    }
    close(other[1]);
    char byte;
    result("end of file", read(other[0], &byte, 1));
    say_status("child", wait_for(child));
    return finish();
}
