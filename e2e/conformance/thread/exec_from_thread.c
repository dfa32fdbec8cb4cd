/* execve(2) in a thread: the other threads end, the process keeps its pid, the new program runs with that pid as its tid. */
#include "conformance.h"
#include <pthread.h>

static volatile unsigned long turns;

static void *compute(void *argument) {
    for (;;) turns++;
    return argument;
}

static void *execute(void *argument) {
    char number[16];
    snprintf(number, sizeof number, "%d", getpid());
    execl(self_path, self_path, "--role", "executed", number, (char *)argument, NULL);
    say("exec: %s", errno_name(errno));
    _exit(99);
}

static void *fail_to_execute(void *argument) {
    execl("./missing", "missing", NULL);
    return errno == ENOENT ? argument : NULL;
}

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        check(getpid() == atoi(argv[3]), "the same pid");
        check(gettid() == getpid(), "the tid is the pid");
        say("argument: %s", argv[4]);
        return 14;
    }
    begin(argc, argv);
    for (int main_waits = 0; main_waits < 2; main_waits++) {
        pid_t child = fork_child();
        if (child == 0) {
            pthread_t thread;
            for (int i = 0; i < 3; i++) must_be_zero(pthread_create(&thread, NULL, compute, NULL));
            must_be_zero(pthread_create(&thread, NULL, execute, main_waits ? "main waits" : "main has left"));
            if (!main_waits) pthread_exit(NULL);
            for (;;) pause();
        }
        say_status("child", wait_for(child));
    }
    pthread_t thread;
    void *value;
    must_be_zero(pthread_create(&thread, NULL, fail_to_execute, "still here"));
    must_be_zero(pthread_join(thread, &value));
    say("after a failed exec: %s", (char *)value);
    return finish();
}
