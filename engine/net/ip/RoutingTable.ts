// Hot code: `lookup` runs for every packet that no socket has a resolved route for.

import { network, type Ipv4Address } from './address.ts';
import { RTN_LOCAL, type FibRoute } from './FibRoute.ts';

/** One routing table: longest prefix first, then the smallest priority, then the order of insertion. */
export class RoutingTable {
  /** By prefix length, then by network; index 32 holds host routes. */
  readonly #prefixes: (Map<Ipv4Address, FibRoute[]> | undefined)[] = new Array<undefined>(33).fill(undefined);
  /** Lengths in use, longest first. */
  #lengths: number[] = [];

  lookup(destination: Ipv4Address, outputIndex: number, tos: number, scope: number): FibRoute | undefined {
    const lengths = this.#lengths;
    for (let at = 0; at < lengths.length; at++) {
      const length = lengths[at];
      const routes = this.#prefixes[length]?.get(network(destination, length));
      if (routes === undefined) continue;
      for (let candidate = 0; candidate < routes.length; candidate++) {
        const route = routes[candidate];
        if (route.tos !== 0 && route.tos !== tos) continue;
        if (route.scope < scope) continue;
        if (isUsable(route, outputIndex)) return route;
      }
    }
    return undefined;
  }

  /** The routes of exactly this prefix. */
  prefix(destination: Ipv4Address, prefixLength: number): readonly FibRoute[] {
    return this.#prefixes[prefixLength]?.get(destination) ?? [];
  }

  insert(route: FibRoute, place: 'first' | 'last'): void {
    let networks = this.#prefixes[route.prefixLength];
    if (networks === undefined) {
      networks = new Map();
      this.#prefixes[route.prefixLength] = networks;
      this.#lengths = [...this.#lengths, route.prefixLength].sort((a, b) => b - a);
    }
    const routes = networks.get(route.destination) ?? [];
    // A higher TOS is more specific, then the smaller priority value wins.
    const comesBefore = (other: FibRoute): boolean => {
      if (other.tos !== route.tos) return other.tos > route.tos;
      if (other.priority !== route.priority) return other.priority < route.priority;
      return place === 'last';
    };
    const at = routes.findIndex((other) => !comesBefore(other));
    routes.splice(at < 0 ? routes.length : at, 0, route);
    networks.set(route.destination, routes);
  }

  replace(old: FibRoute, route: FibRoute): void {
    const routes = this.#prefixes[old.prefixLength]?.get(old.destination);
    if (routes !== undefined) routes[routes.indexOf(old)] = route;
  }

  remove(route: FibRoute): void {
    const networks = this.#prefixes[route.prefixLength];
    const routes = networks?.get(route.destination);
    if (networks === undefined || routes === undefined) return;
    const rest = routes.filter((other) => other !== route);
    if (rest.length > 0) networks.set(route.destination, rest);
    else networks.delete(route.destination);
    if (networks.size > 0) return;
    this.#prefixes[route.prefixLength] = undefined;
    this.#lengths = this.#lengths.filter((length) => length !== route.prefixLength);
  }

  /** All routes, in the order in which `ip route` shows them: by network, shorter prefixes first. */
  list(): FibRoute[] {
    const routes: FibRoute[] = [];
    for (const networks of this.#prefixes) for (const list of networks?.values() ?? []) routes.push(...list);
    return routes.sort((a, b) => a.destination - b.destination || a.prefixLength - b.prefixLength);
  }
}

function isUsable(route: FibRoute, outputIndex: number): boolean {
  const hops = route.nextHops;
  if (hops.length === 0) return true;
  for (let at = 0; at < hops.length; at++) {
    const device = hops[at].device;
    if (device === null) return true;
    // Our addresses stay ours while their device is down.
    const isAlive = device.isUp || route.type === RTN_LOCAL;
    if (isAlive && (outputIndex === 0 || device.index === outputIndex)) return true;
  }
  return false;
}
