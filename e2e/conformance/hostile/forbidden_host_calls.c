/*
 * Tries: calls by which a program could reach its kernel's host or change its filter: seccomp, ptrace, bpf, kexec,
 * io_uring, userfaultfd, perf, modules, reboot, raw I/O, namespaces, keyctl; each in a child.
 * Must: the guest's kernel answers (ENOSYS, EPERM, EINVAL, or its own success inside of the machine); nothing reaches
 * the host (trace the engine host and see). Reboot ends this machine only, and is not tried here.
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    static const struct {
        const char *name;
        long number, first, second, third;
    } calls[] = {
        {"seccomp", SYS_seccomp, 1, 0, 0},
        {"prctl PR_SET_SECCOMP", SYS_prctl, 22, 1, 0},
        {"prctl PR_SET_SYSCALL_USER_DISPATCH", SYS_prctl, 59, 1, 0},
        {"prctl PR_SET_TSC", SYS_prctl, 26, 2, 0},
        {"prctl PR_SET_MM", SYS_prctl, 35, 1, 0x1000},
        {"arch_prctl ARCH_CET_DISABLE", SYS_arch_prctl, 0x5002, 1, 0},
        {"bpf", SYS_bpf, 0, 0, 0},
        {"io_uring_setup", SYS_io_uring_setup, 1, 8, 0},
        {"userfaultfd", SYS_userfaultfd, 0, 0, 0},
        {"perf_event_open", SYS_perf_event_open, 8, 0, -1},
        {"init_module", SYS_init_module, 8, 8, 8},
        {"kexec_load", SYS_kexec_load, 0, 0, 0},
        {"iopl", SYS_iopl, 3, 0, 0},
        {"ioperm", SYS_ioperm, 0, 8, 1},
        {"modify_ldt", SYS_modify_ldt, 0, 0, 0},
        {"set_thread_area", SYS_set_thread_area, 8, 0, 0},
        {"swapon", SYS_swapon, 8, 0, 0},
        {"pivot_root", SYS_pivot_root, 8, 8, 0},
        {"setns", SYS_setns, -1, 0, 0},
        {"open_by_handle_at", SYS_open_by_handle_at, -1, 8, 0},
        {"remap_file_pages", SYS_remap_file_pages, 0x400000, 4096, 0},
        {"pkey_mprotect", SYS_pkey_mprotect, 0x400000, 4096, 0},
        {"membarrier", SYS_membarrier, 0, 0, 0},
        {"rseq", SYS_rseq, 8, 32, 0},
    };
    for (size_t i = 0; i < COUNT(calls); i++) {
        pid_t child = fork_child();
        if (child == 0) {
            errno = 0;
            long value = syscall(calls[i].number, calls[i].first, calls[i].second, calls[i].third, 0, 0, 0);
            _exit(value == -1 ? errno : 200);
        }
        int status = wait_for(child);
        if (!WIFEXITED(status)) say_status(calls[i].name, status);
        else say("%s: %s", calls[i].name, WEXITSTATUS(status) == 200 ? "ok" : errno_name(WEXITSTATUS(status)));
    }
    return survived();
}
