// Hot code: `send` runs once a packet.

import { NANOSECONDS_PER_MILLISECOND, NANOSECONDS_PER_SECOND, type NetEnvironment } from '../environment.ts';
import type { LinkLayer } from '../link/LinkLayer.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import type { Packet } from '../link/Packet.ts';
import { MAC_NONE, type MacAddress } from '../wire/ethernet.ts';
import type { Ipv4Address } from './address.ts';
import {
  NUD_DELAY,
  NUD_FAILED,
  NUD_INCOMPLETE,
  NUD_NOARP,
  NUD_NONE,
  NUD_PERMANENT,
  NUD_PROBE,
  NUD_REACHABLE,
  NUD_STALE,
  NUD_VALID,
  Neighbour,
} from './Neighbour.ts';
import type { NeighbourSettings } from './settings.ts';

/** Asks on the link who has `neighbour.address`; `unicast` to where it was last seen. */
export type Solicit = (neighbour: Neighbour, how: 'unicast' | 'broadcast', waiting: Packet | undefined) => void;
export type Unreachable = (packet: Packet) => void;
export type NeighbourChange = 'updated' | 'removed';
export type NeighbourListener = (neighbour: Neighbour, change: NeighbourChange) => void;

/** net.ipv4.neigh.default.gc_thresh3. */
const MAXIMUM_NEIGHBOURS = 1024;

/** Which link addresses belong to the neighbours' IPv4 addresses (RFC 1122 section 2.3.2; states as in RFC 4861). */
export class NeighbourTable {
  readonly settings: NeighbourSettings;
  readonly #environment: NetEnvironment;
  readonly #link: LinkLayer;
  readonly #byDevice = new Map<NetDevice, Map<Ipv4Address, Neighbour>>();
  readonly #listeners: NeighbourListener[] = [];
  #size = 0;
  solicit: Solicit = () => {};
  /** Told of each packet whose neighbour did not answer. */
  unreachable: Unreachable = () => {};

  constructor(environment: NetEnvironment, link: LinkLayer, settings: NeighbourSettings) {
    this.#environment = environment;
    this.#link = link;
    this.settings = settings;
  }

  listen(listener: NeighbourListener): void {
    this.#listeners.push(listener);
  }

  *all(): Iterable<Neighbour> {
    for (const neighbours of this.#byDevice.values()) yield* neighbours.values();
  }

  find(device: NetDevice, address: Ipv4Address): Neighbour | undefined {
    return this.#byDevice.get(device)?.get(address);
  }

  findOrCreate(device: NetDevice, address: Ipv4Address): Neighbour {
    const known = this.find(device, address);
    if (known !== undefined) return known;
    if (this.#size >= MAXIMUM_NEIGHBOURS) this.#makeRoom();
    const neighbour = new Neighbour(device, address, this.#environment.timers.now(), this.#randomReachableTimeNs());
    let neighbours = this.#byDevice.get(device);
    if (neighbours === undefined) {
      neighbours = new Map();
      this.#byDevice.set(device, neighbours);
    }
    neighbours.set(address, neighbour);
    this.#size++;
    return neighbour;
  }

  /** Sends to a neighbour, or keeps the packet until its address is known. */
  send(neighbour: Neighbour, packet: Packet): void {
    const now = this.#environment.timers.now();
    neighbour.usedNs = now;
    if (neighbour.state === NUD_REACHABLE) {
      if (now - neighbour.confirmedNs > neighbour.reachableTimeNs) this.#enter(neighbour, NUD_STALE);
    } else if ((neighbour.state & NUD_VALID) === 0) {
      this.#enqueue(neighbour, packet);
      return;
    }
    if (neighbour.state === NUD_STALE) {
      this.#enter(neighbour, NUD_DELAY);
      this.#arm(neighbour, this.settings.delay_first_probe_time * NANOSECONDS_PER_SECOND);
    }
    this.#link.send(packet, neighbour.device, neighbour.mac);
  }

  /** A higher layer saw forward progress: the neighbour is there (RFC 4861 section 7.3.1). */
  confirm(neighbour: Neighbour): void {
    neighbour.confirmedNs = this.#environment.timers.now();
    if ((neighbour.state & (NUD_STALE | NUD_DELAY | NUD_PROBE)) === 0) return;
    this.#stop(neighbour);
    this.#enter(neighbour, NUD_REACHABLE);
  }

  /** What an ARP message says: a `solicited` answer proves reachability, anything else is hearsay. */
  learn(neighbour: Neighbour, mac: MacAddress, kind: 'solicited' | 'hearsay'): void {
    if ((neighbour.state & (NUD_PERMANENT | NUD_NOARP)) !== 0) return;
    const state = neighbour.state;
    const isSame = (state & NUD_VALID) !== 0 && neighbour.mac === mac;
    if (kind === 'hearsay' && isSame) return;
    neighbour.mac = mac;
    this.#stop(neighbour);
    if (kind === 'solicited') {
      neighbour.confirmedNs = this.#environment.timers.now();
      this.#enter(neighbour, NUD_REACHABLE);
    } else {
      this.#enter(neighbour, NUD_STALE);
    }
    this.#flush(neighbour);
  }

  /** The administrator's word (ip-neighbour(8)). */
  set(device: NetDevice, address: Ipv4Address, state: number, mac: MacAddress): Neighbour {
    const neighbour = this.findOrCreate(device, address);
    this.#stop(neighbour);
    neighbour.mac = mac;
    neighbour.confirmedNs = this.#environment.timers.now();
    this.#enter(neighbour, state);
    if ((state & NUD_VALID) !== 0) this.#flush(neighbour);
    return neighbour;
  }

  remove(neighbour: Neighbour): void {
    const neighbours = this.#byDevice.get(neighbour.device);
    if (neighbours?.get(neighbour.address) !== neighbour) return;
    this.#stop(neighbour);
    neighbours.delete(neighbour.address);
    if (neighbours.size === 0) this.#byDevice.delete(neighbour.device);
    this.#size--;
    neighbour.isLive = false;
    neighbour.queue.length = 0;
    this.#tell(neighbour, 'removed');
  }

  removeDevice(device: NetDevice): void {
    for (const neighbour of [...(this.#byDevice.get(device)?.values() ?? [])]) this.remove(neighbour);
  }

  #enqueue(neighbour: Neighbour, packet: Packet): void {
    neighbour.queue.push(packet);
    neighbour.queuedBytes += packet.end - packet.network;
    while (neighbour.queuedBytes > this.settings.unres_qlen_bytes && neighbour.queue.length > 1) {
      const dropped = neighbour.queue.shift();
      if (dropped !== undefined) neighbour.queuedBytes -= dropped.end - dropped.network;
    }
    if (neighbour.state === NUD_INCOMPLETE) return;
    neighbour.probes = 0;
    this.#enter(neighbour, NUD_INCOMPLETE);
    this.#probe(neighbour, 'broadcast');
  }

  #probe(neighbour: Neighbour, how: 'unicast' | 'broadcast'): void {
    neighbour.probes++;
    this.#arm(neighbour, this.settings.retrans_time_ms * NANOSECONDS_PER_MILLISECOND);
    this.solicit(neighbour, how, neighbour.queue[0]);
  }

  #arm(neighbour: Neighbour, afterNs: number): void {
    this.#stop(neighbour);
    neighbour.timer = this.#environment.timers.schedule(this.#environment.timers.now() + afterNs, () => {
      neighbour.timer = null;
      this.#expire(neighbour);
    });
  }

  #stop(neighbour: Neighbour): void {
    neighbour.timer?.cancel();
    neighbour.timer = null;
  }

