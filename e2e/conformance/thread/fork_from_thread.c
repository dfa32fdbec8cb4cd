/* fork(2) in a program with threads: the child has only the calling thread; atfork handlers; a thread waits for a child. */
#include "conformance.h"
#include <dirent.h>
#include <pthread.h>

static volatile int beats;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *beat(void *argument) {
    for (;;) {
        beats++;
        sleep_ms(1);
    }
    return argument;
}

static void prepare(void) {
    pthread_mutex_lock(&mutex);
}

static void release(void) {
    pthread_mutex_unlock(&mutex);
}

static void *fork_here(void *argument) {
    (void)argument;
    pid_t own = gettid();
    pid_t child = fork_child();
    if (child == 0) {
        check(gettid() == getpid() && gettid() != own, "the child's only thread has the child's pid");
        int now = beats;
        sleep_ms(30);
        check(beats == now, "the other threads do not run in the child");
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
        void *memory = malloc(100000);
        free(memory);
        pthread_t thread;
        must_be_zero(pthread_create(&thread, NULL, beat, NULL));
        while (beats < now + 3) sleep_ms(1);
        _exit(conformance_failures == 0 ? 4 : 5);
    }
    say_status("child", wait_for(child));
    return NULL;
}

static void *fork_often(void *argument) {
    intptr_t good = 0;
    (void)argument;
    for (int i = 0; i < 10; i++) {
        pid_t child = fork_child();
        if (child == 0) _exit(i);
        if (WEXITSTATUS(wait_for(child)) == i) good++;
    }
    return (void *)good;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must_be_zero(pthread_atfork(prepare, release, release));
    pthread_t thread, beater;
    must_be_zero(pthread_create(&beater, NULL, beat, NULL));
    must_be_zero(pthread_create(&thread, NULL, fork_here, NULL));
    must_be_zero(pthread_join(thread, NULL));

    /* A child of one thread can be waited for by another. */
    pid_t child = fork_child();
    if (child == 0) _exit(8);
    must_be_zero(pthread_create(&thread, NULL, (void *(*)(void *))(uintptr_t)wait_for, (void *)(intptr_t)child));
    void *status;
    must_be_zero(pthread_join(thread, &status));
    say_status("waited for in another thread", (int)(intptr_t)status);

    /* Several threads fork at once. */
    pthread_t forkers[4];
    int good = 0;
    for (int i = 0; i < 4; i++) must_be_zero(pthread_create(&forkers[i], NULL, fork_often, NULL));
    for (int i = 0; i < 4; i++) {
        must_be_zero(pthread_join(forkers[i], &status));
        good += (int)(intptr_t)status;
    }
    say("children of four threads: %d", good);
    int now = beats;
    sleep_ms(30);
    check(beats > now, "the parent's thread goes on");
    return finish();
}
