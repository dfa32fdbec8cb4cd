/**
 * Types of system-call arguments, as far as the trace prints them differently. A family names them beside each call.
 * `…-in` is what the program handed in and is read before the call; `…-out` is what the call filled in and is read after it.
 */
export type ArgumentType =
  // Numbers
  | 'int'
  | 'unsigned'
  | 'long'
  | 'octal'
  | 'hex'
  | 'pointer'
  | 'size'
  | 'offset'
  | 'int-in'
  | 'int-out'
  | 'offset-in' // pointer to an offset
  // Files
  | 'fd'
  | 'dirfd'
  | 'fd-pair-out'
  | 'path'
  | 'string'
  | 'buffer-in' // length is the next argument
  | 'buffer-out' // length is the result
  | 'string-out' // ends with a NUL
  | 'iovec-in' // count is the next argument; so for all vectors
  | 'iovec-out'
  | 'string-array'
  | 'environment'
  | 'mode'
  | 'open-flags'
  | 'descriptor-flags' // O_CLOEXEC and O_NONBLOCK; the next three are the same bits under other names
  | 'epoll-flags'
  | 'eventfd-flags'
  | 'timerfd-flags'
  | 'at-flags'
  | 'access-flags' // AT_EACCESS and friends
  | 'access-mode'
  | 'rename-flags'
  | 'close-range-flags'
  | 'mount-flags'
  | 'whence'
  | 'fcntl-command'
  | 'fcntl-argument' // command is the argument before
  | 'lock-operation'
  | 'ioctl-request'
  | 'ioctl-argument' // request is the argument before
  | 'stat-out'
  | 'statx-out'
  | 'entries-out' // struct linux_dirent64
  // Memory
  | 'mmap-protection'
  | 'mmap-flags'
  | 'mremap-flags'
  | 'advice'
  // Processes
  | 'pid'
  | 'clone-flags'
  | 'clone-stack'
  | 'clone-parent-tid'
  | 'clone-child-tid'
  | 'clone-tls'
  | 'clone-arguments'
  | 'wait-options'
  | 'wait-status-out'
  | 'resource'
  | 'rlimit-in'
  | 'rlimit-out'
  | 'prctl-option'
  | 'arch-prctl-code'
  | 'utsname-out'
  | 'futex-operation'
  | 'futex-timeout' // what this and the next two mean, and whether they are there, depends on the operation
  | 'futex-second'
  | 'futex-third'
  | 'random-flags'
  // Signals
  | 'signal'
  | 'signal-how'
  | 'signal-set-in'
  | 'signal-set-out'
  | 'signal-action-in'
  | 'signal-action-out'
  // Time
  | 'clock'
  | 'timer-flags'
  | 'timespec'
  | 'timespec-out'
  | 'timeval-in'
  | 'timeval-out'
  | 'interval-timer'
  | 'itimerval-in'
  | 'itimerval-out'
  | 'itimerspec-in'
  | 'itimerspec-out'
  // Waiting
  | 'poll-list'
  | 'fd-set'
  | 'epoll-operation'
  | 'epoll-event'
  | 'epoll-events-out'
  // Sockets
  | 'socket-domain'
  | 'socket-type'
  | 'socket-flags'
  | 'socket-protocol' // domain and type are the two before
  | 'socket-level'
  | 'socket-option' // level is the argument before
  | 'option-in' // length is the next argument
  | 'option-out' // pointer to the length is the next argument
  | 'shutdown-how'
  | 'message-flags'
  | 'sockaddr' // length is the next argument
  | 'sockaddr-out' // pointer to the length is the next argument
  | 'message-in'
  | 'message-out';

/** Results that are not plain numbers. */
export type ResultType =
  | 'address'
  | 'octal'
  /** Of fcntl(2): depends on the command. */
  | 'fcntl'
  /** Of poll(2) and ppoll(2): the list, as it came back. */
  | 'poll'
  /** Of select(2) and pselect6(2): the sets, as they came back. */
  | 'select';
