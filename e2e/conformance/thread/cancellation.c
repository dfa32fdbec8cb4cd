/* pthread_cancel: at cancellation points, deferred, disabled, with clean-up handlers; it rests on a signal of glibc's own. */
#include "conformance.h"
#include <pthread.h>

static int ends[2];
static volatile int ready, go_on;

static void cleanup(void *argument) {
    say("cleanup of %s", (char *)argument);
}

static void *in_read(void *argument) {
    pthread_cleanup_push(cleanup, argument);
    ready = 1;
    char byte;
    read(ends[0], &byte, 1);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *in_sleep(void *argument) {
    pthread_cleanup_push(cleanup, argument);
    ready = 1;
    sleep(1000);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *in_condition(void *argument) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_cleanup_push(cleanup, argument);
    pthread_mutex_lock(&mutex);
    ready = 1;
    for (;;) pthread_cond_wait(&condition, &mutex);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *disabled(void *argument) {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    ready = 1;
    while (!go_on) sleep_ms(1);
    say("%s still runs", (char *)argument);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_testcancel();
    say("not reached");
    return NULL;
}

static void *computing(void *argument) {
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_cleanup_push(cleanup, argument);
    ready = 1;
    for (volatile long i = 0;; i++) {
    }
    pthread_cleanup_pop(0);
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(pipe(ends));
    static const struct {
        const char *name;
        void *(*body)(void *);
    } cases[] = {
        {"a read", in_read},
        {"a sleep", in_sleep},
        {"a condition", in_condition},
        {"disabled cancellation", disabled},
        {"a computation", computing},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        pthread_t thread;
        void *value;
        ready = go_on = 0;
        must_be_zero(pthread_create(&thread, NULL, cases[i].body, (void *)cases[i].name));
        while (!ready) sleep_ms(1);
        sleep_ms(5);
        must_be_zero(pthread_cancel(thread));
        go_on = 1;
        must_be_zero(pthread_join(thread, &value));
        say("%s: %s", cases[i].name, value == PTHREAD_CANCELED ? "cancelled" : "ended by itself");
    }
    return finish();
}
