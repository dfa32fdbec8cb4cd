/*
 * The launcher: one small host process per machine that makes the machine's stub processes. The engine cannot fork
 * itself (it is a large program with many threads); this one is a few pages and forks in a moment. It takes orders from the
 * control page and sleeps on a futex there. When the engine dies, it dies; when it dies, all stubs do.
 */
#include "host.h"

extern const char stub_image[];
extern const char stub_image_end[];

static struct control *control;

struct sock_filter {
  unsigned short code;
  unsigned char jump_true;
  unsigned char jump_false;
  u32 value;
};

#define LOAD(offset) {0x20, 0, 0, (offset)}
#define JUMP_EQUAL(value, yes, no) {0x15, (yes), (no), (value)}
#define JUMP_GREATER_EQUAL(value, yes, no) {0x35, (yes), (no), (value)}
#define RETURN(value) {0x06, 0, 0, (value)}
#define ALLOW 0x7fff0000
#define TRAP 0x00030000
#define AUDIT_ARCH_X86_64 0xc000003e

/*
 * Only from the stub's own code, only what the stub needs, and only as the stub needs it: no memory but that of the
 * machine's files, no thread but in this process, no futex operation but waiting and waking. Everything else traps.
 * A guest that jumps into the stub can do no more than this.
 */
static const struct sock_filter filter[] = {
    /*  0 */ LOAD(4),
    /*  1 */ JUMP_EQUAL(AUDIT_ARCH_X86_64, 0, 22),
    /*  2 */ LOAD(12),
    /*  3 */ JUMP_EQUAL(STUB_CODE >> 32, 0, 20),
    /*  4 */ LOAD(8),
    /*  5 */ JUMP_GREATER_EQUAL((u32)(STUB_CODE + STUB_CODE_SIZE), 18, 0),
    /*  6 */ LOAD(0),
    /*  7 */ JUMP_EQUAL(SYS_rt_sigreturn, 17, 0),
    /*  8 */ JUMP_EQUAL(SYS_munmap, 16, 0),
    /*  9 */ JUMP_EQUAL(SYS_mprotect, 15, 0),
    /* 10 */ JUMP_EQUAL(SYS_sigaltstack, 14, 0),
    /* 11 */ JUMP_EQUAL(SYS_rt_sigprocmask, 13, 0),
    /* 12 */ JUMP_EQUAL(SYS_exit, 12, 0),
    /* 13 */ JUMP_EQUAL(SYS_exit_group, 11, 0),
    /* 14 */ JUMP_EQUAL(SYS_futex, 3, 0),
    /* 15 */ JUMP_EQUAL(SYS_mmap, 4, 0),
    /* 16 */ JUMP_EQUAL(SYS_clone, 5, 0),
    /* 17 */ RETURN(TRAP),
    /* 18: futex(2), operation */ LOAD(24),
    /* 19 */ JUMP_GREATER_EQUAL(FUTEX_WAKE + 1, 4, 5),
    /* 20: mmap(2), flags */ LOAD(40),
    /* 21 */ JUMP_EQUAL(MAP_SHARED | MAP_FIXED, 3, 2),
    /* 22: clone(2), flags */ LOAD(16),
    /* 23 */ JUMP_EQUAL(CLONE_THREAD_FLAGS, 1, 0),
    /* 24 */ RETURN(TRAP),
    /* 25 */ RETURN(ALLOW),
};

static void *map(u64 address, u64 length, int protection, int flags, int fd, u64 offset) {
  long result = host_call(SYS_mmap, address, length, protection, flags, fd, offset);
  return result < 0 && result > -4096 ? 0 : (void *)result;
}

static void fail(int code) {
  for (;;) host_call(SYS_exit_group, code, 0, 0, 0, 0, 0);
}

static void copy(void *target, const void *source, u64 length) {
  char *to = target;
  const char *from = source;
  while (length-- > 0) *to++ = *from++;
}

static void on_child(int signal) {
  (void)signal;
  __atomic_fetch_add(&control->wake, 1, __ATOMIC_SEQ_CST);
}

__asm__("restore:\n\t mov $15, %eax\n\t syscall");
extern void restore(void);

static void ring(void) {
  struct doorbell *doorbell = (struct doorbell *)STUB_DOORBELL;
  __atomic_fetch_add(&doorbell->word, 1, __ATOMIC_SEQ_CST);
  host_call(SYS_futex, (long)&doorbell->word, FUTEX_WAKE, 1, 0, 0, 0);
}

static void report_dead(u32 pid, u32 status) {
  u32 head = control->dead_head;
  while (head - __atomic_load_n(&control->dead_tail, __ATOMIC_ACQUIRE) >= DEAD_RING) ring();
  control->dead[head % DEAD_RING].pid = pid;
  control->dead[head % DEAD_RING].status = status;
  __atomic_store_n(&control->dead_head, head + 1, __ATOMIC_RELEASE);
  ring();
}

