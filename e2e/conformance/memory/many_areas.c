/* Thousands of small mappings, unmapped and mapped in a scattered order: contents never mix. */
#include "conformance.h"

enum { areas = 3000 };

static char *area[areas];

static void make(int index, int round) {
    area[index] = must_map(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    /* A guard keeps neighbours from being merged into one mapping. */
    must(mprotect(area[index] + PAGE, PAGE, PROT_NONE));
    *(int *)area[index] = index * 10 + round;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    bool zero = true, right = true;
    for (int i = 0; i < areas; i++) make(i, 0);
    for (int round = 1; round < 4; round++) {
        for (int i = round; i < areas; i += 3) must(munmap(area[i], 2 * PAGE));
        for (int i = round; i < areas; i += 3) {
            make(i, round);
            if (*(int *)(area[i] + 4) != 0) zero = false;
        }
        for (int i = 0; i < areas; i++)
            if (*(int *)area[i] / 10 != i) right = false;
    }
    check(zero, "new mappings are zero");
    check(right, "contents never mix");
    long sum = 0;
    for (int i = 0; i < areas; i++) sum += *(int *)area[i];
    say("sum: %ld", sum);
    pid_t child = fork_child();
    if (child == 0) {
        for (int i = 0; i < areas; i += 7) *(int *)area[i] = -1;
        _exit(0);
    }
    say_status("a child writes", wait_for(child));
    long after = 0;
    for (int i = 0; i < areas; i++) after += *(int *)area[i];
    check(after == sum, "the parent's are unchanged");
    for (int i = 0; i < areas; i++) must(munmap(area[i], 2 * PAGE));
    return finish();
}
