/* mprotect(2): each protection permits exactly what it says, a change takes effect at once and can be taken back. */
#include "conformance.h"
#include <setjmp.h>

static sigjmp_buf back;

static void on_fault(int number) {
    siglongjmp(back, number);
}

static char try_read(volatile char *address) {
    if (sigsetjmp(back, 1) != 0) return '-';
    (void)*address;
    return 'r';
}

static char try_write(volatile char *address) {
    if (sigsetjmp(back, 1) != 0) return '-';
    *address = (char)0xc3; /* ret */
    return 'w';
}

static char try_execute(char *address) {
    if (sigsetjmp(back, 1) != 0) return '-';
    ((void (*)(void))(uintptr_t)address)();
    return 'x';
}

static void probe(const char *what, char *page) {
    say("%s: %c%c%c", what, try_read(page), try_write(page), try_execute(page));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle(SIGSEGV, on_fault, 0);
    char *page = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = (char)0xc3;
    static const struct {
        const char *name;
        int protection;
    } cases[] = {
        {"none", PROT_NONE},
        {"read", PROT_READ},
        {"read write", PROT_READ | PROT_WRITE},
        {"read execute", PROT_READ | PROT_EXEC},
        {"all", PROT_READ | PROT_WRITE | PROT_EXEC},
        {"write", PROT_WRITE},
        {"none again", PROT_NONE},
        {"read write again", PROT_READ | PROT_WRITE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        must(mprotect(page, PAGE, cases[i].protection));
        probe(cases[i].name, page);
    }
    say("the content stayed: %02x", (unsigned char)page[0]);

    /* A page that nobody has touched yet obeys as well. */
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *fresh = must_map(NULL, PAGE, cases[i].protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        say("untouched, %s: %c%c", cases[i].name, try_read(fresh), try_write(fresh));
    }

    /* The middle of an area; then the system calls respect it too. */
    char *area = must_map(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 'a', 5 * PAGE);
    must(mprotect(area + PAGE, 3 * PAGE, PROT_READ));
    must(mprotect(area + 2 * PAGE, PAGE, PROT_NONE));
    for (int i = 0; i < 5; i++) say("page %d: %c%c", i, try_read(area + i * PAGE), try_write(area + i * PAGE));
    int ends[2];
    must(pipe(ends));
    result("write from a page without access", write(ends[1], area + 2 * PAGE, 10));
    result("write that runs into it", write(ends[1], area + 2 * PAGE - 10, 20));
    must(write(ends[1], "x", 1));
    result("read into a read-only page", read(ends[0], area + PAGE, 10));

    /* A forked child has protections of its own. */
    must(mprotect(area, 5 * PAGE, PROT_READ | PROT_WRITE));
    struct gate gate = make_gate(), done = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        must(mprotect(area, PAGE, PROT_NONE));
        open_gate(done);
        pass_gate(gate);
        say("child: %c%c", try_read(area), try_write(area));
        _exit(0);
    }
    pass_gate(done);
    say("parent: %c%c", try_read(area), try_write(area));
    open_gate(gate);
    wait_for(child);

    /* Five hundred neighbours with alternating protection. */
    enum { many = 500 };
    char *stripes = must_map(NULL, many * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < many; i += 2) must(mprotect(stripes + i * PAGE, PAGE, PROT_READ));
    volatile int writable = 0;
    for (volatile int i = 0; i < many; i++)
        if (try_write(stripes + i * PAGE) == 'w') writable++;
    say("writable stripes: %d", writable);
    must(mprotect(stripes, many * PAGE, PROT_READ | PROT_WRITE));
    writable = 0;
    for (volatile int i = 0; i < many; i++)
        if (try_write(stripes + i * PAGE) == 'w') writable++;
    say("afterwards: %d", writable);
    return finish();
}
