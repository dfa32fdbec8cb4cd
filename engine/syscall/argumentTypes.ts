/**
 * Types of system-call arguments, as far as the trace prints them differently. A family names them beside each call.
 * `name` is the role (printed nowhere), what follows the colon would be redundant: the type is the word.
 */
export type ArgumentType =
  | 'int'
  | 'unsigned'
  | 'long'
  | 'octal'
  | 'hex'
  | 'pointer'
  | 'fd'
  | 'dirfd'
  | 'path'
  | 'string'
  | 'buffer-in' // printed before the call: pointer whose length is the next argument
  | 'buffer-out' // printed after the call: pointer whose length is the result
  | 'size'
  | 'offset'
  | 'mode'
  | 'open-flags'
  | 'mmap-protection'
  | 'mmap-flags'
  | 'signal'
  | 'pid'
  | 'clone-flags'
  | 'timespec'
  | 'string-array'
  | 'sockaddr'
  | 'clock'
  | 'futex-operation'
  | 'whence'
  | 'ioctl-request';
