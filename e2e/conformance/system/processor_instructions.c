/* Instructions that a program may use directly: cpuid, rdtsc, rdtscp, xgetbv, rdrand where there, and non-temporal stores. */
#include "conformance.h"
#include <cpuid.h>
#include <immintrin.h>

__attribute__((target("xsave"))) static uint64_t enabled_state(void) {
    return _xgetbv(0);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    unsigned a = 0, b = 0, c = 0, d = 0;
    check(__get_cpuid(0, &a, &b, &c, &d) && a >= 1, "cpuid");
    check(__get_cpuid(1, &a, &b, &c, &d) && (d & bit_SSE2) && (d & bit_FXSAVE), "SSE2, as every x86-64 has");
    if (c & bit_OSXSAVE) check((enabled_state() & 3) == 3, "x87 and SSE state are enabled");
    uint64_t first = __rdtsc(), second = __rdtsc();
    check(second > first, "the time-stamp counter runs");
    unsigned aux;
    uint64_t third = __rdtscp(&aux);
    check(third > second, "rdtscp too");

    static char from[4096] __attribute__((aligned(64))), to[4096] __attribute__((aligned(64)));
    fill_pattern(from, sizeof from, 8);
    for (int i = 0; i < 4096; i += 16) _mm_stream_si128((__m128i *)(to + i), _mm_load_si128((__m128i *)(from + i)));
    _mm_sfence();
    check(memcmp(from, to, sizeof to) == 0, "non-temporal stores");
    memset(to, 0, sizeof to);
    char *source = from, *target = to;
    long count = sizeof from;
    __asm__ volatile("rep movsb" : "+S"(source), "+D"(target), "+c"(count) : : "memory");
    check(memcmp(from, to, sizeof to) == 0, "rep movsb");

    /* A string instruction that faults in the middle goes on where it was: across fresh pages. */
    char *fresh = must_map(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    target = fresh + 100;
    count = 60 * PAGE;
    __asm__ volatile("rep stosb" : "+D"(target), "+c"(count) : "a"('s') : "memory");
    bool right = fresh[99] == 0 && fresh[60 * PAGE + 100] == 0;
    for (int i = 100; i < 60 * PAGE + 100; i++)
        if (fresh[i] != 's') right = false;
    check(right, "rep stosb over fresh pages");
    /* Locked operations on a page that is shared with a child after fork. */
    int *counter = (int *)must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *counter = 5;
    pid_t child = fork_child();
    if (child == 0) _exit(__atomic_add_fetch(counter, 10, __ATOMIC_SEQ_CST));
    say_status("locked add in a child", wait_for(child));
    say("parent: %d", __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST));
    __int128 wide __attribute__((aligned(16))) = 7;
    unsigned char swapped;
    uint64_t low = 7, high = 0;
    __asm__ volatile("lock cmpxchg16b %1\n\tsete %0"
                     : "=q"(swapped), "+m"(wide), "+a"(low), "+d"(high) : "b"(9L), "c"(1L) : "memory", "cc");
    say("cmpxchg16b: %d, %ld %ld", swapped, (long)wide, (long)(wide >> 64));
    return finish();
}