  #expire(neighbour: Neighbour): void {
    switch (neighbour.state) {
      case NUD_DELAY:
        neighbour.probes = 0;
        this.#enter(neighbour, NUD_PROBE);
        this.#probe(neighbour, 'unicast');
        break;
      case NUD_PROBE:
        if (neighbour.probes < this.settings.ucast_solicit) this.#probe(neighbour, 'unicast');
        else this.#fail(neighbour);
        break;
      case NUD_INCOMPLETE:
        if (neighbour.probes < this.settings.mcast_solicit) this.#probe(neighbour, 'broadcast');
        else this.#fail(neighbour);
        break;
      default:
        break;
    }
  }

  #fail(neighbour: Neighbour): void {
    this.#enter(neighbour, NUD_FAILED);
    neighbour.mac = MAC_NONE;
    const packets = neighbour.queue.splice(0);
    neighbour.queuedBytes = 0;
    for (const packet of packets) this.unreachable(packet);
  }

  #flush(neighbour: Neighbour): void {
    const packets = neighbour.queue.splice(0);
    neighbour.queuedBytes = 0;
    for (const packet of packets) this.#link.send(packet, neighbour.device, neighbour.mac);
  }

  #enter(neighbour: Neighbour, state: number): void {
    neighbour.state = state;
    neighbour.updatedNs = this.#environment.timers.now();
    if (state !== NUD_DELAY && state !== NUD_INCOMPLETE) this.#tell(neighbour, 'updated');
  }

  #tell(neighbour: Neighbour, change: NeighbourChange): void {
    for (const listener of this.#listeners) listener(neighbour, change);
  }

  /** RFC 4861 section 6.3.4: between half and one and a half times the base, so that neighbours do not probe in step. */
  #randomReachableTimeNs(): number {
    const base = this.settings.base_reachable_time_ms * NANOSECONDS_PER_MILLISECOND;
    return base / 2 + (this.#environment.random.next32() / 0x1_0000_0000) * base;
  }

  /** Drops the entry that was not used for the longest time, of those that nothing depends on. */
  #makeRoom(): void {
    let oldest: Neighbour | undefined;
    for (const neighbour of this.all()) {
      if ((neighbour.state & (NUD_STALE | NUD_FAILED | NUD_REACHABLE)) === 0 && neighbour.state !== NUD_NONE) continue;
      if (oldest === undefined || neighbour.usedNs < oldest.usedNs) oldest = neighbour;
    }
    if (oldest !== undefined) this.remove(oldest);
  }
}
