/* futex(2): FUTEX_REQUEUE and FUTEX_CMP_REQUEUE move sleepers to another word. */
#include "conformance.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>

enum { sleepers = 6 };

static uint32_t from, to;
static volatile int awake;

static void *sleep_there(void *argument) {
    *(volatile pid_t *)argument = gettid();
    long value = syscall(SYS_futex, &from, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    __atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
    return (void *)value;
}

static void await_awake(int expected) {
    for (int i = 0; awake < expected && i < 3000; i++) sleep_ms(1);
    sleep_ms(5);
    say("awake: %d", awake);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t threads[sleepers];
    volatile pid_t tids[sleepers] = {0};
    for (int i = 0; i < sleepers; i++) {
        must_be_zero(pthread_create(&threads[i], NULL, sleep_there, (void *)&tids[i]));
        while (tids[i] == 0) sched_yield();
        wait_until_asleep_thread(getpid(), tids[i]);
    }
    result("compare fails", syscall(SYS_futex, &from, FUTEX_CMP_REQUEUE_PRIVATE, 1, 100L, &to, 9));
    await_awake(0);
    result("wake 1, move 2", syscall(SYS_futex, &from, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2L, &to, 0));
    await_awake(1);
    result("wake at the new word", syscall(SYS_futex, &to, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    await_awake(2);
    result("wake 0, move the rest", syscall(SYS_futex, &from, FUTEX_REQUEUE_PRIVATE, 0, 100L, &to, 0));
    result("nobody at the old word", syscall(SYS_futex, &from, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0));
    await_awake(2);
    result("all at the new word", syscall(SYS_futex, &to, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0));
    await_awake(sleepers);
    int good = 0;
    for (int i = 0; i < sleepers; i++) {
        void *value;
        must_be_zero(pthread_join(threads[i], &value));
        if (value == NULL) good++;
    }
    say("waits that returned 0: %d", good);
    result("negative count", syscall(SYS_futex, &from, FUTEX_REQUEUE_PRIVATE, -1, 1L, &to, 0));
    return finish();
}
