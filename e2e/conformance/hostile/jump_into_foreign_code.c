/*
 * Tries: to find a syscall instruction outside of its own code (in the pages of a helper that its kernel put into its
 * address space) and to jump to it with numbers of its own: write to descriptors, getpid, kill, openat, mmap.
 * Must: the host carries out no call that was not the helper's own kind; the process is killed, or its kernel handles
 * the call as the guest's. "A foreign call answered" names what came back, compared with the guest's own answer.
 */
#include "hostile.h"

static long call_at(uintptr_t instruction, long number, long first, long second, long third) {
    long value;
    register long r10 __asm__("r10") = 0;
    /* What lies behind the foreign instruction is unknown: the return address is on the stack and in several registers. */
    __asm__ volatile("lea 1f(%%rip), %%r12\n\tpush %%r12\n\tpush %%r12\n\tpush %%r12\n\tpush %%r12\n\tjmp *%1\n1:"
                     : "=a"(value)
                     : "r"(instruction), "a"(number), "D"(first), "S"(second), "d"(third), "r"(r10)
                     : "rcx", "r11", "r12", "memory");
    return value;
}

static bool own(uintptr_t address) {
    static struct {
        uintptr_t start, end;
    } known[512];
    static int count = -1;
    if (count == -1) {
        count = 0;
        FILE *stream = fopen("/proc/self/maps", "r");
        char line[4096];
        while (stream != NULL && count < 512 && fgets(line, sizeof line, stream) != NULL)
            if (sscanf(line, "%lx-%lx", &known[count].start, &known[count].end) == 2) count++;
        if (stream != NULL) fclose(stream);
    }
    for (int i = 0; i < count; i++)
        if (address >= known[i].start && address < known[i].end) return true;
    return false;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    catch_faults();
    const struct {
        uintptr_t start, end;
    } regions[] = {{0x1000, 0x4000000}, {0x7fff00000000, 0x7fff04000000}, {0x7ffff0000000, 0x7ffffffff000}};
    int found = 0, answered = 0, signals = 0;
    for (size_t r = 0; r < COUNT(regions); r++) {
        for (uintptr_t page = regions[r].start; page < regions[r].end; page += PAGE) {
            if (own(page) || attempt((void)*(volatile char *)page) != 0) continue;
            for (volatile uintptr_t at = page; at < page + PAGE - 1; at++) {
                volatile unsigned char *bytes = (volatile unsigned char *)at;
                if (bytes[0] != 0x0f || bytes[1] != 0x05) continue;
                found++;
                pid_t child = fork_child();
                if (child == 0) {
                    alarm(2);
                    catch_faults();
                    volatile long value = 0;
                    int number = attempt(value = call_at(at, SYS_getpid, 0, 0, 0));
                    _exit(number != 0 ? 100 : value == getpid() ? 101 : 102);
                }
                int status = wait_for(child);
                if (WIFEXITED(status) && WEXITSTATUS(status) == 102) answered++;
                else signals++;
            }
        }
    }
    say("foreign syscall instructions: %s", found == 0 ? "none" : "some");
    say("answers that are not the guest's: %d", answered);
    (void)signals;
    return survived();
}
