/*
 * The address-space layout and the shared-memory structures that stub, launcher and kernel agree on.
 * engine/trap/layout.ts is the other half; engine/trap/layout.test.ts holds the two together.
 */
#pragma once

typedef unsigned int u32;
typedef unsigned long u64;

/* Guest programs own [MIN_ADDRESS, TASK_SIZE). The stub lives above. */
#define TASK_SIZE 0x7fff00000000UL
#define STUB_BASE TASK_SIZE
#define STUB_CODE (STUB_BASE)
#define STUB_CODE_SIZE 0x4000UL
#define STUB_DOORBELL (STUB_BASE + 0x10000UL)
#define STUB_SLOTS (STUB_BASE + 0x1000000UL)
#define SLOT_SIZE 0x4000UL
#define MAX_SLOTS 4096UL
#define STUB_END (STUB_SLOTS + MAX_SLOTS * SLOT_SIZE)
#define HOST_TOP 0x7ffffffff000UL

/* Descriptors of a stub process; the launcher has those of doorbell and control page besides, until it has mapped them. */
#define MEMORY_FD 3
#define IMAGE_FD 4
#define DOORBELL_FD 5
#define CONTROL_FD 6

/* The machine file: the slots, then the machine's physical memory. A guest may get at all of it, so nothing else is there. */
#define SLOTS_OFFSET 0UL

/* The control page is a file of its own: orders to the launcher are orders to the host. */
#define CONTROL_SIZE 0x8000UL

/* clone(2) as the stub calls it for a new thread, and nothing else. */
#define CLONE_THREAD_FLAGS 0x350f00UL

enum slot_state {
  SLOT_USER = 0,    /* the guest runs, or the slot is unused */
  SLOT_TRAPPED = 1, /* the stub waits for the kernel */
  SLOT_RESUME = 2,  /* the kernel wants commands carried out, then the guest to go on */
  SLOT_COMMANDS = 3 /* the kernel wants commands carried out, then the stub to wait again */
};

enum command_op {
  COMMAND_MAP_MEMORY = 1, /* address, length, protection, offset in the machine file */
  COMMAND_MAP_IMAGE = 2,  /* the same, offset in the image */
  COMMAND_UNMAP = 3,      /* address, length */
  COMMAND_PROTECT = 4,    /* address, length, protection */
  COMMAND_CLONE = 5,      /* slot number of the new thread */
  COMMAND_EXIT_THREAD = 6,
  COMMAND_EXIT_PROCESS = 7,
  COMMAND_SET_FS = 8, /* address */
  COMMAND_SET_GS = 9  /* address */
};

struct command {
  u64 op;
  u64 address;
  u64 length;
  u64 protection;
  u64 offset;
};

#define MAX_COMMANDS 64
/* Where a new process finds its seccomp filter: behind the commands, which the kernel may be queueing already. */
#define FILTER_OFFSET 0xc00

/* A trap frame: the first page of a thread's slot. The rest of the slot is the thread's signal stack. */
struct slot {
  u32 state;
  u32 sleeping;       /* the stub is in futex_wait on `state` */
  u32 park;           /* the kernel says: do not spin, this will take long */
  u32 cause;          /* signal number of the trap */
  u32 context;        /* offset in the slot of the signal's mcontext */
  u32 command_count;
  u32 command_error;  /* errno of the first command that failed, else 0 */
  u32 command_failed; /* its index */
  u32 reserved_pid;
  u32 host_tid;
  u32 alive;          /* cleared by the host when the thread is gone */
  u32 signal_code;    /* si_code */
  u64 fault_address;  /* si_addr, or the call address of SIGSYS */
  u32 call_arch;      /* AUDIT_ARCH of SIGSYS */
  u32 call_number;
  u64 fs_base;
  u64 gs_base;
  u32 spin_cycles;    /* how long to spin for an answer, in 1024 TSC cycles */
  u32 reserved[9];
  struct command commands[MAX_COMMANDS];
};

struct doorbell {
  u32 word;     /* incremented by whoever rings */
  u32 sleeping; /* the kernel thread sleeps on `word` */
};

#define REQUEST_RING 256
#define DEAD_RING 1024

enum request_op { REQUEST_SPAWN = 1, REQUEST_KILL = 2 };

/* The control page, which no guest can reach: orders of the kernel to the launcher, and its answers. */
struct control {
  u32 wake; /* the launcher sleeps on this word */
  u32 launcher_ready;
  u32 request_head; /* written by the kernel */
  u32 request_tail; /* written by the launcher */
  u32 dead_head;    /* written by the launcher */
  u32 dead_tail;    /* written by the kernel */
  u32 launcher_sleeping;
  u32 error; /* errno of a spawn that failed */
  struct {
    u32 op;
    u32 argument; /* slot number, or pid */
  } requests[REQUEST_RING];
  struct {
    u32 pid;
    u32 status;
  } dead[DEAD_RING];
  u32 pids[MAX_SLOTS]; /* pid of the stub process that was started in a slot */
};
