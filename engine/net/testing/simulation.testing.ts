/** A small world for tests: virtual time, seeded randomness, stacks, cables and links that harm what they carry. */

import type { DeferredWork, NetEnvironment, RandomSource, Timer, TimerQueue } from '../environment.ts';
import { parseIpv4 } from '../ip/address.ts';
import { directedBroadcast, IFA_F_PERMANENT, INFINITE_LIFETIME } from '../ip/InterfaceAddresses.ts';
import { Cable } from '../link/Cable.ts';
import { EthernetDevice } from '../link/EthernetDevice.ts';
import { Frame } from '../link/Frame.ts';
import type { LinkPort, LinkReceiver } from '../link/LinkPort.ts';
import { segmentFrame } from '../link/offload.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import { bringUp, NetStack } from '../NetStack.ts';

interface PendingTimer {
  readonly atNs: number;
  readonly order: number;
  callback: (() => void) | null;
}

/** Virtual time and a queue of deferred work. Time passes only when nothing is left to do. */
export class Simulation implements TimerQueue, DeferredWork {
  #nowNs = 1;
  #order = 0;
  #timers: PendingTimer[] = [];
  #work: (() => void)[] = [];

  now(): number {
    return this.#nowNs;
  }

  schedule(atNs: number, callback: () => void): Timer {
    const timer: PendingTimer = { atNs, order: this.#order++, callback };
    let at = this.#timers.length;
    while (at > 0 && this.#timers[at - 1].atNs > atNs) at--;
    this.#timers.splice(at, 0, timer);
    return {
      cancel: () => {
        timer.callback = null;
      },
    };
  }

  defer(work: () => void): void {
    this.#work.push(work);
  }

  /** Does what can be done now, without letting time pass. */
  settle(limit = 10_000_000): void {
    let done = 0;
    while (this.#work.length > 0) {
      const batch = this.#work;
      this.#work = [];
      for (const work of batch) {
        work();
        if (++done > limit) throw new Error('the simulation does not come to rest');
      }
    }
  }

  /** Lets `durationNs` pass, or less: until `isDone` says so. True when it did. */
  run(durationNs: number, isDone: () => boolean = () => false): boolean {
    const endNs = this.#nowNs + durationNs;
    for (;;) {
      this.settle();
      if (isDone()) return true;
      const timer = this.#timers.at(0);
      if (timer === undefined || timer.atNs > endNs) {
        this.#nowNs = endNs;
        return isDone();
      }
      this.#timers.shift();
      this.#nowNs = Math.max(this.#nowNs, timer.atNs);
      timer.callback?.();
    }
  }
}

/** xorshift32: the same numbers for the same seed. */
export class SeededRandom implements RandomSource {
  #state: number;

  constructor(seed: number) {
    this.#state = seed || 1;
  }

  next32(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.next32() / 0x1_0000_0000;
  }
}

function makeEnvironment(simulation: Simulation, seed: number): NetEnvironment {
  return {
    timers: simulation,
    random: new SeededRandom(seed),
    softirq: simulation,
    wallClockNs: () => 1_700_000_000_000_000_000 + simulation.now(),
  };
}

export interface Harm {
  readonly delayNs?: number;
  /** Extra delay, uniformly distributed: reorders. */
  readonly jitterNs?: number;
  readonly loss?: number;
  readonly duplication?: number;
  /** Probability that one bit of a frame flips. */
  readonly corruption?: number;
  /** Cut large segments and make checksums, as a real wire would. */
  readonly isWire?: boolean;
}

/** A link that delays, loses, repeats and damages frames in the direction from its user outwards. */
export class HarmfulPort implements LinkPort, LinkReceiver {
  readonly #simulation: Simulation;
  readonly #inner: LinkPort;
  readonly #random: SeededRandom;
  harm: Harm;
  #receiver: LinkReceiver | null = null;
  lost = 0;
  /** Frames to lose next, whatever `harm` says. */
  loseNext = 0;

  constructor(simulation: Simulation, inner: LinkPort, harm: Harm, seed: number) {
    this.#simulation = simulation;
    this.#inner = inner;
    this.harm = harm;
    this.#random = new SeededRandom(seed);
  }

  get carrier(): boolean {
    return this.#inner.carrier;
  }

  send(frame: Frame): void {
    const frames = this.harm.isWire === true ? segmentFrame(frame) : [frame];
    for (const one of frames) this.#sendOne(one);
  }

  attach(receiver: LinkReceiver | null): void {
    this.#receiver = receiver;
    this.#inner.attach(receiver === null ? null : this);
  }

  receive(frame: Frame): void {
    this.#receiver?.receive(frame);
  }

  carrierChanged(carrier: boolean): void {
    this.#receiver?.carrierChanged(carrier);
  }

  #sendOne(frame: Frame): void {
    const { loss = 0, duplication = 0, corruption = 0, delayNs = 0, jitterNs = 0 } = this.harm;
    if (this.loseNext > 0 || this.#random.fraction() < loss) {
      if (this.loseNext > 0) this.loseNext--;
      this.lost++;
      return;
    }
    const copies = this.#random.fraction() < duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const sent = this.#random.fraction() < corruption ? this.#damage(frame) : frame;
      const delay = delayNs + Math.floor(this.#random.fraction() * jitterNs);
      if (delay === 0) this.#inner.send(sent);
      else this.#simulation.schedule(this.#simulation.now() + delay, () => this.#inner.send(sent));
    }
  }

  #damage(frame: Frame): Frame {
    const bytes = frame.bytes.slice(frame.start, frame.end);
    bytes[this.#random.next32() % bytes.length] ^= 1 << (this.#random.next32() % 8);
    return new Frame(bytes, 0, bytes.length, frame.gsoSize, frame.lacksChecksum);
  }
}

export function ip(text: string): number {
  const address = parseIpv4(text);
  if (address === undefined) throw new Error(`not an IPv4 address: ${text}`);
  return address;
}

/** Adds `10.0.0.1/24` to a device. */
function addAddress(stack: NetStack, device: NetDevice, text: string): void {
  const [address, length] = text.split('/');
  const local = ip(address);
  const prefixLength = Number(length);
  stack.addresses.add({
    device,
    local,
    peer: local,
    prefixLength,
    broadcast: directedBroadcast(local, prefixLength),
    scope: 0,
    label: device.name,
    flags: IFA_F_PERMANENT,
    metric: 0,
    protocol: 0,
    validLifetime: INFINITE_LIFETIME,
    preferredLifetime: INFINITE_LIFETIME,
    createdNs: 0,
  });
}

let nextMac = 0x0200_0000_0001;

export function makeStack(simulation: Simulation, seed = 1): NetStack {
  const stack = new NetStack(makeEnvironment(simulation, seed));
  bringUp(stack.loopback);
  return stack;
}

/** Gives a stack another Ethernet device, on `port`, with an address, up. */
export function addEthernet(stack: NetStack, name: string, port: LinkPort, address?: string): EthernetDevice {
  const device = new EthernetDevice(name, nextMac++);
  stack.link.addDevice(device);
  device.plug(port);
  bringUp(device);
  if (address !== undefined) addAddress(stack, device, address);
  return device;
}

/** Two stacks, 10.0.0.1 and 10.0.0.2, on one cable. */
export function makePair(
  simulation: Simulation,
  harm?: Harm,
): { a: NetStack; b: NetStack; aDevice: EthernetDevice; bDevice: EthernetDevice; ports: HarmfulPort[] } {
  const cable = new Cable();
  const a = makeStack(simulation, 11);
  const b = makeStack(simulation, 22);
  const ports: HarmfulPort[] = [];
  const wrap = (port: LinkPort, seed: number): LinkPort => {
    if (harm === undefined) return port;
    const wrapped = new HarmfulPort(simulation, port, harm, seed);
    ports.push(wrapped);
    return wrapped;
  };
  const aDevice = addEthernet(a, 'eth0', wrap(cable.a, 33), '10.0.0.1/24');
  const bDevice = addEthernet(b, 'eth0', wrap(cable.b, 44), '10.0.0.2/24');
  return { a, b, aDevice, bDevice, ports };
}

export const MILLISECOND = 1_000_000;
export const SECOND = 1_000_000_000;
