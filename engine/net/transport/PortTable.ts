import { EADDRINUSE } from '../../abi/errno.ts';
import type { RandomSource } from '../environment.ts';
import type { Ipv4Address } from '../ip/address.ts';

/** Who holds a local port. */
export interface PortUser {
  localAddress: Ipv4Address;
  localPort: number;
  /** SO_BINDTODEVICE; 0 for any. */
  deviceIndex: number;
  reuseAddress: boolean;
  reusePort: boolean;
  /** SO_REUSEPORT shares only among sockets of one user. */
  readonly uid: number;
  /** A listening socket does not share its port by SO_REUSEADDR. */
  readonly isListening: boolean;
}

/** The local ports of one transport protocol (socket(7), ip(7): SO_REUSEADDR, SO_REUSEPORT). */
export class PortTable {
  readonly #random: RandomSource;
  readonly #range: () => readonly [first: number, last: number];
  readonly #users = new Map<number, PortUser[]>();

  constructor(random: RandomSource, range: () => readonly [number, number]) {
    this.#random = random;
    this.#range = range;
  }

  users(port: number): readonly PortUser[] {
    return this.#users.get(port) ?? [];
  }

  /** Takes `port`, or with 0 a free one from the ephemeral range. 0, or -EADDRINUSE. */
  bind(user: PortUser, port: number): number {
    const chosen = port === 0 ? this.#findFree(user) : port;
    if (chosen === 0 || (port !== 0 && this.#conflicts(user, port))) return -EADDRINUSE;
    user.localPort = chosen;
    this.share(user);
    return 0;
  }

  /** Adds a user to a port without asking: accepted connections live on their listener's port. */
  share(user: PortUser): void {
    const users = this.#users.get(user.localPort);
    if (users === undefined) this.#users.set(user.localPort, [user]);
    else users.push(user);
  }

  release(user: PortUser): void {
    const users = this.#users.get(user.localPort);
    const at = users?.indexOf(user) ?? -1;
    if (users === undefined || at < 0) return;
    // Order does not matter, and a port with a thousand connections must not cost a thousand moves.
    const last = users.pop();
    if (last !== undefined && last !== user) users[at] = last;
    if (users.length === 0) this.#users.delete(user.localPort);
  }

  /** True when someone else keeps `user` from holding `port`. */
  #conflicts(user: PortUser, port: number): boolean {
    for (const other of this.users(port)) {
      if (other === user) continue;
      if (other.deviceIndex !== 0 && user.deviceIndex !== 0 && other.deviceIndex !== user.deviceIndex) continue;
      if (other.localAddress !== 0 && user.localAddress !== 0 && other.localAddress !== user.localAddress) continue;
      if (other.reuseAddress && user.reuseAddress && !other.isListening) continue;
      if (other.reusePort && user.reusePort && other.uid === user.uid) continue;
      return true;
    }
    return false;
  }

  /** From a random place on, so that port numbers tell nothing (RFC 6056); 0 when all are taken. */
  #findFree(user: PortUser): number {
    const [first, last] = this.#range();
    const count = last - first + 1;
    const offset = this.#random.next32() % count;
    for (let step = 0; step < count; step++) {
      const port = first + ((offset + step) % count);
      if (this.users(port).length === 0) return port;
    }
    for (let step = 0; step < count; step++) {
      const port = first + ((offset + step) % count);
      if (!this.#conflicts(user, port)) return port;
    }
    return 0;
  }
}
