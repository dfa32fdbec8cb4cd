/** Order of the general registers in a host signal's `mcontext_t` (sys/ucontext.h, REG_R8 …), 64 bits each. */
export const R8 = 0;
export const R9 = 1;
export const R10 = 2;
export const R11 = 3;
export const R12 = 4;
export const R13 = 5;
export const R14 = 6;
export const R15 = 7;
export const RDI = 8;
export const RSI = 9;
export const RBP = 10;
export const RBX = 11;
export const RDX = 12;
export const RAX = 13;
export const RCX = 14;
export const RSP = 15;
export const RIP = 16;
export const EFLAGS = 17;
/** cs, gs, fs, ss: 16 bits each. */
export const SEGMENTS = 18;
export const ERROR_CODE = 19;
export const TRAP_NUMBER = 20;
export const OLD_MASK = 21;
export const FAULT_ADDRESS = 22;
export const FP_STATE = 23;
/** Words of a whole mcontext_t, reserved ones included. */
export const MCONTEXT_WORDS = 64;
/** Words up to the pointer to the FP state: the registers proper. */
export const CONTEXT_WORDS = 46;

/** Exception vectors (Intel SDM vol. 3, table 6-1). */
export const TRAP_DIVIDE = 0;
export const TRAP_DEBUG = 1;
export const TRAP_BREAKPOINT = 3;
export const TRAP_OVERFLOW = 4;
export const TRAP_INVALID_OPCODE = 6;
export const TRAP_GENERAL_PROTECTION = 13;
export const TRAP_PAGE_FAULT = 14;
export const TRAP_FLOATING_POINT = 16;
export const TRAP_ALIGNMENT = 17;
export const TRAP_SIMD = 19;

/** Error code of a page fault. */
export const FAULT_PRESENT = 1;
export const FAULT_WRITE = 2;
export const FAULT_INSTRUCTION = 16;
