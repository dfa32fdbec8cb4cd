// Hot code: `learn` and `lookup` run once a frame.

import type { MacAddress } from '../wire/ethernet.ts';

class Entry<Port> {
  port: Port;
  seenNs: number;

  constructor(port: Port, seenNs: number) {
    this.port = port;
    this.seenNs = seenNs;
  }
}

const MAXIMUM_ENTRIES = 8192;

/** Which station was last seen at which port. Entries that were not confirmed for the ageing time are void. */
export class ForwardingTable<Port> {
  readonly #ageingNs: number;
  readonly #entries = new Map<MacAddress, Entry<Port>>();

  constructor(ageingNs: number) {
    this.#ageingNs = ageingNs;
  }

  learn(station: MacAddress, port: Port, nowNs: number): void {
    const entry = this.#entries.get(station);
    if (entry !== undefined) {
      entry.port = port;
      entry.seenNs = nowNs;
      return;
    }
    if (this.#entries.size >= MAXIMUM_ENTRIES) this.#makeRoom(nowNs);
    this.#entries.set(station, new Entry(port, nowNs));
  }

  lookup(station: MacAddress, nowNs: number): Port | undefined {
    const entry = this.#entries.get(station);
    if (entry === undefined) return undefined;
    if (nowNs - entry.seenNs <= this.#ageingNs) return entry.port;
    this.#entries.delete(station);
    return undefined;
  }

  removePort(port: Port): void {
    for (const [station, entry] of this.#entries) if (entry.port === port) this.#entries.delete(station);
  }

  /** Live entries, for a person to look at. */
  *list(nowNs: number): Iterable<{ station: MacAddress; port: Port; ageNs: number }> {
    for (const [station, entry] of this.#entries) {
      const ageNs = nowNs - entry.seenNs;
      if (ageNs <= this.#ageingNs) yield { station, port: entry.port, ageNs };
    }
  }

  /** Drops the aged entries, and when there are none, the one learned first: a flood of forged addresses costs no memory. */
  #makeRoom(nowNs: number): void {
    for (const [station, entry] of this.#entries) {
      if (nowNs - entry.seenNs > this.#ageingNs) this.#entries.delete(station);
    }
    if (this.#entries.size < MAXIMUM_ENTRIES) return;
    for (const station of this.#entries.keys()) {
      this.#entries.delete(station);
      return;
    }
  }
}
