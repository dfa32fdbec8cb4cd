/* build: static dynamic */
/* libraries: -lm */
/* SSE, x87, AVX registers and control words: kept over handlers that spoil them, and over switches between processes. */
#include "conformance.h"
#include <fenv.h>
#include <immintrin.h>
#include <ucontext.h>

static volatile int handled;
static bool saved_state_seen;
static float in_context[4];

static void spoil(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    handled++;
    /* The handler starts with default control words. */
    unsigned control = _mm_getcsr();
    struct _libc_fpstate *state = ((ucontext_t *)context)->uc_mcontext.fpregs;
    saved_state_seen = state != NULL && ((uintptr_t)state & 15) == 0 && (control & 0xffc0) == 0x1f80;
    if (state != NULL) memcpy(in_context, &state->_xmm[3], sizeof in_context);
    __asm__ volatile("pxor %%xmm0, %%xmm0\n\tpxor %%xmm3, %%xmm3\n\tpcmpeqd %%xmm15, %%xmm15\n\tfninit\n\tfldz" : : :
                     "xmm0", "xmm3", "xmm15", "st");
    _mm_setcsr(0x1f80 | 0x6000);
    unsigned short x87 = 0x0c7f;
    __asm__ volatile("fldcw %0" : : "m"(x87));
}

/* Every SSE register gets a value, the signal comes, the values are read again. */
static bool survives(bool (*disturb)(void)) {
    static uint8_t before[16][16] __attribute__((aligned(16))), after[16][16] __attribute__((aligned(16)));
    fill_pattern(before, sizeof before, 5);
    long number = SYS_tkill, pid = syscall(SYS_gettid);
    if (disturb != NULL) return disturb();
#define EACH(do) do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15)
#define LOAD(n) "movaps " #n "*16(%2), %%xmm" #n "\n\t"
#define STORE(n) "movaps %%xmm" #n ", " #n "*16(%3)\n\t"
    __asm__ volatile(EACH(LOAD) "syscall\n\t" EACH(STORE)
                     : "+a"(number)
                     : "D"(pid), "r"(before), "r"(after), "S"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return memcmp(before, after, sizeof before) == 0 && memcmp(in_context, before[3], sizeof in_context) == 0;
}

__attribute__((target("avx"))) static bool upper_halves_survive(void) {
    uint8_t before[32] __attribute__((aligned(32))), after[32] __attribute__((aligned(32)));
    fill_pattern(before, sizeof before, 9);
    long number = SYS_tkill, pid = syscall(SYS_gettid);
    __asm__ volatile("vmovaps (%2), %%ymm9\n\tsyscall\n\tvmovaps %%ymm9, (%3)\n\tvzeroupper"
                     : "+a"(number)
                     : "D"(pid), "r"(before), "r"(after), "S"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return memcmp(before, after, sizeof before) == 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGUSR1, spoil, 0);
    check(survives(NULL), "16 SSE registers survive a handler, and the context shows them");
    check(saved_state_seen, "the context holds an aligned floating-point state, the handler starts with defaults");
    check(!__builtin_cpu_supports("avx") || upper_halves_survive(), "the upper halves of AVX registers survive");

    /* Rounding modes of SSE and x87 belong to the program, not to the handler. */
    fesetround(FE_UPWARD);
    unsigned control = _mm_getcsr();
    unsigned short x87 = 0, x87_after = 0;
    __asm__ volatile("fnstcw %0" : "=m"(x87));
    must(raise(SIGUSR1));
    __asm__ volatile("fnstcw %0" : "=m"(x87_after));
    check((_mm_getcsr() & 0xffc0) == (control & 0xffc0), "the SSE control word survives");
    check(x87_after == x87, "the x87 control word survives");
    say("rounding upward: %d", fegetround() == FE_UPWARD);
    fesetround(FE_TONEAREST);

    long double on_x87 = 0;
    double pi = 3.14159265358979;
    long number = SYS_tkill, pid = syscall(SYS_gettid);
    __asm__ volatile("fldl %4\n\tsyscall\n\tfstpt %0"
                     : "=m"(on_x87), "+a"(number)
                     : "D"(pid), "S"((long)SIGUSR1), "m"(pi)
                     : "rcx", "r11", "memory");
    check((double)on_x87 == pi, "the x87 stack survives");
    say("handlers: %s", handled >= 3 ? "ran" : "did not run");

    /* Four processes compute at once and give the processor away; each sum must come out as if it were alone. */
    double alone = 0, x = 1.5;
    for (int i = 1; i < 20000; i++) alone += x / i;
    pid_t pids[4];
    for (int p = 0; p < 4; p++) {
        pids[p] = fork_child();
        if (pids[p] != 0) continue;
        if (p & 1) fesetround(FE_DOWNWARD);
        volatile double sum = 0;
        for (int i = 1; i < 20000; i++) {
            sum += x / i;
            if (i % 100 == 0) syscall(SYS_sched_yield);
        }
        _exit(p & 1 ? sum < alone && fegetround() == FE_DOWNWARD : sum == alone);
    }
    for (int p = 0; p < 4; p++) say_status("computed among others", wait_for(pids[p]));

    fesetround(FE_UPWARD);
    pid_t child = fork_child();
    if (child == 0) _exit(fegetround() == FE_UPWARD ? 1 : 0);
    say_status("a fork inherits the rounding mode", wait_for(child));
    return finish();
}
