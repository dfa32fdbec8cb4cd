/* brk(2): the heap grows and shrinks, is zero when it grows again, refuses silently by returning the old break. */
#include "conformance.h"
#include <sys/resource.h>

static uintptr_t set_break(uintptr_t address) {
    return (uintptr_t)syscall(SYS_brk, address);
}

static bool mapped(uintptr_t address) {
    return readable((void *)(address & ~(PAGE - 1)));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    uintptr_t start = set_break(0);
    check(start != 0, "there is a break");
    uintptr_t base = (start + PAGE - 1) & ~(PAGE - 1);
    check(set_break(base + 5 * PAGE) == base + 5 * PAGE, "it grows");
    bool zero = true;
    for (int i = 0; i < 5 * PAGE; i++)
        if (((char *)base)[i] != 0) zero = false;
    check(zero, "by zeros");
    fill_pattern((void *)base, 5 * PAGE, 3);
    check(set_break(base + 2 * PAGE) == base + 2 * PAGE, "it shrinks");
    check(mapped(base + PAGE) && !mapped(base + 2 * PAGE), "what lay behind is gone");
    check(set_break(base + 5 * PAGE) == base + 5 * PAGE, "it grows again");
    zero = true;
    for (int i = 2 * PAGE; i < 5 * PAGE; i++)
        if (((char *)base)[i] != 0) zero = false;
    check(zero, "by zeros again");
    check(((char *)base)[PAGE] != 0 || ((char *)base)[PAGE + 1] != 0, "what stayed kept its content");
    check(set_break(base + 100) == base + 100 && mapped(base) && !mapped(base + PAGE), "breaks need no alignment");

    uintptr_t now = set_break(0);
    check(set_break(start - 64 * 1024 * 1024) == now, "below the start: nothing changes");
    check(set_break(0x7fffffffe000) == now, "into the stack: nothing changes");
    check(set_break((uintptr_t)-1) == now, "into the kernel: nothing changes");

    pid_t child = fork_child();
    if (child == 0) {
        check(set_break(0) == now, "a child inherits the break");
        set_break(now + 3 * PAGE);
        _exit(0);
    }
    wait_for(child);
    check(set_break(0) == now, "the child's break is its own");

    struct rlimit limit;
    must(getrlimit(RLIMIT_DATA, &limit));
    limit.rlim_cur = 8 << 20;
    must(setrlimit(RLIMIT_DATA, &limit));
    check(set_break(now + (64 << 20)) == now, "RLIMIT_DATA bounds it");

    /* malloc falls back to mappings when the heap cannot grow, and both are freed. */
    limit.rlim_cur = limit.rlim_max;
    must(setrlimit(RLIMIT_DATA, &limit));
    uint64_t sum = 0;
    void *blocks[200];
    for (int i = 0; i < 200; i++) {
        blocks[i] = malloc(1000 * (i + 1));
        fill_pattern(blocks[i], 1000 * (i + 1), i);
    }
    for (int i = 0; i < 200; i++) {
        sum = checksum(sum, blocks[i], 1000 * (i + 1));
        free(blocks[i]);
    }
    say("200 blocks: %016lx", (unsigned long)sum);
    return finish();
}
