/*
 * The stub: the host side of guest threads. It is mapped at STUB_CODE of every stub process and is all the host code
 * there. A trap of the guest is a host signal; its handler publishes the trap frame, waits for the kernel, carries
 * out its commands, and returns into the guest. Mechanism only: every decision is the kernel's.
 *
 * Position-independent, no data of its own: whatever it knows stands in the thread's slot or at a fixed address.
 */
#include "host.h"

struct mcontext {
  u64 registers[18]; /* r8 .. rip, eflags: see engine/trap/registers.ts */
};

static inline struct slot *slot_of(void *stack) { return (struct slot *)((u64)stack & ~(SLOT_SIZE - 1)); }

static inline u64 read_fs(void) {
  u64 value;
  __asm__ volatile("rdfsbase %0" : "=r"(value));
  return value;
}

static inline u64 read_gs(void) {
  u64 value;
  __asm__ volatile("rdgsbase %0" : "=r"(value));
  return value;
}

static inline u64 cycles(void) {
  u32 low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return ((u64)high << 32) | low;
}

void stub_trap(int signal, void *info, void *context);
__attribute__((visibility("hidden"))) void stub_restore(void);
void stub_start(struct slot *slot);

/* A new thread enters here on its slot's stack: it takes its alternate stack and traps, so that a frame is there. */
__attribute__((noreturn, used)) void stub_thread(struct slot *slot) {
  struct kernel_stack stack = {(char *)slot + 0x1000, 0, SLOT_SIZE - 0x1000};
  u64 none = 0;
  host_call(SYS_sigaltstack, (long)&stack, 0, 0, 0, 0, 0);
  /* Made from within a handler, the thread has every signal blocked. */
  host_call(SYS_rt_sigprocmask, 2, (long)&none, 0, 8, 0, 0);
  for (;;) __asm__ volatile("ud2");
}

/* clone(2) with a new stack: the child must not return through our frame. */
static long clone_thread(struct slot *slot) {
  long flags = CLONE_THREAD_FLAGS; /* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, PARENT_SETTID, CHILD_CLEARTID */
  long result;
  register long r10 __asm__("r10") = (long)&slot->alive;
  register long r8 __asm__("r8") = 0;
  slot->alive = 1;
  __asm__ volatile("syscall\n\t"
                   "test %%rax, %%rax\n\t"
                   "jnz 1f\n\t"
                   "mov %[slot], %%rdi\n\t"
                   "call stub_thread\n\t"
                   "1:"
                   : "=a"(result)
                   : "a"(SYS_clone), "D"(flags), "S"((char *)slot + SLOT_SIZE - 16), "d"(&slot->host_tid), "r"(r10), "r"(r8),
                     [slot] "b"(slot)
                   : "rcx", "r11", "memory");
  return result;
}

static long run_command(const volatile struct command *command) {
  u64 address = command->address;
  switch (command->op) {
    case COMMAND_MAP_MEMORY:
    case COMMAND_MAP_IMAGE: {
      int fd = command->op == COMMAND_MAP_MEMORY ? MEMORY_FD : IMAGE_FD;
      long result = host_call(SYS_mmap, address, command->length, command->protection, MAP_SHARED | MAP_FIXED, fd,
                              command->offset);
      return result < 0 && result > -4096 ? result : 0;
    }
    case COMMAND_UNMAP:
      return host_call(SYS_munmap, address, command->length, 0, 0, 0, 0);
    case COMMAND_PROTECT:
      return host_call(SYS_mprotect, address, command->length, command->protection, 0, 0, 0);
    case COMMAND_CLONE: {
      struct slot *slot = (struct slot *)(STUB_SLOTS + address * SLOT_SIZE);
      long result = host_call(SYS_mmap, (long)slot, SLOT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, MEMORY_FD,
                              SLOTS_OFFSET + address * SLOT_SIZE);
      if (result < 0 && result > -4096) return result;
      result = clone_thread(slot);
      return result < 0 ? result : 0;
    }
    case COMMAND_EXIT_THREAD:
      for (;;) host_call(SYS_exit, 0, 0, 0, 0, 0, 0);
    case COMMAND_EXIT_PROCESS:
      for (;;) host_call(SYS_exit_group, 0, 0, 0, 0, 0, 0);
    case COMMAND_SET_FS:
      __asm__ volatile("wrfsbase %0" ::"r"(address));
      return 0;
    case COMMAND_SET_GS:
      __asm__ volatile("wrgsbase %0" ::"r"(address));
      return 0;
    default:
      return -22;
  }
}

