/* Futexes in shared memory: process-shared mutexes, conditions and semaphores, also in a mapped file at different addresses. */
#include "conformance.h"
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>

struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    sem_t semaphore, answer;
    int counter, turn;
    uint32_t word;
};

int main(int argc, char **argv) {
    begin(argc, argv);
    struct shared *shared = must_map(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t mutex_attributes;
    must_be_zero(pthread_mutexattr_init(&mutex_attributes));
    must_be_zero(pthread_mutexattr_setpshared(&mutex_attributes, PTHREAD_PROCESS_SHARED));
    must_be_zero(pthread_mutex_init(&shared->mutex, &mutex_attributes));
    pthread_condattr_t condition_attributes;
    must_be_zero(pthread_condattr_init(&condition_attributes));
    must_be_zero(pthread_condattr_setpshared(&condition_attributes, PTHREAD_PROCESS_SHARED));
    must_be_zero(pthread_cond_init(&shared->condition, &condition_attributes));
    must(sem_init(&shared->semaphore, 1, 0));
    must(sem_init(&shared->answer, 1, 0));

    pid_t pids[3];
    for (int p = 0; p < 3; p++) {
        pids[p] = fork_child();
        if (pids[p] != 0) continue;
        for (int i = 0; i < 5000; i++) {
            pthread_mutex_lock(&shared->mutex);
            shared->counter++;
            pthread_mutex_unlock(&shared->mutex);
        }
        for (int i = 0; i < 50; i++) {
            pthread_mutex_lock(&shared->mutex);
            while (shared->turn % 3 != p) pthread_cond_wait(&shared->condition, &shared->mutex);
            shared->turn++;
            pthread_cond_broadcast(&shared->condition);
            pthread_mutex_unlock(&shared->mutex);
        }
        _exit(0);
    }
    for (int p = 0; p < 3; p++) say_status("process", wait_for(pids[p]));
    say("counter %d, turns %d", shared->counter, shared->turn);

    pid_t child = fork_child();
    if (child == 0) {
        for (int i = 0; i < 10; i++) {
            while (sem_wait(&shared->semaphore) == -1) {
            }
            shared->counter = i;
            sem_post(&shared->answer);
        }
        _exit(0);
    }
    int right = 0;
    for (int i = 0; i < 10; i++) {
        must(sem_post(&shared->semaphore));
        while (sem_wait(&shared->answer) == -1) {
        }
        if (shared->counter == i) right++;
    }
    say_status("semaphores", wait_for(child));
    say("answers: %d", right);

    /* The same page of a file, mapped by each process on its own, at another address, is the same futex. */
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(ftruncate(fd, 4 * PAGE));
    child = fork_child();
    if (child == 0) {
        char *whole = must_map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        uint32_t *word = (uint32_t *)(whole + 3 * PAGE + 64);
        long value = syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
        _exit(value == 0 && *word == 1 ? 0 : 1);
    }
    uint32_t *word = (uint32_t *)((char *)must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 3 * PAGE) + 64);
    wait_until_asleep(child);
    *word = 1;
    result("a private wake does not reach it", syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    result("a shared one does", syscall(SYS_futex, word, FUTEX_WAKE, 10, NULL, NULL, 0));
    say_status("child", wait_for(child));

    /* Private memory after a fork is another futex, even at the same address. */
    static uint32_t own;
    child = fork_child();
    if (child == 0) {
        struct timespec limit = {0, 100000000};
        long value = syscall(SYS_futex, &own, FUTEX_WAIT, 0, &limit, NULL, 0);
        _exit(value == -1 && errno == ETIMEDOUT ? 0 : 1);
    }
    wait_until_asleep(child);
    result("wake in the parent", syscall(SYS_futex, &own, FUTEX_WAKE, 10, NULL, NULL, 0));
    say_status("child", wait_for(child));
    return finish();
}
