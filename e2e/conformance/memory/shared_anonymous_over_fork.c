/* build: static dynamic */
/* MAP_SHARED | MAP_ANONYMOUS: parent, child and grandchild see one memory, also pages that none had touched before. */
#include "conformance.h"
#include <sched.h>
#include <stdatomic.h>

struct shared {
    atomic_int counter;
    atomic_int turn;
    char text[64];
    char untouched[8][4096];
};

int main(int argc, char **argv) {
    begin(argc, argv);
    struct shared *shared = must_map(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *own = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(shared->text, "from the parent");
    strcpy(own, "parent's own");
    pid_t child = fork_child();
    if (child == 0) {
        say("child reads: %s, %s", shared->text, own);
        strcpy(own, "child's own");
        strcpy(shared->untouched[3], "first touched by the child");
        pid_t grandchild = fork_child();
        if (grandchild == 0) {
            say("grandchild reads: %s, %s", shared->untouched[3], own);
            strcpy(shared->text, "from the grandchild");
            strcpy(shared->untouched[7], "first touched by the grandchild");
            _exit(0);
        }
        wait_for(grandchild);
        _exit(0);
    }
    wait_for(child);
    say("parent reads: %s, %s, %s, %s", shared->text, shared->untouched[3], shared->untouched[7], own);

    /* Atomic counting by four processes. */
    pid_t pids[4];
    for (int p = 0; p < 4; p++) {
        pids[p] = fork_child();
        if (pids[p] != 0) continue;
        for (int i = 0; i < 10000; i++) atomic_fetch_add(&shared->counter, 1);
        _exit(0);
    }
    for (int p = 0; p < 4; p++) wait_for(pids[p]);
    say("counter: %d", shared->counter);

    /* Taking turns, giving the processor away while it is not ours: both see each other's writes in order. */
    child = fork_child();
    if (child == 0) {
        for (int i = 0; i < 50; i++) {
            while (shared->turn != 2 * i + 1) sched_yield();
            shared->text[0] = (char)('A' + i % 26);
            shared->turn = 2 * i + 2;
        }
        _exit(0);
    }
    int right = 0;
    for (int i = 0; i < 50; i++) {
        shared->turn = 2 * i + 1;
        while (shared->turn != 2 * i + 2) sched_yield();
        if (shared->text[0] == 'A' + i % 26) right++;
    }
    say_status("child", wait_for(child));
    say("turns in order: %d", right);

    /* It outlives the one that made it, and a child's unmapping is its own. */
    child = fork_child();
    if (child == 0) {
        munmap(shared, sizeof *shared);
        _exit(0);
    }
    wait_for(child);
    say("still there: %s", shared->untouched[3]);
    return finish();
}
