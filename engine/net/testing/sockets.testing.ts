import { KernelIo } from '../../mm/Io.ts';
import { CapabilitySet } from '../../process/Capabilities.ts';
import { rootCredentials } from '../../process/Credentials.ts';
import type { Actor } from '../../vfs/Actor.ts';
import type { File } from '../../vfs/File.ts';
import type { FsContext } from '../../vfs/FsContext.ts';
import type { NetStack } from '../NetStack.ts';
import type { RingMemory } from '../socket/packet/PacketRing.ts';
import { ReceivedMessage, type ControlMessage } from '../socket/messages.ts';
import type { Socket } from '../socket/Socket.ts';
import { Sockets } from '../socket/Sockets.ts';

/** Root, or an ordinary user, with a process number. */
export function makeActor(pid = 42, uid = 0): Actor {
  const ids = { uid, euid: uid, suid: uid, fsuid: uid, gid: uid, egid: uid, sgid: uid, fsgid: uid };
  const effective = uid === 0 ? CapabilitySet.all : CapabilitySet.none;
  const capabilities = { ...rootCredentials.capabilities, effective };
  const credentials = { ...rootCredentials, ...ids, capabilities };
  // Sockets without a name in the file system never look at it.
  return { fs: null as unknown as FsContext, credentials, process: { pid }, tid: pid };
}

/** Physical memory in miniature. */
export class TestMemory implements RingMemory {
  readonly bytes = new Uint8Array(4096 * 64);
  readonly #references = new Map<number, number>();
  #next = 1;

  allocateZeroed(): number {
    if (this.#next === 64) return -12;
    this.#references.set(this.#next, 1);
    return this.#next++;
  }

  retain(frame: number): void {
    this.#references.set(frame, (this.#references.get(frame) ?? 0) + 1);
  }

  release(frame: number): void {
    this.#references.set(frame, (this.#references.get(frame) ?? 0) - 1);
  }

  get inUse(): number {
    return [...this.#references.values()].filter((count) => count > 0).length;
  }
}

export function makeSockets(net: NetStack, memory = new TestMemory()): Sockets {
  let ino = 100;
  return new Sockets({
    net,
    clock: { realtime: () => ({ seconds: 0, nanoseconds: 0 }) },
    device: 8,
    nextInode: () => ++ino,
    ringMemory: memory,
    unixPaths: { create: () => -30, find: () => -2 },
  });
}

/** A socket, or the test fails. */
export function make(sockets: Sockets, family: number, type: number, protocol = 0, actor = makeActor()): Socket {
  const socket = sockets.create(family, type, protocol, actor);
  if (typeof socket === 'number') throw new Error(`socket: ${socket}`);
  sockets.open(socket, 0, actor);
  return socket;
}

export function send(
  socket: Socket,
  bytes: Uint8Array | string,
  more: { address?: Uint8Array; flags?: number; control?: ControlMessage[]; files?: File[]; actor?: Actor } = {},
): number {
  const data = typeof bytes === 'string' ? Uint8Array.from(bytes, (character) => character.charCodeAt(0)) : bytes;
  return socket.send({
    source: new KernelIo(data),
    address: more.address ?? null,
    control: more.control ?? [],
    files: more.files ?? [],
    flags: more.flags ?? 0,
    sender: more.actor ?? makeActor(),
  });
}

export interface Received {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly message: ReceivedMessage;
}

export function receive(socket: Socket, size = 65536, flags = 0): Received {
  const buffer = new Uint8Array(size);
  const message = new ReceivedMessage(new KernelIo(buffer), flags);
  const count = socket.receive(message, makeActor());
  const bytes = buffer.subarray(0, Math.min(Math.max(count, 0), size));
  return { count, bytes, text: String.fromCharCode(...bytes), message };
}
