/* build: static dynamic */
/* Thread-local variables: own copies with initial values, errno, keys with destructors, across fork. */
#include "conformance.h"
#include <pthread.h>
#include <sched.h>

static __thread int initialised = 42;
static __thread int zeroed;
static __thread char large[20000];
static __thread int aligned __attribute__((aligned(64)));
static pthread_key_t key;
static int destroyed;

static void destructor(void *value) {
    __atomic_fetch_add(&destroyed, (int)(intptr_t)value, __ATOMIC_SEQ_CST);
}

static void *body(void *argument) {
    int own = (int)(intptr_t)argument;
    bool fresh = initialised == 42 && zeroed == 0 && large[19999] == 0 && ((uintptr_t)&aligned & 63) == 0;
    initialised = zeroed = own;
    large[19999] = (char)own;
    pthread_setspecific(key, (void *)(intptr_t)own);
    if (own % 2 == 0) close(-1);
    else open("/not/there", O_RDONLY);
    for (int i = 0; i < 200; i++) {
        sched_yield();
        if (initialised != own || zeroed != own || large[19999] != (char)own) fresh = false;
        if (errno != (own % 2 == 0 ? EBADF : ENOENT)) fresh = false;
        if (pthread_getspecific(key) != (void *)(intptr_t)own) fresh = false;
    }
    return fresh ? NULL : "mixed up";
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must_be_zero(pthread_key_create(&key, destructor));
    pthread_t threads[8];
    int good = 0;
    for (intptr_t i = 0; i < 8; i++) must_be_zero(pthread_create(&threads[i], NULL, body, (void *)(i + 1)));
    for (int i = 0; i < 8; i++) {
        void *value;
        must_be_zero(pthread_join(threads[i], &value));
        if (value == NULL) good++;
    }
    say("threads with storage of their own: %d", good);
    say("sum over destructors: %d", destroyed);
    say("main thread: %d %d %d", initialised, zeroed, large[19999]);
    initialised = 7;
    pid_t child = fork_child();
    if (child == 0) {
        int seen = initialised;
        initialised = 8;
        _exit(seen);
    }
    say_status("child sees", wait_for(child));
    say("parent: %d", initialised);
    return finish();
}
