/**
 * What kernel, stub and launcher agree on: the other half of native/layout.h. layout.test.ts asks the C compiler
 * whether the two still agree.
 */
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/** Guest programs own [MIN_ADDRESS, TASK_SIZE); the stub lives above. */
export const TASK_SIZE = 0x7fff_0000_0000;
export const MIN_ADDRESS = 0x1_0000;

export const CONTROL_SIZE = 0x8000;
export const SLOT_SIZE = 0x4000;
export const MAX_SLOTS = 4096;
export const SLOTS_ADDRESS = TASK_SIZE + 0x100_0000;
/** Where physical memory begins in the machine file: behind the slots. */
export const RAM_OFFSET = MAX_SLOTS * SLOT_SIZE;

export const slotState = { user: 0, trapped: 1, resume: 2, commands: 3 } as const;

/** Offsets of a slot's fields, in 32-bit words. */
export const slotWord = {
  state: 0,
  sleeping: 1,
  park: 2,
  cause: 3,
  context: 4,
  commandCount: 5,
  commandError: 6,
  commandFailed: 7,
  hostTid: 9,
  alive: 10,
  signalCode: 11,
  faultAddress: 12,
  callArch: 14,
  callNumber: 15,
  fsBase: 16,
  gsBase: 18,
  spinCycles: 20,
  commands: 30,
} as const;

export const MAX_COMMANDS = 64;
/** Words of one mapping command: op, address, length, protection, offset, 64 bits each. */
export const COMMAND_WORDS = 10;

export const commandOp = {
  mapMemory: 1,
  mapImage: 2,
  unmap: 3,
  protect: 4,
  clone: 5,
  exitThread: 6,
  exitProcess: 7,
  setFs: 8,
  setGs: 9,
} as const;

/** Offsets of the control page's fields, in 32-bit words. */
export const controlWord = {
  wake: 0,
  launcherReady: 1,
  requestHead: 2,
  requestTail: 3,
  deadHead: 4,
  deadTail: 5,
  launcherSleeping: 6,
  error: 7,
  requests: 8,
  dead: 8 + 2 * 256,
  pids: 8 + 2 * 256 + 2 * 1024,
} as const;

export const REQUEST_RING = 256;
export const DEAD_RING = 1024;
export const requestOp = { spawn: 1, kill: 2 } as const;

export const doorbellWord = { word: 0, sleeping: 1 } as const;
