/* pthread_cond_timedwait, pthread_mutex_timedlock, sem_timedwait: they time out, on the right clock, and not too early. */
#include "conformance.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static struct timespec from_now(clockid_t clock, long milliseconds) {
    struct timespec time;
    must(clock_gettime(clock, &time));
    time.tv_nsec += milliseconds * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static void tell(const char *what, int error, int64_t started, long at_least) {
    say("%s: %s, waited long enough %d", what, error == 0 ? "ok" : errno_name(error),
        monotonic_ms() - started >= at_least - 1);
}

static void *try_lock(void *argument) {
    struct timespec until = from_now(CLOCK_REALTIME, 30);
    int64_t started = monotonic_ms();
    tell("mutex held by another", pthread_mutex_timedlock(&mutex, &until), started, 30);
    until = from_now(CLOCK_REALTIME, -1000);
    tell("already over", pthread_mutex_timedlock(&mutex, &until), started, 0);
    return argument;
}

static void *signal_later(void *argument) {
    sleep_ms(20);
    pthread_mutex_lock(&mutex);
    pthread_cond_signal(argument);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    for (int i = 0; i < 2; i++) {
        pthread_condattr_t attributes;
        pthread_cond_t condition;
        must_be_zero(pthread_condattr_init(&attributes));
        must_be_zero(pthread_condattr_setclock(&attributes, clocks[i]));
        must_be_zero(pthread_cond_init(&condition, &attributes));
        pthread_mutex_lock(&mutex);
        struct timespec until = from_now(clocks[i], 30);
        int64_t started = monotonic_ms();
        tell("condition, nobody signals", pthread_cond_timedwait(&condition, &mutex, &until), started, 30);
        pthread_t thread;
        must_be_zero(pthread_create(&thread, NULL, signal_later, &condition));
        until = from_now(clocks[i], 9000);
        started = monotonic_ms();
        tell("condition, somebody signals", pthread_cond_timedwait(&condition, &mutex, &until), started, 0);
        check(monotonic_ms() - started < 5000, "it was woken, not timed out");
        pthread_mutex_unlock(&mutex);
        must_be_zero(pthread_join(thread, NULL));
    }
    pthread_t thread;
    pthread_mutex_lock(&mutex);
    must_be_zero(pthread_create(&thread, NULL, try_lock, NULL));
    must_be_zero(pthread_join(thread, NULL));
    pthread_mutex_unlock(&mutex);

    sem_t semaphore;
    must(sem_init(&semaphore, 0, 2));
    struct timespec until = from_now(CLOCK_REALTIME, 30);
    int64_t started = monotonic_ms();
    result("first", sem_timedwait(&semaphore, &until));
    result("second", sem_trywait(&semaphore));
    result("third, without waiting", sem_trywait(&semaphore));
    result("third", sem_timedwait(&semaphore, &until));
    check(monotonic_ms() - started >= 29, "it waited");
    until.tv_nsec = -1;
    result("odd time", sem_timedwait(&semaphore, &until));
    return finish();
}
