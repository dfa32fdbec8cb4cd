/** Sockets: socket(2) to getsockopt(2). Messages with control data are in `socketMessages.ts`. */
import { EAGAIN, EBADF, EFAULT, EINPROGRESS, EINTR, EINVAL, ENOTSOCK, EPIPE, ERESTARTSYS } from '../abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../abi/open.ts';
import {
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_NOSIGNAL,
  MSG_PEEK,
  MSG_WAITALL,
  SO_ATTACH_FILTER,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_TYPE_MASK,
  SOL_SOCKET,
} from '../abi/socket.ts';
import { ReceivedMessage } from '../net/socket/messages.ts';
import type { SentMessage } from '../net/socket/messages.ts';
import { SocketFile, raiseBrokenPipe } from '../net/socket/SocketFile.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import { READABLE, WRITABLE } from './blocking.ts';
import { defineCalls } from './define.ts';
import { installNew } from './installNew.ts';

/** Room for any `struct sockaddr` (struct sockaddr_storage). */
const SOCKADDR_MAX = 128;
const OPTION_MAX = 65536;
const FD_BYTES = 4;
const SOCK_FPROG_BYTES = 16;
const BPF_INSTRUCTION_BYTES = 8;
const BPF_MAXIMUM = 4096;
const MAX_TRANSFER = 0x7ffff000;

/** The socket's description behind `fd`, or -EBADF, -ENOTSOCK. */
export function socketOf(task: Task, fd: number): SocketFile | number {
  const file = task.files.get(fd | 0);
  if (file === null) return -EBADF;
  return file instanceof SocketFile ? file : -ENOTSOCK;
}

/** The `struct sockaddr` argument, or -EFAULT, -EINVAL. */
export function readAddress(task: Task, address: number, length: number): Uint8Array | number {
  const size = length | 0;
  if (size < 0 || size > SOCKADDR_MAX) return -EINVAL;
  const bytes = new Uint8Array(size);
  return task.memory.copyIn(address, bytes, 0, size) < 0 ? -EFAULT : bytes;
}

/** Answers with an address as accept(2) does: cut to the caller's room, its true length told. */
function writeAddress(task: Task, bytes: Uint8Array, address: number, lengthAddress: number): number {
  if (address === 0) return 0;
  const room = task.memory.readU32(lengthAddress);
  if (room < 0) return room;
  if ((room | 0) < 0) return -EINVAL;
  const count = Math.min(room, bytes.length);
  if (task.memory.copyOut(address, bytes, 0, count) < 0) return -EFAULT;
  return task.memory.writeU32(lengthAddress, bytes.length);
}

/**
 * After -EAGAIN: waits for `events`, unless flags or the description say not to, or the time of SO_RCVTIMEO or SO_SNDTIMEO
 * is over. BLOCKED, -EAGAIN, or what a signal makes of it: with a time-out, calls are not restarted (signal(7)).
 */
function blockOnSocket(task: Task, file: SocketFile, events: number, timeoutNs: number, flags: number): number {
  if ((flags & MSG_DONTWAIT) !== 0 || file.isNonblocking) return -EAGAIN;
  const { call } = task;
  if (timeoutNs > 0) {
    const now = task.kernel.clock.monotonicNs();
    if (Number.isNaN(call.deadlineNs)) call.deadlineNs = now + timeoutNs;
    if (now >= call.deadlineNs) return -EAGAIN;
  }
  if (task.signalPending) return timeoutNs > 0 ? -EINTR : -ERESTARTSYS;
  const { socket } = file;
  task.sleepOn(socket.waitQueue, events);
  if (socket.blockingQueue !== null) task.sleepOn(socket.blockingQueue);
  if (timeoutNs > 0) task.sleepUntil(call.deadlineNs);
  return BLOCKED;
}

function socket(task: Task, family: number, type: number, protocol: number): number {
  const flags = (type | 0) & ~SOCK_TYPE_MASK;
  if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) !== 0) return -EINVAL;
  const { sockets } = task.kernel;
  const made = sockets.create(family | 0, type & SOCK_TYPE_MASK, protocol | 0, task);
  if (typeof made === 'number') return made;
  const file = sockets.open(made, (flags & SOCK_NONBLOCK) !== 0 ? O_NONBLOCK : 0, task);
  return installNew(task, file, (flags & SOCK_CLOEXEC) !== 0 ? O_CLOEXEC : 0);
}

function socketpair(task: Task, family: number, type: number, protocol: number, pair: number): number {
  const flags = (type | 0) & ~SOCK_TYPE_MASK;
  if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) !== 0) return -EINVAL;
  const { sockets } = task.kernel;
  const made = sockets.createPair(family | 0, type & SOCK_TYPE_MASK, protocol | 0, task);
  if (typeof made === 'number') return made;
  const fileFlags = (flags & SOCK_NONBLOCK) !== 0 ? O_NONBLOCK : 0;
  const closeOnExec = (flags & SOCK_CLOEXEC) !== 0 ? O_CLOEXEC : 0;
  const descriptors: number[] = [];
  let error = 0;
  for (const one of made) {
    const fd = installNew(task, sockets.open(one, fileFlags, task), closeOnExec);
    if (fd < 0) error = fd;
    else descriptors.push(fd);
  }
  if (error === 0) error = task.memory.writeU32(pair, descriptors[0]);
  if (error === 0) error = task.memory.writeU32(pair + FD_BYTES, descriptors[1]);
  if (error < 0) for (const fd of descriptors) task.files.close(task, fd);
  return error;
}

