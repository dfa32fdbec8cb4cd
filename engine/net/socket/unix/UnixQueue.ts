import { MSG_PEEK, MSG_TRUNC, SCM_CREDENTIALS, SOL_SOCKET } from '../../../abi/socket.ts';
import type { File } from '../../../vfs/File.ts';
import { writeU32Host } from '../../wire/bytes.ts';
import type { ReceivedMessage } from '../messages.ts';

/** Who sent a message, or connected (SO_PEERCRED, SCM_CREDENTIALS). */
export interface PeerIdentity {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** One write to a unix socket. */
export interface UnixMessage {
  readonly bytes: Uint8Array;
  start: number;
  readonly end: number;
  /** Passed descriptions; the queue holds one reference each until they are received. */
  files: readonly File[];
  readonly sender: PeerIdentity;
  /** Name of the sender, for datagrams; null when it has none. */
  readonly address: Uint8Array | null;
}

/** net.unix.max_dgram_qlen. */
const MAXIMUM_DATAGRAMS = 10;
const OVERHEAD_BYTES = 512;

/** Messages that wait for their reader. */
export class UnixQueue {
  #messages: UnixMessage[] = [];
  /** Bytes that can be read. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  get isFullOfDatagrams(): boolean {
    return this.#messages.length > MAXIMUM_DATAGRAMS;
  }

  get nextLength(): number {
    const message = this.#messages.at(0);
    return message === undefined ? 0 : message.end - message.start;
  }

  /** What the sender's buffer size leaves. */
  roomFor(limitBytes: number): number {
    return limitBytes - this.bytes - OVERHEAD_BYTES * this.#messages.length;
  }

  hasRoomFor(length: number, limitBytes: number): boolean {
    return this.roomFor(limitBytes) >= length;
  }

  push(message: UnixMessage): void {
    this.bytes += message.end - message.start;
    this.#messages.push(message);
  }

  /** Reads across writes, but not across descriptors, nor across senders when credentials are asked for. */
  readStream(into: ReceivedMessage, passesCredentials: boolean): number {
    const isPeek = (into.flags & MSG_PEEK) !== 0;
    let moved = 0;
    let at = 0;
    let sender: PeerIdentity | null = null;
    while (into.target.remaining > 0 && at < this.#messages.length) {
      const message = this.#messages[at];
      if (sender !== null && (message.files.length > 0 || (passesCredentials && !isSame(sender, message.sender))))
        break;
      const length = Math.min(message.end - message.start, into.target.remaining);
      const put = length === 0 ? 0 : into.target.put(message.bytes, message.start, length);
      if (put < 0) return moved > 0 ? moved : put;
      if (sender === null) this.#describe(into, message, passesCredentials, isPeek);
      sender = message.sender;
      moved += put;
      if (!isPeek) {
        message.start += put;
        this.bytes -= put;
      }
      if (put < length) break;
      const isConsumed = isPeek ? put === message.end - message.start : message.start === message.end;
      if (!isConsumed) break;
      if (isPeek) at++;
      else this.#messages.shift();
      // What came with descriptors ends the read, so that they are not taken for those of later bytes.
      if (into.files.length > 0) break;
    }
    return moved;
  }

  /** Reads one message; what does not fit is lost. */
  readPacket(into: ReceivedMessage, passesCredentials: boolean): number {
    const isPeek = (into.flags & MSG_PEEK) !== 0;
    const message = this.#messages[0];
    const length = message.end - message.start;
    const count = Math.min(length, into.target.remaining);
    const put = count === 0 ? 0 : into.target.put(message.bytes, message.start, count);
    if (put < 0) return put;
    this.#describe(into, message, passesCredentials, isPeek);
    into.address = message.address;
    if (length > count) into.outFlags |= MSG_TRUNC;
    if (!isPeek) {
      this.#messages.shift();
      this.bytes -= length;
    }
    return (into.flags & MSG_TRUNC) !== 0 ? length : count;
  }

  clear(): void {
    for (const message of this.#messages) for (const file of message.files) file.close();
    this.#messages = [];
    this.bytes = 0;
  }

  #describe(into: ReceivedMessage, message: UnixMessage, passesCredentials: boolean, isPeek: boolean): void {
    if (passesCredentials) {
      const data = new Uint8Array(12);
      writeU32Host(data, 0, message.sender.pid);
      writeU32Host(data, 4, message.sender.uid);
      writeU32Host(data, 8, message.sender.gid);
      into.control.push({ level: SOL_SOCKET, type: SCM_CREDENTIALS, data });
    }
    into.files = isPeek ? message.files.map((file) => file.retain()) : message.files;
    if (!isPeek) message.files = [];
  }
}

function isSame(a: PeerIdentity, b: PeerIdentity): boolean {
  return a.pid === b.pid && a.uid === b.uid && a.gid === b.gid;
}
