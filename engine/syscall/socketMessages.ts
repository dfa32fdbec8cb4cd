/** sendmsg(2), recvmsg(2) and their kin: messages with scattered buffers, addresses, control data and descriptors. */
import { EAGAIN, EBADF, EFAULT, EINVAL, EMSGSIZE, ENOBUFS } from '../abi/errno.ts';
import { O_CLOEXEC } from '../abi/open.ts';
import { MSG_CMSG_CLOEXEC, MSG_CTRUNC, MSG_DONTWAIT, MSG_WAITFORONE, SCM_RIGHTS, SOL_SOCKET } from '../abi/socket.ts';
import { ReceivedMessage } from '../net/socket/messages.ts';
import type { ControlMessage } from '../net/socket/messages.ts';
import type { SocketFile } from '../net/socket/SocketFile.ts';
import { BLOCKED } from '../process/CallState.ts';
import type { Task } from '../process/Task.ts';
import type { File } from '../vfs/File.ts';
import { defineCalls } from './define.ts';
import { installNew } from './installNew.ts';
import { readIovec } from './io.ts';
import { readAddress, receiveMessage, sendMessage, socketOf } from './socket.ts';
import { readTimespecNs } from './timeouts.ts';

/** `struct msghdr`. */
const NAME = 0;
const NAME_LENGTH = 8;
const IOVEC = 16;
const IOVEC_COUNT = 24;
const CONTROL = 32;
const CONTROL_LENGTH = 40;
const FLAGS = 48;
/** `struct mmsghdr`: a msghdr of 56 bytes and the count. */
const MMSGHDR_BYTES = 64;
const MMSGHDR_COUNT = 56;
const MAXIMUM_MESSAGES = 1024;
const SOCKADDR_MAX = 128;
const IOV_MAX = 1024;
const CONTROL_MAX = 20480;
/** `struct cmsghdr`: length, level, type. */
const CMSG_HEADER = 16;
const FD_BYTES = 4;
/** SCM_MAX_FD. */
const MAXIMUM_FILES = 253;

function align(size: number): number {
  return (size + 7) & ~7;
}

interface Control {
  readonly messages: ControlMessage[];
  readonly files: File[];
}

/** The control messages of a `struct msghdr`; descriptors become descriptions, not retained. */
function readControl(task: Task, header: number): Control | number {
  const pointer = task.memory.readU64(header + CONTROL);
  const length = task.memory.readU64(header + CONTROL_LENGTH);
  if (pointer < 0 || length < 0) return -EFAULT;
  const control: Control = { messages: [], files: [] };
  if (length > CONTROL_MAX) return -ENOBUFS;
  if (pointer === 0 || length === 0) return control;
  const bytes = new Uint8Array(length);
  if (task.memory.copyIn(pointer, bytes, 0, length) < 0) return -EFAULT;
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + CMSG_HEADER <= length;) {
    const size = view.getUint32(at, true);
    if (size < CMSG_HEADER || at + size > length) return -EINVAL;
    const level = view.getInt32(at + 8, true);
    const type = view.getInt32(at + 12, true);
    const data = bytes.slice(at + CMSG_HEADER, at + size);
    if (level === SOL_SOCKET && type === SCM_RIGHTS) {
      const error = findFiles(task, data, control.files);
      if (error < 0) return error;
    } else {
      control.messages.push({ level, type, data });
    }
    at += align(size);
  }
  return control;
}

function findFiles(task: Task, data: Uint8Array, files: File[]): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + FD_BYTES <= data.length; at += FD_BYTES) {
    const file = task.files.getAny(view.getInt32(at, true));
    if (file === null) return -EBADF;
    if (files.length === MAXIMUM_FILES) return -EINVAL;
    files.push(file);
  }
  return 0;
}

/** Writes control messages and received descriptors; what has no room is cut, and MSG_CTRUNC says so. */
function writeControl(task: Task, header: number, message: ReceivedMessage, flags: number): number {
  const pointer = task.memory.readU64(header + CONTROL);
  const room = task.memory.readU64(header + CONTROL_LENGTH);
  if (pointer < 0 || room < 0) return -EFAULT;
  let used = 0;
  for (const { level, type, data } of message.control) {
    const written = putControl(task, pointer + used, room - used, level, type, data);
    if (written < 0) return written;
    if (written < CMSG_HEADER + data.length) message.outFlags |= MSG_CTRUNC;
    used += Math.min(align(written), room - used);
  }
  if (message.files.length > 0) {
    const count = Math.max(0, Math.floor((room - used - CMSG_HEADER) / FD_BYTES));
    const written = putFiles(task, pointer + used, message.files, count, flags);
    if (written < 0) return written;
    if (count < message.files.length) message.outFlags |= MSG_CTRUNC;
    used += Math.min(align(written), room - used);
  }
  return task.memory.writeU64(header + CONTROL_LENGTH, used);
}

function putControl(task: Task, address: number, room: number, level: number, type: number, data: Uint8Array): number {
  if (room < CMSG_HEADER) return 0;
  const bytes = new Uint8Array(CMSG_HEADER + data.length);
  const view = new DataView(bytes.buffer);
  const size = Math.min(bytes.length, room);
  view.setUint32(0, size, true);
  view.setInt32(8, level, true);
  view.setInt32(12, type, true);
  bytes.set(data, CMSG_HEADER);
  return task.memory.copyOut(address, bytes, 0, size) < 0 ? -EFAULT : size;
}

