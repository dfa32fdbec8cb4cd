// Hot code: `SwitchPort.receive` runs once a frame.

import { NANOSECONDS_PER_SECOND, type NetEnvironment } from '../environment.ts';
import type { Frame } from '../link/Frame.ts';
import type { LinkPort, LinkReceiver } from '../link/LinkPort.ts';
import { ETHERNET_HEADER_SIZE, isGroupMac, readDestinationMac, readSourceMac } from '../wire/ethernet.ts';
import { ForwardingTable } from './ForwardingTable.ts';

export interface SwitchPortCounters {
  receivedFrames: number;
  receivedBytes: number;
  sentFrames: number;
  sentBytes: number;
  /** Frames that were not passed on: too short, or too many under way in a loop of cables. */
  droppedFrames: number;
  /** Frames that went to all ports because their receiver was unknown, or is everybody. */
  floodedFrames: number;
}

type SwitchEnvironment = Pick<NetEnvironment, 'timers' | 'softirq'>;

/** IEEE 802.1D: the default ageing time. */
const DEFAULT_AGEING_NS = 300 * NANOSECONDS_PER_SECOND;
const MAXIMUM_PENDING_FRAMES = 1000;

export class SwitchPort implements LinkReceiver {
  readonly number: number;
  readonly counters: SwitchPortCounters = {
    receivedFrames: 0,
    receivedBytes: 0,
    sentFrames: 0,
    sentBytes: 0,
    droppedFrames: 0,
    floodedFrames: 0,
  };
  readonly link: LinkPort;
  readonly #switch: VirtualSwitch;

  constructor(owner: VirtualSwitch, number: number, link: LinkPort) {
    this.#switch = owner;
    this.number = number;
    this.link = link;
  }

  receive(frame: Frame): void {
    this.counters.receivedFrames++;
    this.counters.receivedBytes += frame.end - frame.start;
    this.#switch.forward(this, frame);
  }

  carrierChanged(carrier: boolean): void {
    if (!carrier) this.#switch.forget(this);
  }

  send(frame: Frame): void {
    this.counters.sentFrames++;
    this.counters.sentBytes += frame.end - frame.start;
    this.link.send(frame);
  }
}

/** A learning Ethernet switch. Ports come and go while it works. */
export class VirtualSwitch {
  readonly #environment: SwitchEnvironment;
  readonly #ports = new Map<number, SwitchPort>();
  readonly #table: ForwardingTable<SwitchPort>;
  #forwarding = false;
  /** Frames that came back to this switch while it was sending: cables in a loop. They wait, so that no call nests. */
  #pending: { port: SwitchPort; frame: Frame }[] = [];

  constructor(environment: SwitchEnvironment, ageingNs = DEFAULT_AGEING_NS) {
    this.#environment = environment;
    this.#table = new ForwardingTable(ageingNs);
  }

  get ports(): Iterable<SwitchPort> {
    return this.#ports.values();
  }

  /** Plugs a link into the lowest free port, or into `number`, which must be free. */
  plug(link: LinkPort, number?: number): SwitchPort {
    let free = number ?? 1;
    if (number === undefined) while (this.#ports.has(free)) free++;
    else if (this.#ports.has(number)) throw new Error(`switch port ${String(number)} is in use`);
    const port = new SwitchPort(this, free, link);
    this.#ports.set(free, port);
    link.attach(port);
    return port;
  }

  unplug(port: SwitchPort): void {
    if (this.#ports.get(port.number) !== port) return;
    this.#ports.delete(port.number);
    port.link.attach(null);
    this.forget(port);
  }

  /** Forgets what was learned from a port. */
  forget(port: SwitchPort): void {
    this.#table.removePort(port);
  }

  forward(from: SwitchPort, frame: Frame): void {
    if (this.#forwarding) {
      this.#putOff(from, frame);
      return;
    }
    this.#forwarding = true;
    this.#forwardNow(from, frame);
    this.#forwarding = false;
  }

  #forwardNow(from: SwitchPort, frame: Frame): void {
    if (frame.end - frame.start < ETHERNET_HEADER_SIZE) {
      from.counters.droppedFrames++;
      return;
    }
    const now = this.#environment.timers.now();
    const source = readSourceMac(frame.bytes, frame.start);
    if (!isGroupMac(source)) this.#table.learn(source, from, now);
    const destination = readDestinationMac(frame.bytes, frame.start);
    const to = isGroupMac(destination) ? undefined : this.#table.lookup(destination, now);
    if (to !== undefined) {
      if (to !== from) to.send(frame);
      return;
    }
    from.counters.floodedFrames++;
    for (const port of this.#ports.values()) if (port !== from) port.send(frame);
  }

  #putOff(from: SwitchPort, frame: Frame): void {
    if (this.#pending.length >= MAXIMUM_PENDING_FRAMES) {
      from.counters.droppedFrames++;
      return;
    }
    if (this.#pending.length === 0) {
      this.#environment.softirq.defer(() => {
        const pending = this.#pending;
        this.#pending = [];
        for (const { port, frame: late } of pending) this.forward(port, late);
      });
    }
    this.#pending.push({ port: from, frame });
  }
}
