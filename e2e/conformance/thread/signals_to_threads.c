/* pthread_kill, tgkill(2), masks per thread; a signal to the process goes to a thread that does not block it. */
#include "conformance.h"
#include <pthread.h>

static __thread int number_of_thread;
static volatile int taken_by = -1;
static volatile int runs;

static void handler(int number) {
    (void)number;
    taken_by = number_of_thread;
    runs++;
}

struct worker {
    pthread_t thread;
    int number;
    volatile pid_t tid;
    bool blocks;
    struct gate leave;
};

static void *work(void *argument) {
    struct worker *worker = argument;
    number_of_thread = worker->number;
    sigset_t set = signal_set(SIGUSR1, 0);
    must_be_zero(pthread_sigmask(worker->blocks ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL));
    worker->tid = gettid();
    pass_gate(worker->leave);
    sigset_t pending;
    must(sigpending(&pending));
    return (void *)(intptr_t)sigismember(&pending, SIGUSR1);
}

static void start(struct worker *worker, int number, bool blocks) {
    *worker = (struct worker){.number = number, .blocks = blocks, .leave = make_gate()};
    must_be_zero(pthread_create(&worker->thread, NULL, work, worker));
    while (worker->tid == 0) sleep_ms(1);
}

static long stop(struct worker *worker) {
    void *value;
    open_gate(worker->leave);
    must_be_zero(pthread_join(worker->thread, &value));
    return (long)value;
}

static void await_run(void) {
    for (int i = 0; runs == 0 && i < 3000; i++) sleep_ms(1);
    say("taken by thread %d", taken_by);
    runs = 0;
}

static void *take_with_sigwait(void *argument) {
    sigset_t set = signal_set(SIGUSR2, 0);
    int number = 0;
    *(volatile pid_t *)argument = gettid();
    sigwait(&set, &number);
    return (void *)(intptr_t)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGUSR1, handler, SA_RESTART);
    sigset_t set = signal_set(SIGUSR1, SIGUSR2, 0);
    must_be_zero(pthread_sigmask(SIG_BLOCK, &set, NULL));
    struct worker first, second, third;
    start(&first, 1, true);
    start(&second, 2, false);
    start(&third, 3, true);

    must(kill(getpid(), SIGUSR1));
    await_run();
    must_be_zero(pthread_kill(second.thread, SIGUSR1));
    await_run();
    must(syscall(SYS_tgkill, getpid(), second.tid, SIGUSR1));
    await_run();

    /* To a thread that blocks it: it waits there, and nowhere else. */
    must_be_zero(pthread_kill(third.thread, SIGUSR1));
    sleep_ms(20);
    say("nobody took it: %d", runs);
    sigset_t pending;
    must(sigpending(&pending));
    say("pending in the main thread: %d", sigismember(&pending, SIGUSR1));
    say("pending in the third: %ld", stop(&third));
    say("in the first: %ld, in the second: %ld", stop(&first), stop(&second));

    /* To the process while all block it: it is pending for all, and taken by the one that unblocks it. */
    start(&first, 4, true);
    must(kill(getpid(), SIGUSR1));
    must(sigpending(&pending));
    say("pending for the process: %d, seen by the other thread: %ld", sigismember(&pending, SIGUSR1), stop(&first));
    start(&second, 5, false);
    await_run();
    stop(&second);

    volatile pid_t waiter = 0;
    pthread_t thread;
    void *value;
    must_be_zero(pthread_create(&thread, NULL, take_with_sigwait, (void *)&waiter));
    while (waiter == 0) sleep_ms(1);
    wait_until_asleep_thread(getpid(), waiter);
    must(kill(getpid(), SIGUSR2));
    must_be_zero(pthread_join(thread, &value));
    say("sigwait in a thread: %s", signal_name((int)(intptr_t)value));

    result("tgkill with another's pid", syscall(SYS_tgkill, getppid(), gettid(), 0));
    /* A join returns when the thread has cleared its tid word, a moment before the kernel forgets the thread. */
    for (int i = 0; syscall(SYS_tgkill, getpid(), waiter, 0) == 0 && i < 3000; i++) sleep_ms(1);
    result("tgkill of a thread that ended", syscall(SYS_tgkill, getpid(), waiter, 0));
    return finish();
}
