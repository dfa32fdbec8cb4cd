/* A tree of processes four deep: every level waits for its children and adds their results up. */
#include "conformance.h"

static int grow(int depth) {
    if (depth == 0) return 1;
    int sum = 1;
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        children[i] = fork_child();
        if (children[i] == 0) _exit(grow(depth - 1));
    }
    for (int i = 0; i < 3; i++) sum += WEXITSTATUS(wait_for(children[i]));
    return sum;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    say("processes in the tree: %d", grow(4));

    /* A chain: each waits for the next, the last one's code comes through all. */
    int depth = 0;
    pid_t child;
    while (depth < 20 && (child = fork_child()) == 0) depth++;
    if (depth == 20) _exit(77);
    int status = wait_for(child);
    if (depth > 0) _exit(WEXITSTATUS(status) + 1);
    say_status("a chain of 20", status);
    return finish();
}
