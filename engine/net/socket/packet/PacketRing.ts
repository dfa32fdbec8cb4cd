import { EFAULT, EINVAL, ENOMEM } from '../../../abi/errno.ts';
import type { MappingHolder, PageSource } from '../../../mm/PageSource.ts';
import { writeU16Host, writeU32Host } from '../../wire/bytes.ts';

const PAGE_SIZE = 4096;
/** `struct tpacket_req`. */
export const RING_REQUEST_SIZE = 16;

/** States of a frame (linux/if_packet.h). */
const TP_STATUS_KERNEL = 0;
export const TP_STATUS_USER = 1;
export const TP_STATUS_LOSING = 4;
export const TP_STATUS_CSUM_NOT_READY = 8;
export const TP_STATUS_CSUM_VALID = 128;

/** `struct tpacket2_hdr`, padded to 16 bytes, before the `struct sockaddr_ll`. */
const HEADER_SIZE = 32;
const TPACKET2_HEADER_LENGTH = 52;
const STATUS = 0;
const LENGTH = 4;
const CAPTURED = 8;
const MAC_OFFSET = 12;
const NETWORK_OFFSET = 14;
const SECONDS = 16;
const NANOSECONDS = 20;
const MINIMUM_FRAME_SIZE = 32;
const ALIGNMENT = 16;

/** The machine's physical memory, as far as a ring needs it. */
export interface RingMemory {
  readonly bytes: Uint8Array;
  /** A zeroed page's frame number, or -ENOMEM. */
  allocateZeroed(): number;
  retain(frame: number): void;
  release(frame: number): void;
}

/** A packet, with what the ring says about it. */
export interface RingPacket {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly captured: number;
  /** Distance from `start` to the network header. */
  readonly networkOffset: number;
  readonly timestampNs: number;
  readonly address: Uint8Array;
  readonly status: number;
}

/**
 * A receive ring of packet(7), version 2 (TPACKET_V2): frames in memory that the kernel and the program share. What the
 * program writes there is not believed but for the one status word that hands a frame back.
 */
export class PacketRing implements PageSource {
  readonly mappings = new Set<MappingHolder>();
  readonly #memory: RingMemory;
  readonly #frames: number[] = [];
  readonly #frameSize: number;
  readonly #framesPerBlock: number;
  readonly #blockSize: number;
  readonly #count: number;
  readonly #reserve: number;
  #next = 0;
  #references = 1;

  private constructor(memory: RingMemory, blockSize: number, frameSize: number, count: number, reserve: number) {
    this.#memory = memory;
    this.#blockSize = blockSize;
    this.#frameSize = frameSize;
    this.#framesPerBlock = Math.floor(blockSize / frameSize);
    this.#count = count;
    this.#reserve = reserve;
  }

  /** Makes a ring as `struct tpacket_req` says; -EINVAL or -ENOMEM. */
  static create(
    memory: RingMemory,
    blockSize: number,
    blockCount: number,
    frameSize: number,
    frameCount: number,
    reserve: number,
  ): PacketRing | number {
    if (blockSize <= 0 || blockSize % PAGE_SIZE !== 0 || blockCount <= 0) return -EINVAL;
    if (frameSize < MINIMUM_FRAME_SIZE + reserve || frameSize % ALIGNMENT !== 0 || frameSize > blockSize)
      return -EINVAL;
    if (Math.floor(blockSize / frameSize) * blockCount !== frameCount) return -EINVAL;
    const ring = new PacketRing(memory, blockSize, frameSize, frameCount, reserve);
    for (let page = 0; page < (blockSize / PAGE_SIZE) * blockCount; page++) {
      const frame = memory.allocateZeroed();
      if (frame < 0) {
        ring.release();
        return -ENOMEM;
      }
      ring.#frames.push(frame);
    }
    return ring;
  }

  get isMapped(): boolean {
    return this.mappings.size > 0;
  }

  /** The program has frames to look at. */
  get hasPackets(): boolean {
    const previous = (this.#next + this.#count - 1) % this.#count;
    return this.#readStatus(previous) !== TP_STATUS_KERNEL;
  }

  /** False when the program has not given the next frame back: the packet is lost. */
  push(packet: RingPacket): boolean {
    const slot = this.#next;
    if (this.#readStatus(slot) !== TP_STATUS_KERNEL) return false;
    const base = this.#offsetOf(slot);
    // As Linux places it: the network header on a 16-byte boundary, the link header before it.
    const addressEnd = TPACKET2_HEADER_LENGTH;
    const linkRoom = packet.networkOffset < ALIGNMENT ? ALIGNMENT : packet.networkOffset;
    const network = align(addressEnd + linkRoom) + this.#reserve;
    const mac = network - packet.networkOffset;
    const captured = Math.max(0, Math.min(packet.captured, this.#frameSize - mac));
    const header = new Uint8Array(TPACKET2_HEADER_LENGTH);
    writeU32Host(header, LENGTH, packet.end - packet.start);
    writeU32Host(header, CAPTURED, captured);
    writeU16Host(header, MAC_OFFSET, mac);
    writeU16Host(header, NETWORK_OFFSET, network);
    const seconds = Math.floor(packet.timestampNs / 1e9);
    writeU32Host(header, SECONDS, seconds);
    writeU32Host(header, NANOSECONDS, Math.floor(packet.timestampNs - seconds * 1e9));
    header.set(packet.address, HEADER_SIZE);
    this.#write(base + 4, header, 4, header.length);
    this.#write(base + mac, packet.bytes, packet.start, packet.start + captured);
    // Last, so that the program never sees half a packet.
    this.#writeStatus(slot, packet.status | TP_STATUS_USER);
    this.#next = (slot + 1) % this.#count;
    return true;
  }

  getPage(index: number): number {
    if (index >= this.#frames.length) return -EFAULT;
    const frame = this.#frames[index];
    this.#memory.retain(frame);
    return frame;
  }

  cachedPage(index: number): number {
    return index < this.#frames.length ? this.getPage(index) : -1;
  }

  writeBack(): number {
    return 0;
  }

  retain(): void {
    this.#references++;
  }

  release(): void {
    if (--this.#references > 0) return;
    for (const frame of this.#frames) this.#memory.release(frame);
    this.#frames.length = 0;
  }

  #offsetOf(slot: number): number {
    const block = Math.floor(slot / this.#framesPerBlock);
    return block * this.#blockSize + (slot % this.#framesPerBlock) * this.#frameSize;
  }

  #readStatus(slot: number): number {
    const at = this.#physical(this.#offsetOf(slot) + STATUS);
    const { bytes } = this.#memory;
    return bytes[at] | bytes[at + 1] | bytes[at + 2] | bytes[at + 3];
  }

  #writeStatus(slot: number, status: number): void {
    writeU32Host(this.#memory.bytes, this.#physical(this.#offsetOf(slot) + STATUS), status);
  }

  #physical(offset: number): number {
    return this.#frames[Math.floor(offset / PAGE_SIZE)] * PAGE_SIZE + (offset % PAGE_SIZE);
  }

  #write(offset: number, source: Uint8Array, start: number, end: number): void {
    let from = start;
    let to = offset;
    while (from < end) {
      const count = Math.min(end - from, PAGE_SIZE - (to % PAGE_SIZE));
      this.#memory.bytes.set(source.subarray(from, from + count), this.#physical(to));
      from += count;
      to += count;
    }
  }
}

function align(size: number): number {
  return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}
