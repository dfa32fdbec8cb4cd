/* build: static dynamic */
/* pthread mutexes (of each type), condition variables, barriers. */
#include "conformance.h"
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static long counter;
static int turn, serial_threads, round_sums[20];

static void *count_up(void *argument) {
    (void)argument;
    for (int i = 0; i < 20000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *take_turns(void *argument) {
    int own = (int)(intptr_t)argument;
    for (int round = 0; round < 200; round++) {
        pthread_mutex_lock(&mutex);
        while (turn % 4 != own) pthread_cond_wait(&changed, &mutex);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *meet(void *argument) {
    int own = (int)(intptr_t)argument;
    for (int round = 0; round < 20; round++) {
        __atomic_fetch_add(&round_sums[round], own, __ATOMIC_SEQ_CST);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
            __atomic_fetch_add(&serial_threads, 1, __ATOMIC_SEQ_CST);
        if (round_sums[round] != 0 + 1 + 2 + 3) return "too early";
    }
    return NULL;
}

static void run(void *(*body)(void *), const char *what) {
    pthread_t threads[4];
    int good = 0;
    for (intptr_t i = 0; i < 4; i++) must_be_zero(pthread_create(&threads[i], NULL, body, (void *)i));
    for (int i = 0; i < 4; i++) {
        void *value;
        must_be_zero(pthread_join(threads[i], &value));
        if (value == NULL) good++;
    }
    say("%s: %d threads ended well", what, good);
}

static void try_type(const char *name, int type) {
    pthread_mutexattr_t attributes;
    pthread_mutex_t typed;
    must_be_zero(pthread_mutexattr_init(&attributes));
    must_be_zero(pthread_mutexattr_settype(&attributes, type));
    must_be_zero(pthread_mutex_init(&typed, &attributes));
    must_be_zero(pthread_mutex_lock(&typed));
    int again = pthread_mutex_trylock(&typed);
    int second = type == PTHREAD_MUTEX_NORMAL ? -1 : pthread_mutex_lock(&typed);
    say("%s: trylock %s, lock again %s", name, again ? errno_name(again) : "ok",
        second == -1 ? "not tried" : second ? errno_name(second) : "ok");
    if (again == 0) pthread_mutex_unlock(&typed);
    if (second == 0) pthread_mutex_unlock(&typed);
    must_be_zero(pthread_mutex_unlock(&typed));
    if (type != PTHREAD_MUTEX_NORMAL) {
        int extra = pthread_mutex_unlock(&typed);
        say("%s: unlock once too often %s", name, extra ? errno_name(extra) : "ok");
    }
    must_be_zero(pthread_mutex_destroy(&typed));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    run(count_up, "counting");
    say("counter: %ld", counter);
    run(take_turns, "taking turns");
    say("turns: %d", turn);
    must_be_zero(pthread_barrier_init(&barrier, NULL, 4));
    run(meet, "meeting");
    say("serial threads: %d", serial_threads);
    try_type("normal", PTHREAD_MUTEX_NORMAL);
    try_type("recursive", PTHREAD_MUTEX_RECURSIVE);
    try_type("error-checking", PTHREAD_MUTEX_ERRORCHECK);
    return finish();
}
