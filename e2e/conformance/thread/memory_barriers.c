/* membarrier(2): one side pays for both, so that the other needs no barrier of its own. */
#include "conformance.h"
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static atomic_int round_number, answered, mine, theirs, seen_by_them, stop;

static long barrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

/* Writes, then reads what the other side writes, with nothing between that the processor would mind. */
static void *quick_side(void *unused) {
    for (int next = 1; !stop;) {
        if (atomic_load_explicit(&round_number, memory_order_acquire) != next) {
            sched_yield();
            continue;
        }
        atomic_store_explicit(&theirs, 1, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
        int seen = atomic_load_explicit(&mine, memory_order_relaxed);
        atomic_store(&seen_by_them, seen);
        atomic_store(&answered, next++);
    }
    return unused;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    long known = must(barrier(MEMBARRIER_CMD_QUERY));
    check((known & MEMBARRIER_CMD_GLOBAL) != 0, "barriers for all");
    check((known & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0, "quick barriers for a process");
    result("without registration", barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
    result("with cores synchronised, without registration", barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE));
    result("register", barrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED));
    result("with it", barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
    result("the other kind still", barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE));
    result("for all", barrier(MEMBARRIER_CMD_GLOBAL));
    result("no command", barrier(3));
    result("odd flags", syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 2, 0));
    pid_t child = fork_child();
    if (child == 0) _exit(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0 ? 0 : errno);
    say_status("a child is registered as its parent", wait_for(child));

    pthread_t thread;
    must_be_zero(pthread_create(&thread, NULL, quick_side, NULL));
    int missed = 0;
    for (int i = 1; i <= 1000; i++) {
        mine = 0;
        theirs = 0;
        atomic_store_explicit(&round_number, i, memory_order_release);
        atomic_store_explicit(&mine, 1, memory_order_relaxed);
        must(barrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
        int seen = atomic_load_explicit(&theirs, memory_order_relaxed);
        while (answered != i) sched_yield();
        if (!seen && !seen_by_them) missed++;
    }
    stop = 1;
    pthread_join(thread, NULL);
    say("rounds in which neither saw the other: %d", missed);
    return finish();
}
