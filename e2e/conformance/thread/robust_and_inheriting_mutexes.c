/* Robust mutexes: the next owner learns that the last one died (set_robust_list(2)); priority inheritance (FUTEX_LOCK_PI). */
#include "conformance.h"
#include <pthread.h>

static pthread_mutex_t *make_mutex(int robust, int protocol) {
    pthread_mutex_t *mutex = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    must_be_zero(pthread_mutexattr_init(&attributes));
    must_be_zero(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    must_be_zero(pthread_mutexattr_setrobust(&attributes, robust));
    must_be_zero(pthread_mutexattr_setprotocol(&attributes, protocol));
    must_be_zero(pthread_mutex_init(mutex, &attributes));
    return mutex;
}

static void *lock_and_leave(void *mutex) {
    pthread_mutex_lock(mutex);
    return NULL;
}

static const char *name(int error) {
    return error == 0 ? "ok" : errno_name(error);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_mutex_t *robust = make_mutex(PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
    pthread_t thread;
    must_be_zero(pthread_create(&thread, NULL, lock_and_leave, robust));
    must_be_zero(pthread_join(thread, NULL));
    say("after a thread: %s", name(pthread_mutex_lock(robust)));
    say("made consistent: %s", name(pthread_mutex_consistent(robust)));
    say("unlock: %s", name(pthread_mutex_unlock(robust)));
    say("lock: %s", name(pthread_mutex_lock(robust)));
    say("unlock: %s", name(pthread_mutex_unlock(robust)));

    /* A process that is killed while another already waits. */
    struct gate locked = make_gate();
    pid_t owner = fork_child();
    if (owner == 0) {
        pthread_mutex_lock(robust);
        open_gate(locked);
        for (;;) pause();
    }
    pass_gate(locked);
    pid_t waiter = fork_child();
    if (waiter == 0) _exit(pthread_mutex_lock(robust) == EOWNERDEAD ? 10 : 11);
    wait_until_asleep(waiter);
    must(kill(owner, SIGKILL));
    wait_for(owner);
    say_status("the waiter learns it", wait_for(waiter));
    /* The waiter ended with the lock held and inconsistent. */
    say("next: %s", name(pthread_mutex_lock(robust)));
    say("unlocked without repair: %s", name(pthread_mutex_unlock(robust)));
    say("for ever: %s", name(pthread_mutex_lock(robust)));

    struct {
        void *list, *offset, *pending;
    } *head = NULL;
    size_t length = 0;
    result("get_robust_list", syscall(SYS_get_robust_list, 0, &head, &length));
    say("length %zu, head %s", length, head == NULL ? "none" : "there");
    result("set_robust_list with an odd length", syscall(SYS_set_robust_list, head, 10));

    pthread_mutex_t *inheriting = make_mutex(PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT);
    say("inheriting: %s", name(pthread_mutex_lock(inheriting)));
    pid_t child = fork_child();
    if (child == 0) {
        int busy = pthread_mutex_trylock(inheriting);
        int taken = pthread_mutex_lock(inheriting);
        _exit(busy == EBUSY && taken == 0 && pthread_mutex_unlock(inheriting) == 0 ? 0 : 1);
    }
    wait_until_asleep(child);
    say("unlock: %s", name(pthread_mutex_unlock(inheriting)));
    say_status("child", wait_for(child));
    return finish();
}