function bind(task: Task, fd: number, address: number, length: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const bytes = readAddress(task, address, length);
  return typeof bytes === 'number' ? bytes : file.socket.bind(bytes, task);
}

function connect(task: Task, fd: number, address: number, length: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const { call } = task;
  let result: number;
  if (call.progress === 0) {
    const bytes = readAddress(task, address, length);
    if (typeof bytes === 'number') return bytes;
    result = file.socket.connect(bytes, task);
  } else {
    result = file.socket.connectResult();
  }
  if (result !== -EINPROGRESS && result !== -EAGAIN) return result;
  const started = result === -EINPROGRESS;
  const outcome = blockOnSocket(task, file, WRITABLE | READABLE, file.socket.options.sendTimeoutNs, 0);
  if (outcome === BLOCKED) {
    call.progress = started ? 1 : 0;
    return BLOCKED;
  }
  return outcome === -EAGAIN ? result : outcome;
}

function listen(task: Task, fd: number, backlog: number): number {
  const file = socketOf(task, fd);
  return typeof file === 'number' ? file : file.socket.listen(backlog | 0);
}

function accept4(task: Task, fd: number, address: number, lengthAddress: number, flags: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) !== 0) return -EINVAL;
  const made = file.socket.accept();
  if (made === -EAGAIN) return blockOnSocket(task, file, READABLE, file.socket.options.receiveTimeoutNs, 0);
  if (typeof made === 'number') return made;
  const accepted = task.kernel.sockets.open(made, (flags & SOCK_NONBLOCK) !== 0 ? O_NONBLOCK : 0, task);
  const newFd = installNew(task, accepted, (flags & SOCK_CLOEXEC) !== 0 ? O_CLOEXEC : 0);
  if (newFd < 0) return newFd;
  const peer = made.getPeerName();
  const error = typeof peer === 'number' ? 0 : writeAddress(task, peer, address, lengthAddress);
  if (error < 0) {
    task.files.close(task, newFd);
    return error;
  }
  return newFd;
}

function getsockname(task: Task, fd: number, address: number, lengthAddress: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const name = file.socket.getName();
  return typeof name === 'number' ? name : writeAddress(task, name, address, lengthAddress);
}

function getpeername(task: Task, fd: number, address: number, lengthAddress: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const name = file.socket.getPeerName();
  return typeof name === 'number' ? name : writeAddress(task, name, address, lengthAddress);
}

function shutdown(task: Task, fd: number, how: number): number {
  const file = socketOf(task, fd);
  return typeof file === 'number' ? file : file.socket.shutdown(how | 0);
}

/** Sends a message until all of a stream's bytes are taken, as a blocking call does. */
export function sendMessage(task: Task, file: SocketFile, message: SentMessage): number {
  const { call } = task;
  const { socket: target } = file;
  for (;;) {
    const done = call.progress;
    // Descriptors go with the first bytes only.
    const count = target.send(done > 0 ? { ...message, files: [], control: [] } : message);
    if (count >= 0) {
      call.progress = done + count;
      if (!target.isStream || message.source.remaining === 0 || count === 0) return call.progress;
      continue;
    }
    if (count !== -EAGAIN) {
      if (count === -EPIPE && target.isStream && done === 0 && (message.flags & MSG_NOSIGNAL) === 0)
        raiseBrokenPipe(task);
      return done > 0 ? done : count;
    }
    const outcome = blockOnSocket(task, file, WRITABLE, target.options.sendTimeoutNs, message.flags);
    if (outcome === BLOCKED) return BLOCKED;
    return done > 0 ? done : outcome;
  }
}

/** Receives a message, waiting as the flags say; MSG_WAITALL fills the whole buffer of a stream. */
export function receiveMessage(task: Task, file: SocketFile, message: ReceivedMessage): number {
  const { call } = task;
  const { socket: source } = file;
  const waitsForAll = (message.flags & MSG_WAITALL) !== 0 && source.isStream && (message.flags & MSG_PEEK) === 0;
  for (;;) {
    const count = source.receive(message, task);
    if (count > 0 && waitsForAll) {
      call.progress += count;
      if (message.target.remaining > 0) continue;
      return call.progress;
    }
    if (count !== -EAGAIN) return call.progress > 0 ? call.progress : count;
    if ((message.flags & MSG_ERRQUEUE) !== 0) return -EAGAIN;
    const outcome = blockOnSocket(task, file, READABLE, source.options.receiveTimeoutNs, message.flags);
    if (outcome === BLOCKED) return BLOCKED;
    return call.progress > 0 ? call.progress : outcome;
  }
}

