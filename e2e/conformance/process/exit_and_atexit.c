/* build: static dynamic */
/* exit(3) runs its handlers in reverse order and flushes streams; _exit(2) does neither; quick_exit has its own. */
#include "conformance.h"

static void first(void) {
    say("handler registered first");
}

static void second(void) {
    say("handler registered second");
}

static void quick(void) {
    say("quick handler");
}

__attribute__((destructor)) static void destructor(void) {
    say("destructor");
}

static pid_t fork_registered(void) {
    pid_t child = fork_child();
    if (child == 0) {
        atexit(first);
        atexit(second);
        at_quick_exit(quick);
    }
    return child;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t child = fork_registered();
    if (child == 0) exit(3);
    say_status("exit", wait_for(child));

    child = fork_registered();
    if (child == 0) _exit(4);
    say_status("_exit", wait_for(child));

    child = fork_registered();
    if (child == 0) quick_exit(5);
    say_status("quick_exit", wait_for(child));

    child = fork_registered();
    if (child == 0) abort();
    say_status("abort", wait_for(child));

    const char *const names[] = {"flushed", "lost"};
    for (int i = 0; i < 2; i++) {
        child = fork_child();
        if (child == 0) {
            FILE *stream = fopen(names[i], "w");
            fputs("buffered text", stream);
            if (i == 0) exit(0);
            _exit(0);
        }
        wait_for(child);
        say("%s: '%s'", names[i], file_text(names[i]));
    }
    return finish();
}
