/** Resources of getrlimit(2). */
export const rlimit = {
  cpu: 0,
  fileSize: 1,
  data: 2,
  stack: 3,
  core: 4,
  residentSet: 5,
  processes: 6,
  openFiles: 7,
  lockedMemory: 8,
  addressSpace: 9,
  locks: 10,
  pendingSignals: 11,
  messageQueues: 12,
  nice: 13,
  realTimePriority: 14,
  realTimeCpu: 15,
} as const;

export const RLIM_COUNT = 16;
/** No limit. Kept as Infinity, shown as all bits set. */
export const RLIM_INFINITY = Infinity;