function sendto(
  task: Task,
  fd: number,
  buffer: number,
  size: number,
  flags: number,
  address: number,
  length: number,
): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  if (size < 0 || !task.memory.isUserRange(buffer, 0)) return -EFAULT;
  const to = address === 0 ? null : readAddress(task, address, length);
  if (typeof to === 'number') return to;
  const done = task.call.progress;
  const source = task.kernel.vfs.userIo(task.memory, buffer + done, Math.min(size, MAX_TRANSFER) - done);
  return sendMessage(task, file, { source, address: to, control: [], files: [], flags, sender: task });
}

function recvfrom(
  task: Task,
  fd: number,
  buffer: number,
  size: number,
  flags: number,
  address: number,
  lengthAddress: number,
): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  if (size < 0 || !task.memory.isUserRange(buffer, 0)) return -EFAULT;
  const done = task.call.progress;
  const target = task.kernel.vfs.userIo(task.memory, buffer + done, Math.min(size, MAX_TRANSFER) - done);
  const message = new ReceivedMessage(target, flags);
  const count = receiveMessage(task, file, message);
  if (count < 0) return count;
  for (const passed of message.files) passed.close();
  if (address !== 0) {
    const error = writeAddress(task, message.address ?? new Uint8Array(0), address, lengthAddress);
    if (error < 0) return error;
  }
  return count;
}

function setsockopt(task: Task, fd: number, level: number, name: number, value: number, length: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const size = length | 0;
  if (size < 0) return -EINVAL;
  if ((level | 0) === SOL_SOCKET && (name | 0) === SO_ATTACH_FILTER) return attachFilter(task, file, value, size);
  const bytes = new Uint8Array(Math.min(size, OPTION_MAX));
  if (task.memory.copyIn(value, bytes, 0, bytes.length) < 0) return -EFAULT;
  return file.socket.setOption(level | 0, name | 0, bytes, task);
}

/** `struct sock_fprog`: a count and a pointer to the instructions. */
function attachFilter(task: Task, file: SocketFile, address: number, size: number): number {
  if (size !== SOCK_FPROG_BYTES) return -EINVAL;
  const count = task.memory.readU16(address);
  const pointer = task.memory.readU64(address + 8);
  if (count < 0 || pointer < 0) return -EFAULT;
  if (count === 0 || count > BPF_MAXIMUM) return -EINVAL;
  const program = new Uint8Array(count * BPF_INSTRUCTION_BYTES);
  if (task.memory.copyIn(pointer, program, 0, program.length) < 0) return -EFAULT;
  return file.socket.setOption(SOL_SOCKET, SO_ATTACH_FILTER, program, task);
}

function getsockopt(task: Task, fd: number, level: number, name: number, value: number, lengthAddress: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const room = task.memory.readU32(lengthAddress);
  if (room < 0) return room;
  if ((room | 0) < 0) return -EINVAL;
  const current = new Uint8Array(Math.min(room, OPTION_MAX));
  if (value !== 0 && task.memory.copyIn(value, current, 0, current.length) < 0) return -EFAULT;
  const bytes = file.socket.getOption(level | 0, name | 0, current);
  if (typeof bytes === 'number') return bytes;
  const count = Math.min(room, bytes.length);
  if (task.memory.copyOut(value, bytes, 0, count) < 0) return -EFAULT;
  return task.memory.writeU32(lengthAddress, count);
}

export const socketCalls = defineCalls({
  socket: { args: ['socket-domain', 'socket-type', 'socket-protocol'], run: socket },
  socketpair: { args: ['socket-domain', 'socket-type', 'socket-protocol', 'fd-pair-out'], run: socketpair },
  bind: { args: ['fd', 'sockaddr', 'unsigned'], run: bind },
  connect: { args: ['fd', 'sockaddr', 'unsigned'], run: connect },
  listen: { args: ['fd', 'int'], run: listen },
  accept: { args: ['fd', 'sockaddr-out', 'int-out'], run: (task, fd, a, length) => accept4(task, fd, a, length, 0) },
  accept4: { args: ['fd', 'sockaddr-out', 'int-out', 'socket-flags'], run: accept4 },
  getsockname: { args: ['fd', 'sockaddr-out', 'int-out'], run: getsockname },
  getpeername: { args: ['fd', 'sockaddr-out', 'int-out'], run: getpeername },
  shutdown: { args: ['fd', 'shutdown-how'], run: shutdown },
  sendto: { args: ['fd', 'buffer-in', 'size', 'message-flags', 'sockaddr', 'unsigned'], run: sendto },
  recvfrom: { args: ['fd', 'buffer-out', 'size', 'message-flags', 'sockaddr-out', 'int-out'], run: recvfrom },
  setsockopt: {
    args: ['fd', 'socket-level', 'socket-option', 'option-in', 'unsigned'],
    run: setsockopt,
    partial: 'options of IPv6, and those that answer ENOPROTOOPT',
  },
  getsockopt: { args: ['fd', 'socket-level', 'socket-option', 'option-out', 'int-out'], run: getsockopt },
});