static void become_stub(u32 index, long launcher) {
  struct slot *slot = (struct slot *)(STUB_SLOTS + index * SLOT_SIZE);
  host_call(SYS_prctl, 1 /* PR_SET_PDEATHSIG */, SIGKILL, 0, 0, 0, 0);
  if (host_call(SYS_getppid, 0, 0, 0, 0, 0, 0) != launcher) fail(1);
  if (map((u64)slot, SLOT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, MEMORY_FD,
          SLOTS_OFFSET + index * SLOT_SIZE) == 0)
    fail(2);
  slot->host_tid = (u32)host_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
  slot->alive = 1;
  copy((char *)slot + FILTER_OFFSET, filter, sizeof filter);
  __asm__ volatile("mov %0, %%rsp\n\t"
                   "xor %%ebp, %%ebp\n\t"
                   "jmp *%1"
                   :
                   : "r"((char *)slot + SLOT_SIZE - 8), "r"(STUB_CODE), "D"(slot), "S"(sizeof filter / sizeof filter[0])
                   : "memory");
  __builtin_unreachable();
}

static void spawn(u32 index, long launcher) {
  long pid = host_call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
  if (pid == 0) become_stub(index, launcher);
  __atomic_store_n(&control->pids[index], pid < 0 ? 0 : (u32)pid, __ATOMIC_SEQ_CST);
  if (pid < 0) {
    control->error = (u32)-pid;
    report_dead(0x80000000u | index, (u32)-pid);
  }
}

static void drop_privileges(void) {
  host_call(SYS_prctl, 38 /* PR_SET_NO_NEW_PRIVS */, 1, 0, 0, 0, 0);
  u32 header[2] = {0x20080522, 0};
  u32 none[6] = {0};
  host_call(SYS_capset, (long)header, (long)none, 0, 0, 0, 0);
  u64 no_core[2] = {0, 0};
  host_call(SYS_prlimit64, 0, 4 /* RLIMIT_CORE */, (long)no_core, 0, 0, 0);
}

__attribute__((used, noreturn)) void launcher_main(long *stack) {
  long argc = stack[0];
  char **argv = (char **)(stack + 1);
  char **envp = argv + argc + 1;
  host_call(SYS_prctl, 1 /* PR_SET_PDEATHSIG */, SIGKILL, 0, 0, 0, 0);
  if (host_call(SYS_getppid, 0, 0, 0, 0, 0, 0) == 1) fail(1);

  /* The stub's range must be free. Randomised stacks seldom lie there; then start again without randomisation. */
  if (map(STUB_BASE, STUB_END - STUB_BASE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) !=
      (void *)STUB_BASE) {
    if (argc > 1) fail(3);
    char *again[] = {argv[0], "again", 0};
    host_call(SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */, 0, 0, 0, 0, 0);
    host_call(SYS_execve, (long)"/proc/self/exe", (long)again, (long)envp, 0, 0, 0);
    fail(4);
  }
  host_call(SYS_munmap, STUB_BASE, STUB_END - STUB_BASE, 0, 0, 0, 0);
  control = map(0, CONTROL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, CONTROL_FD, 0);
  void *code = map(STUB_CODE, STUB_CODE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  void *bell = map(STUB_DOORBELL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, DOORBELL_FD, 0);
  if (control == 0 || code == 0 || bell == 0) fail(5);
  copy(code, stub_image, stub_image_end - stub_image);
  host_call(SYS_mprotect, STUB_CODE, STUB_CODE_SIZE, PROT_READ | PROT_EXEC, 0, 0, 0);
  host_call(SYS_close_range, DOORBELL_FD, ~0u, 0, 0, 0, 0);
  host_call(SYS_close_range, 0, 2, 0, 0, 0, 0);
  host_call(SYS_setsid, 0, 0, 0, 0, 0, 0);
  drop_privileges();
  long launcher = host_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
  struct kernel_sigaction action = {(void *)on_child, 0x04000000 /* RESTORER */, (void *)restore, 0};
  host_call(SYS_rt_sigaction, SIGCHLD, (long)&action, 0, 8, 0, 0);
  __atomic_store_n(&control->launcher_ready, 1, __ATOMIC_SEQ_CST);

  for (;;) {
    u32 seen = __atomic_load_n(&control->wake, __ATOMIC_SEQ_CST);
    u32 tail = control->request_tail;
    while (tail != __atomic_load_n(&control->request_head, __ATOMIC_ACQUIRE)) {
      u32 op = control->requests[tail % REQUEST_RING].op;
      u32 argument = control->requests[tail % REQUEST_RING].argument;
      __atomic_store_n(&control->request_tail, ++tail, __ATOMIC_RELEASE);
      if (op == REQUEST_SPAWN && argument < MAX_SLOTS) spawn(argument, launcher);
      if (op == REQUEST_KILL) host_call(SYS_kill, argument, SIGKILL, 0, 0, 0, 0);
    }
    for (;;) {
      int status = 0;
      long pid = host_call(SYS_wait4, -1, (long)&status, 1 /* WNOHANG */, 0, 0, 0);
      if (pid <= 0) break;
      report_dead((u32)pid, (u32)status);
    }
    __atomic_store_n(&control->launcher_sleeping, 1, __ATOMIC_SEQ_CST);
    host_call(SYS_futex, (long)&control->wake, FUTEX_WAIT, seen, 0, 0, 0);
    __atomic_store_n(&control->launcher_sleeping, 0, __ATOMIC_SEQ_CST);
  }
}

__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall launcher_main");
