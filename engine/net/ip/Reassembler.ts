import { NANOSECONDS_PER_SECOND, type Timer, type TimerQueue } from '../environment.ts';
import { NETWORK_HEADROOM, Packet } from '../link/Packet.ts';
import {
  IPV4_MAX_SIZE,
  IPV4_MORE_FRAGMENTS,
  IPV4_OFFSET_MASK,
  readDestination,
  readFragmentWord,
  readHeaderSize,
  readIdentification,
  readProtocol,
  readSource,
  rewriteChecksum,
  setFragmentWord,
  setTotalLength,
} from '../wire/ipv4.ts';
import type { Counters } from './counters.ts';
import type { Ipv4Settings } from './settings.ts';

interface Fragment {
  readonly packet: Packet;
  /** Bytes `[from, to)` of the whole payload. */
  readonly from: number;
  readonly to: number;
}

interface Reassembly {
  readonly key: string;
  /** In the order of their place; they do not overlap. */
  readonly fragments: Fragment[];
  received: number;
  /** Known once the last fragment came; -1 before. */
  total: number;
  readonly timer: Timer;
}

/** Puts fragments together again (RFC 791; overlaps are refused as RFC 5722 demands for IPv6, and Linux for both). */
export class Reassembler {
  readonly #timers: TimerQueue;
  readonly #settings: Ipv4Settings;
  readonly #counters: Counters;
  readonly #pending = new Map<string, Reassembly>();
  #memory = 0;
  /** Told the first fragment of a packet that was never completed. */
  timeout: (first: Packet) => void = () => {};

  constructor(timers: TimerQueue, settings: Ipv4Settings, counters: Counters) {
    this.#timers = timers;
    this.#settings = settings;
    this.#counters = counters;
  }

  /** Bytes held, and packets under way: /proc/net/sockstat shows them. */
  get memory(): number {
    return this.#memory;
  }

  get count(): number {
    return this.#pending.size;
  }

  /** The whole packet when `packet` was the piece that lacked. */
  add(packet: Packet): Packet | undefined {
    const { bytes, network } = packet;
    this.#counters.ip.ReasmReqds++;
    const word = readFragmentWord(bytes, network);
    const from = (word & IPV4_OFFSET_MASK) * 8;
    const to = from + packet.end - network - readHeaderSize(bytes, network);
    const hasMore = (word & IPV4_MORE_FRAGMENTS) !== 0;
    const key = `${readSource(bytes, network)} ${readDestination(bytes, network)} ${readIdentification(bytes, network)} ${readProtocol(bytes, network)} ${packet.device?.index ?? 0}`;
    const reassembly = this.#pending.get(key) ?? this.#start(key);
    if (reassembly === undefined) return undefined;
    if (!this.#insert(reassembly, { packet, from, to }, hasMore)) {
      return undefined;
    }
    if (reassembly.total < 0 || reassembly.received < reassembly.total) return undefined;
    this.#drop(reassembly);
    this.#counters.ip.ReasmOKs++;
    return this.#assemble(reassembly);
  }

  #start(key: string): Reassembly | undefined {
    if (this.#memory > this.#settings.ipfrag_high_thresh) {
      this.#counters.ip.ReasmFails++;
      return undefined;
    }
    const timer = this.#timers.schedule(
      this.#timers.now() + this.#settings.ipfrag_time * NANOSECONDS_PER_SECOND,
      () => {
        this.#expire(reassembly);
      },
    );
    const reassembly: Reassembly = { key, fragments: [], received: 0, total: -1, timer };
    this.#pending.set(key, reassembly);
    return reassembly;
  }

  /** False when the fragment was a duplicate or spoiled the whole. */
  #insert(reassembly: Reassembly, fragment: Fragment, hasMore: boolean): boolean {
    const { from, to } = fragment;
    const { fragments } = reassembly;
    const isMisshapen = to <= from || (hasMore && (to - from) % 8 !== 0) || to > IPV4_MAX_SIZE;
    const endsElsewhere = !hasMore && reassembly.total >= 0 && reassembly.total !== to;
    const liesBeyond = reassembly.total >= 0 && to > reassembly.total;
    const cutsOff = !hasMore && fragments.length > 0 && fragments[fragments.length - 1].to > to;
    if (isMisshapen || endsElsewhere || liesBeyond || cutsOff) {
      this.#fail(reassembly);
      return false;
    }
    let at = fragments.length;
    while (at > 0 && fragments[at - 1].from >= from) at--;
    const next = fragments.at(at);
    if (next?.from === from && next.to === to) return false;
    if ((next !== undefined && next.from < to) || (at > 0 && fragments[at - 1].to > from)) {
      this.#fail(reassembly);
      return false;
    }
    fragments.splice(at, 0, fragment);
    reassembly.received += to - from;
    this.#memory += to - from;
    if (!hasMore) reassembly.total = to;
    return true;
  }

  #assemble(reassembly: Reassembly): Packet | undefined {
    const first = reassembly.fragments[0].packet;
    const headerSize = readHeaderSize(first.bytes, first.network);
    const size = headerSize + reassembly.total;
    if (size > IPV4_MAX_SIZE) {
      this.#counters.ip.ReasmFails++;
      return undefined;
    }
    // Room for the link header in front: an AF_PACKET socket may still look at it.
    const bytes = new Uint8Array(NETWORK_HEADROOM + size);
    bytes.set(first.bytes.subarray(first.network, first.network + headerSize), NETWORK_HEADROOM);
    for (const { packet, from } of reassembly.fragments) {
      const payload = packet.network + readHeaderSize(packet.bytes, packet.network);
      bytes.set(packet.bytes.subarray(payload, packet.end), NETWORK_HEADROOM + headerSize + from);
    }
    setTotalLength(bytes, NETWORK_HEADROOM, size);
    setFragmentWord(bytes, NETWORK_HEADROOM, 0);
    rewriteChecksum(bytes, NETWORK_HEADROOM, headerSize);
    const whole = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
    whole.network = NETWORK_HEADROOM;
    whole.transport = NETWORK_HEADROOM + headerSize;
    whole.device = first.device;
    whole.etherType = first.etherType;
    whole.packetType = first.packetType;
    whole.timestampNs = first.timestampNs;
    whole.mark = first.mark;
    return whole;
  }

  #expire(reassembly: Reassembly): void {
    const first = reassembly.fragments.at(0);
    this.#counters.ip.ReasmTimeout++;
    this.#fail(reassembly);
    if (first?.from === 0) this.timeout(first.packet);
  }

  #fail(reassembly: Reassembly): void {
    this.#counters.ip.ReasmFails++;
    this.#drop(reassembly);
  }

  #drop(reassembly: Reassembly): void {
    reassembly.timer.cancel();
    this.#memory -= reassembly.received;
    this.#pending.delete(reassembly.key);
  }
}
