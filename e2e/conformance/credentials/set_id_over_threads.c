/* needs: root */
/* setuid(3) in a program with threads: the library carries it to all of them (a signal of its own); the call changes one. */
#include "conformance.h"
#include <pthread.h>

static struct gate go[3], told[3];

static void *thread_body(void *argument) {
    int number = (int)(intptr_t)argument;
    pass_gate(go[number]);
    uid_t first = geteuid();
    open_gate(told[number]);
    pass_gate(go[number]);
    uid_t second = geteuid();
    return (void *)(intptr_t)(first * 10000 + second);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pthread_t threads[3];
    for (intptr_t i = 0; i < 3; i++) {
        go[i] = make_gate();
        told[i] = make_gate();
        must_be_zero(pthread_create(&threads[i], NULL, thread_body, (void *)i));
    }
    must(syscall(SYS_setresuid, -1, 1234, -1));
    say("the system call, here: %d", geteuid());
    for (int i = 0; i < 3; i++) {
        open_gate(go[i]);
        pass_gate(told[i]);
    }
    must(syscall(SYS_setresuid, -1, 0, -1));
    must(seteuid(2345));
    for (int i = 0; i < 3; i++) {
        void *value;
        open_gate(go[i]);
        must_be_zero(pthread_join(threads[i], &value));
        say("thread: %ld", (long)(intptr_t)value);
    }
    say("here: %d", geteuid());
    return finish();
}
