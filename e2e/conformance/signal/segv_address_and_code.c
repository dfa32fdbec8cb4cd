/* build: static dynamic */
/* SIGSEGV: si_addr, si_code (nothing mapped there, or not permitted), the trap number and the kind of access in the context. */
#include "conformance.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static siginfo_t last;
static long trap_number, error_code;

static void handler(int number, siginfo_t *info, void *context) {
    last = *info;
    trap_number = ((ucontext_t *)context)->uc_mcontext.gregs[REG_TRAPNO];
    error_code = ((ucontext_t *)context)->uc_mcontext.gregs[REG_ERR];
    siglongjmp(back, number);
}

enum access { load, store, call };

static void try(const char *what, char *address, enum access access) {
    int number = sigsetjmp(back, 1);
    if (number == 0) {
        if (access == load) (void)*(volatile char *)address;
        if (access == store) *(volatile char *)address = 1;
        if (access == call) ((void (*)(void))(uintptr_t)address)();
        say("%s: no fault", what);
        return;
    }
    const char *code = last.si_code == SEGV_MAPERR   ? "SEGV_MAPERR"
                       : last.si_code == SEGV_ACCERR ? "SEGV_ACCERR"
                       : last.si_code == SI_KERNEL   ? "SI_KERNEL"
                                                     : "?";
    say("%s: %s %s, right address %d, trap %ld%s%s", what, signal_name(number), code, last.si_addr == address,
        trap_number, error_code & 2 ? " write" : "", error_code & 16 ? " fetch" : "");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGSEGV, handler, 0);
    handle_info(SIGBUS, handler, 0);
    char *pages = must_map(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(mprotect(pages + PAGE, PAGE, PROT_READ));
    must(mprotect(pages + 2 * PAGE, PAGE, PROT_NONE));
    must(munmap(pages + 3 * PAGE, PAGE));
    pages[0] = (char)0xc3;
    try("load from NULL", NULL, load);
    try("store to NULL", NULL, store);
    try("call NULL", NULL, call);
    try("load from address 4095", (char *)4095, load);
    try("load from a readable page", pages + PAGE + 5, load);
    try("store to a readable page", pages + PAGE + 17, store);
    try("load from a page without access", pages + 2 * PAGE + 100, load);
    try("store to a page without access", pages + 2 * PAGE + 4095, store);
    try("load from an unmapped page", pages + 3 * PAGE + 1, load);
    try("call into data", pages, call);
    try("call into an unmapped page", pages + 3 * PAGE, call);
    must(mprotect(pages, PAGE, PROT_READ | PROT_EXEC));
    try("call into executable memory", pages, call);
    /* A non-canonical address has no si_addr: the processor raises a general protection fault. */
    int number = sigsetjmp(back, 1);
    if (number == 0) (void)*(volatile char *)0x8000000000000000;
    say("non-canonical address: %s, code %s, address %p, trap %ld", signal_name(number),
        last.si_code == SI_KERNEL ? "SI_KERNEL" : "?", last.si_addr, trap_number);

    /* An access that spans two pages: the fault is in the second one. */
    must(mprotect(pages, 2 * PAGE, PROT_READ | PROT_WRITE));
    number = sigsetjmp(back, 1);
    if (number == 0) *(volatile uint64_t *)(pages + 2 * PAGE - 3) = 1;
    say("across the border: %s, at the second page %d", signal_name(number), last.si_addr == pages + 2 * PAGE);
    say("faults can be taken again and again");
    volatile int faults = 0;
    for (volatile int i = 0; i < 300; i++) {
        if (sigsetjmp(back, 1) == 0) *(volatile char *)(pages + 2 * PAGE) = 1;
        else faults++;
    }
    say("%d", faults);
    return finish();
}