/** Installs the first `count` of `files` and tells their descriptors; the others are let go. */
function putFiles(task: Task, address: number, files: readonly File[], count: number, flags: number): number {
  const data = new Uint8Array(FD_BYTES * Math.min(count, files.length));
  const view = new DataView(data.buffer);
  files.forEach((file, at) => {
    if (at >= count) file.close();
    else view.setInt32(at * FD_BYTES, installNew(task, file, (flags & MSG_CMSG_CLOEXEC) !== 0 ? O_CLOEXEC : 0), true);
  });
  return data.length === 0 ? 0 : putControl(task, address, CMSG_HEADER + data.length, SOL_SOCKET, SCM_RIGHTS, data);
}

function buffersOf(task: Task, header: number) {
  const iovec = task.memory.readU64(header + IOVEC);
  const count = task.memory.readU64(header + IOVEC_COUNT);
  if (iovec < 0 || count < 0) return -EFAULT;
  return count > IOV_MAX ? -EMSGSIZE : readIovec(task, iovec, count);
}

function sendOne(task: Task, file: SocketFile, header: number, flags: number): number {
  const name = task.memory.readU64(header + NAME);
  const nameLength = task.memory.readU32(header + NAME_LENGTH);
  if (name < 0 || nameLength < 0) return -EFAULT;
  const address = name === 0 ? null : readAddress(task, name, Math.min(nameLength, SOCKADDR_MAX));
  if (typeof address === 'number') return address;
  const source = buffersOf(task, header);
  if (typeof source === 'number') return source;
  const control = readControl(task, header);
  if (typeof control === 'number') return control;
  source.skip(task.call.progress);
  const { messages, files } = control;
  return sendMessage(task, file, { source, address, control: messages, files, flags, sender: task });
}

function receiveOne(task: Task, file: SocketFile, header: number, flags: number): number {
  const target = buffersOf(task, header);
  if (typeof target === 'number') return target;
  target.skip(task.call.progress);
  const message = new ReceivedMessage(target, flags);
  const count = receiveMessage(task, file, message);
  if (count < 0) return count;
  const name = task.memory.readU64(header + NAME);
  if (name > 0) {
    const bytes = message.address ?? new Uint8Array(0);
    const room = task.memory.readU32(header + NAME_LENGTH);
    if (task.memory.copyOut(name, bytes, 0, Math.min(room, bytes.length)) < 0) return -EFAULT;
    if (task.memory.writeU32(header + NAME_LENGTH, bytes.length) < 0) return -EFAULT;
  }
  const error = writeControl(task, header, message, flags);
  if (error < 0) return error;
  const outFlags = message.outFlags | (flags & MSG_CMSG_CLOEXEC);
  return task.memory.writeU32(header + FLAGS, outFlags) < 0 ? -EFAULT : count;
}

function sendmsg(task: Task, fd: number, header: number, flags: number): number {
  const file = socketOf(task, fd);
  return typeof file === 'number' ? file : sendOne(task, file, header, flags);
}

function recvmsg(task: Task, fd: number, header: number, flags: number): number {
  const file = socketOf(task, fd);
  return typeof file === 'number' ? file : receiveOne(task, file, header, flags);
}

/** Messages done so far lie in `call.data`; `call.progress` belongs to the present one. */
function messagesDone(task: Task): number {
  return typeof task.call.data === 'number' ? task.call.data : 0;
}

function sendmmsg(task: Task, fd: number, vector: number, length: number, flags: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  const count = Math.min(length >>> 0, MAXIMUM_MESSAGES);
  let done = messagesDone(task);
  while (done < count) {
    const header = vector + done * MMSGHDR_BYTES;
    const result = sendOne(task, file, header, flags);
    if (result === BLOCKED) {
      task.call.data = done;
      return BLOCKED;
    }
    if (result < 0) return done > 0 ? done : result;
    if (task.memory.writeU32(header + MMSGHDR_COUNT, result) < 0) return -EFAULT;
    task.call.progress = 0;
    done++;
  }
  return done;
}

function recvmmsg(task: Task, fd: number, vector: number, length: number, flags: number, timeout: number): number {
  const file = socketOf(task, fd);
  if (typeof file === 'number') return file;
  if (timeout !== 0) {
    const span = readTimespecNs(task, timeout);
    if (span < 0) return span;
    if (Number.isNaN(task.call.deadlineNs)) task.call.deadlineNs = task.kernel.clock.monotonicNs() + span;
  }
  const count = Math.min(length >>> 0, MAXIMUM_MESSAGES);
  let done = messagesDone(task);
  let oneFlags = flags & ~MSG_WAITFORONE;
  while (done < count) {
    if (done > 0 && (flags & MSG_WAITFORONE) !== 0) oneFlags |= MSG_DONTWAIT;
    const header = vector + done * MMSGHDR_BYTES;
    const result = receiveOne(task, file, header, oneFlags);
    if (result === BLOCKED) {
      task.call.data = done;
      return BLOCKED;
    }
    if (result < 0) return done > 0 ? done : result;
    if (task.memory.writeU32(header + MMSGHDR_COUNT, result) < 0) return -EFAULT;
    task.call.progress = 0;
    done++;
    // The time-out is looked at after each message only (recvmmsg(2), BUGS).
    if (timeout !== 0 && task.kernel.clock.monotonicNs() >= task.call.deadlineNs) break;
  }
  return done === 0 ? -EAGAIN : done;
}

export const socketMessageCalls = defineCalls({
  sendmsg: { args: ['fd', 'message-in', 'message-flags'], run: sendmsg },
  recvmsg: { args: ['fd', 'message-out', 'message-flags'], run: recvmsg },
  sendmmsg: { args: ['fd', 'pointer', 'unsigned', 'message-flags'], run: sendmmsg },
  recvmmsg: { args: ['fd', 'pointer', 'unsigned', 'message-flags', 'timespec'], run: recvmmsg },
});
