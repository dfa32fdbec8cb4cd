/* futex(2): wait and wake counts, a changed value, time limits of both kinds, bit sets, private and shared, errors. */
#include "conformance.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>

static uint32_t word, other_word;
static volatile int woken;

static long futex(uint32_t *address, int operation, uint32_t value, const struct timespec *timeout, uint32_t value3) {
    return syscall(SYS_futex, address, operation, value, timeout, NULL, value3);
}

struct waiter {
    pthread_t thread;
    volatile pid_t tid;
    uint32_t *address;
    uint32_t bits;
};

static void *wait_here(void *argument) {
    struct waiter *waiter = argument;
    waiter->tid = gettid();
    long value = futex(waiter->address, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, waiter->bits);
    __atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST);
    return (void *)value;
}

static void start(struct waiter *waiter, uint32_t *address, uint32_t bits) {
    *waiter = (struct waiter){.address = address, .bits = bits};
    must_be_zero(pthread_create(&waiter->thread, NULL, wait_here, waiter));
    while (waiter->tid == 0) sched_yield();
    wait_until_asleep_thread(getpid(), waiter->tid);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    result("another value", futex(&word, FUTEX_WAIT, 7, NULL, 0));
    result("nobody to wake", futex(&word, FUTEX_WAKE, 100, NULL, 0));
    struct timespec little = {0, 20000000}, past = {0, 0}, odd = {0, 1000000000}, negative = {-1, 0};
    int64_t before = monotonic_ms();
    result("relative time", futex(&word, FUTEX_WAIT, 0, &little, 0));
    check(monotonic_ms() - before >= 19, "it waited as long");
    result("no time", futex(&word, FUTEX_WAIT, 0, &past, 0));
    result("odd nanoseconds", futex(&word, FUTEX_WAIT, 0, &odd, 0));
    result("negative time", futex(&word, FUTEX_WAIT, 0, &negative, 0));
    result("absolute time in the past", futex(&word, FUTEX_WAIT_BITSET, 0, &past, FUTEX_BITSET_MATCH_ANY));
    struct timespec until;
    must(clock_gettime(CLOCK_REALTIME, &until));
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    before = monotonic_ms();
    result("absolute real time",
           futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &until, FUTEX_BITSET_MATCH_ANY));
    check(monotonic_ms() - before >= 18, "it waited until then");

    struct waiter waiters[6];
    for (int i = 0; i < 4; i++) start(&waiters[i], &word, 1u << i);
    start(&waiters[4], &other_word, FUTEX_BITSET_MATCH_ANY);
    result("wake those with bits 1 and 3", futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, 2 | 8));
    must_be_zero(pthread_join(waiters[1].thread, NULL));
    must_be_zero(pthread_join(waiters[3].thread, NULL));
    say("woken: %d", woken);
    result("wake one", futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, 0));
    result("wake the rest", futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, 0));
    result("none left", futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, 0));
    must_be_zero(pthread_join(waiters[0].thread, NULL));
    must_be_zero(pthread_join(waiters[2].thread, NULL));
    result("wake the one at the other word", futex(&other_word, FUTEX_WAKE_PRIVATE, 100, NULL, 0));
    must_be_zero(pthread_join(waiters[4].thread, NULL));
    say("woken: %d", woken);

    /* FUTEX_WAKE_OP: sets the second word to 5, and wakes there because its old value was 0. */
    start(&waiters[0], &word, FUTEX_BITSET_MATCH_ANY);
    start(&waiters[1], &other_word, FUTEX_BITSET_MATCH_ANY);
    result("FUTEX_WAKE_OP", syscall(SYS_futex, &word, FUTEX_WAKE_OP_PRIVATE, 1, 1L, &other_word,
                                    FUTEX_OP(FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 0)));
    must_be_zero(pthread_join(waiters[0].thread, NULL));
    must_be_zero(pthread_join(waiters[1].thread, NULL));
    say("second word: %u", other_word);

    result("odd address", futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, 0));
    result("bad address", futex((uint32_t *)16, FUTEX_WAIT, 0, NULL, 0));
    result("bad address to wake at", futex((uint32_t *)0xffff800000000000, FUTEX_WAKE_PRIVATE, 1, NULL, 0));
    result("bad time address", futex(&word, FUTEX_WAIT, 0, (struct timespec *)16, 0));
    result("no bits", futex(&word, FUTEX_WAIT_BITSET, 0, NULL, 0));
    result("no such operation", futex(&word, 99, 0, NULL, 0));
    return finish();
}
