/*
 * Tries: ptrace, process_vm_readv, process_vm_writev and /proc/PID/mem on everything: its parent, pid 1, and numbers
 * that may be processes of the host.
 * Must: nothing of the host or of another machine answers; inside of the machine the guest's own rules hold (root may
 * trace its own machine's processes once ptrace is there; until then ENOSYS).
 */
#include "hostile.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    int attached = 0, reads = 0;
    char buffer[64];
    for (pid_t pid = 2; pid < 40000; pid++) {
        if (pid == getpid() || pid == getppid()) continue;
        if (kill(pid, 0) == 0) continue; /* a process of this machine */
        if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0) attached++;
        struct iovec own = {buffer, sizeof buffer}, other = {(void *)0x400000, sizeof buffer};
        if (process_vm_readv(pid, &own, 1, &other, 1, 0) > 0) reads++;
    }
    say("processes that the machine does not have: attached %d, read %d", attached, reads);
    struct iovec own = {buffer, sizeof buffer}, other = {(void *)0x400000, sizeof buffer};
    long value = process_vm_readv(1, &own, 1, &other, 1, 0);
    say("memory of pid 1: %s", value > 0 ? "read" : errno_name(errno));
    value = ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    say("traceme: %s", value == 0 ? "ok" : errno_name(errno));
    return survived();
}