static void run_commands(struct slot *slot) {
  u32 count = slot->command_count;
  u32 error = 0;
  if (count > MAX_COMMANDS) count = MAX_COMMANDS;
  for (u32 index = 0; index < count; index++) {
    long result = run_command(&slot->commands[index]);
    if (result < 0 && error == 0) {
      error = -result;
      slot->command_failed = index;
    }
  }
  slot->command_error = error;
  slot->command_count = 0;
}

/* Rings for the kernel thread; a host call only when it sleeps. */
static inline void ring(void) {
  struct doorbell *doorbell = (struct doorbell *)STUB_DOORBELL;
  if (__atomic_load_n(&doorbell->sleeping, __ATOMIC_SEQ_CST) != 0) {
    __atomic_fetch_add(&doorbell->word, 1, __ATOMIC_SEQ_CST);
    host_call(SYS_futex, (long)&doorbell->word, FUTEX_WAKE, 1, 0, 0, 0);
  }
}

static u32 await_kernel(struct slot *slot) {
  u64 start = cycles();
  u64 limit = (u64)slot->spin_cycles << 10;
  for (;;) {
    u32 state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
    if (state != SLOT_TRAPPED) return state;
    if (__atomic_load_n(&slot->park, __ATOMIC_RELAXED) != 0 || cycles() - start > limit) {
      __atomic_store_n(&slot->sleeping, 1, __ATOMIC_SEQ_CST);
      host_call(SYS_futex, (long)&slot->state, FUTEX_WAIT, SLOT_TRAPPED, 0, 0, 0);
      __atomic_store_n(&slot->sleeping, 0, __ATOMIC_SEQ_CST);
    } else {
      __asm__ volatile("pause");
    }
  }
}

/* Every trap of the guest comes through here, on the slot's stack, with all signals blocked. */
__attribute__((used)) void stub_trap(int signal, void *info, void *context) {
  struct slot *slot = slot_of(__builtin_frame_address(0));
  const u32 *words = info;
  slot->cause = signal;
  slot->context = (u32)((char *)context + 40 - (char *)slot);
  slot->signal_code = words[2];
  slot->fault_address = *(const u64 *)(words + 4);
  slot->call_number = words[6];
  slot->call_arch = words[7];
  slot->fs_base = read_fs();
  slot->gs_base = read_gs();
  for (;;) {
    __atomic_store_n(&slot->state, SLOT_TRAPPED, __ATOMIC_SEQ_CST);
    ring();
    u32 state = await_kernel(slot);
    if (slot->command_count != 0) run_commands(slot);
    if (state == SLOT_RESUME && slot->command_error == 0) break;
  }
  __atomic_store_n(&slot->state, SLOT_USER, __ATOMIC_SEQ_CST);
}

__asm__(".hidden stub_restore\n.globl stub_restore\n"
        "stub_restore:\n\t"
        "mov $15, %eax\n\t"
        "syscall\n\t"
        "ud2");

static void take_signal(int signal) {
  struct kernel_sigaction action;
  action.handler = (void *)stub_trap;
  action.flags = 4 /* SIGINFO */ | 0x08000000 /* ONSTACK */ | 0x04000000 /* RESTORER */;
  action.restorer = (void *)stub_restore;
  action.mask = ~0UL;
  host_call(SYS_rt_sigaction, signal, (long)&action, 0, 8, 0, 0);
}

struct sock_fprog {
  unsigned short length;
  void *filter;
};

/*
 * First code of a stub process, on its slot's stack: leaves nothing of the launcher behind, then becomes a guest thread
 * by trapping. The seccomp filter lies in the slot, behind the command ring.
 */
__attribute__((noreturn, used, section(".text.entry"))) void stub_entry(struct slot *slot, u32 filter_length) {
  host_call(SYS_munmap, 0, STUB_BASE, 0, 0, 0, 0);
  host_call(SYS_munmap, STUB_END, HOST_TOP - STUB_END, 0, 0, 0, 0);
  take_signal(SIGSYS);
  take_signal(SIGSEGV);
  take_signal(SIGBUS);
  take_signal(SIGFPE);
  take_signal(SIGILL);
  take_signal(SIGTRAP);
  take_signal(SIGALRM);
  struct sock_fprog program = {(unsigned short)filter_length, (char *)slot + FILTER_OFFSET};
  if (host_call(SYS_seccomp, 1, 0, (long)&program, 0, 0, 0) != 0)
    for (;;) host_call(SYS_exit_group, 111, 0, 0, 0, 0, 0);
  stub_thread(slot);
}
