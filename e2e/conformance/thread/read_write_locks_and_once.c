/* pthread_rwlock, pthread_once, spin locks. */
#include "conformance.h"
#include <pthread.h>
#include <sched.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_spinlock_t spin;
static int once_runs, readers, most_readers, torn;
static long pair[2], spun;

static void initialise(void) {
    once_runs++;
    sleep_ms(5);
}

static void *work(void *argument) {
    pthread_once(&once, initialise);
    for (int i = 0; i < 2000; i++) {
        if ((i + (intptr_t)argument) % 8 == 0) {
            pthread_rwlock_wrlock(&lock);
            pair[0]++;
            if (i % 64 == 0) sched_yield();
            pair[1]++;
            pthread_rwlock_unlock(&lock);
        } else {
            pthread_rwlock_rdlock(&lock);
            int now = __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
            if (now > most_readers) most_readers = now;
            if (pair[0] != pair[1]) torn++;
            __atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
            pthread_rwlock_unlock(&lock);
        }
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
    }
    return NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must_be_zero(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
    pthread_t threads[6];
    for (intptr_t i = 0; i < 6; i++) must_be_zero(pthread_create(&threads[i], NULL, work, (void *)i));
    for (int i = 0; i < 6; i++) must_be_zero(pthread_join(threads[i], NULL));
    say("written %ld %ld, torn reads %d, spun %ld, once %d", pair[0], pair[1], torn, spun, once_runs);
    check(most_readers >= 1, "readers read");
    must_be_zero(pthread_rwlock_rdlock(&lock));
    must_be_zero(pthread_rwlock_rdlock(&lock));
    say("writer among readers: %s", errno_name(pthread_rwlock_trywrlock(&lock)));
    must_be_zero(pthread_rwlock_unlock(&lock));
    must_be_zero(pthread_rwlock_unlock(&lock));
    must_be_zero(pthread_rwlock_wrlock(&lock));
    say("reader while a writer has it: %s", errno_name(pthread_rwlock_tryrdlock(&lock)));
    must_be_zero(pthread_rwlock_unlock(&lock));
    return finish();
}
