// Runs a command on a host as it would be if it forbade user namespaces, as several distributions do.
//
//   noUserNamespaces COMMAND [ARG…]
//
// A seccomp filter, inherited by everything below, answers EPERM to clone(2) and unshare(2) with CLONE_NEWUSER. clone3(2)
// keeps its flags in memory, where a filter cannot look, so it answers ENOSYS and the C library takes clone(2).
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, then, otherwise)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)

int main(int argc, char **argv) {
  // args[0] are the flags of both calls, and the flag is in its lower half, which comes first on x86-64.
  struct sock_filter filter[] = {
      LOAD(arch),
      IF_EQUAL(AUDIT_ARCH_X86_64, 1, 0),
      ANSWER(SECCOMP_RET_ALLOW),
      LOAD(nr),
      IF_EQUAL(__NR_clone3, 6, 0),
      IF_EQUAL(__NR_clone, 1, 0),
      IF_EQUAL(__NR_unshare, 0, 2),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 1, 0),
      ANSWER(SECCOMP_RET_ALLOW),
      ANSWER(SECCOMP_RET_ERRNO | EPERM),
      ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};

  if (argc < 2) {
    fprintf(stderr, "usage: noUserNamespaces COMMAND [ARG...]\n");
    return 2;
  }
  // Root may set a filter as it is; everybody else has to give up set-user-ID programs for it.
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0 &&
      (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)) {
    perror("noUserNamespaces: seccomp");
    return 1;
  }
  execvp(argv[1], argv + 1);
  perror(argv[1]);
  return 127;
}
