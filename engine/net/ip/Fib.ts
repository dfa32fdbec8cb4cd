import { EHOSTUNREACH, EACCES, EEXIST, EINVAL, ENETUNREACH, ENOENT, ESRCH } from '../../abi/errno.ts';
import type { NetDevice } from '../link/NetDevice.ts';
import { isInPrefix, type Ipv4Address } from './address.ts';
import {
  RTN_BLACKHOLE,
  RTN_LOCAL,
  RTN_PROHIBIT,
  RTN_THROW,
  RTN_UNICAST,
  RTN_UNREACHABLE,
  RTPROT_KERNEL,
  RT_TABLE_DEFAULT,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  type FibRoute,
} from './FibRoute.ts';
import { RT_SCOPE_NOWHERE } from './InterfaceAddresses.ts';
import { RoutingTable } from './RoutingTable.ts';

export interface FibRule {
  readonly priority: number;
  readonly action: number;
  readonly table: number;
  readonly source: Ipv4Address;
  readonly sourceLength: number;
  readonly destination: Ipv4Address;
  readonly destinationLength: number;
  readonly inputName: string;
  readonly outputName: string;
  readonly mark: number;
  readonly markMask: number;
  readonly tos: number;
  readonly invert: boolean;
  readonly protocol: number;
}

/** Rule actions (linux/fib_rules.h). */
export const FR_ACT_TO_TBL = 1;
export const FR_ACT_BLACKHOLE = 6;
export const FR_ACT_UNREACHABLE = 7;
export const FR_ACT_PROHIBIT = 8;

export type RouteChange = 'added' | 'replaced' | 'removed';
export type RouteListener = (route: FibRoute, change: RouteChange) => void;
export type RuleListener = (rule: FibRule, change: 'added' | 'removed') => void;

/** How `insert` treats a route that is there already (netlink(7)). */
export interface InsertMode {
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly replace: boolean;
  readonly append: boolean;
}

/** What identifies a route to delete; undefined members match anything. */
export interface RouteSelector {
  readonly table: number;
  readonly destination: Ipv4Address;
  readonly prefixLength: number;
  readonly tos?: number | undefined;
  readonly priority?: number | undefined;
  readonly type?: number | undefined;
  readonly scope?: number | undefined;
  readonly protocol?: number | undefined;
  readonly preferredSource?: Ipv4Address | undefined;
  readonly gateway?: Ipv4Address | undefined;
  readonly device?: NetDevice | undefined;
}

function plainRule(priority: number, table: number): FibRule {
  return {
    priority,
    action: FR_ACT_TO_TBL,
    table,
    source: 0,
    sourceLength: 0,
    destination: 0,
    destinationLength: 0,
    inputName: '',
    outputName: '',
    mark: 0,
    markMask: 0,
    tos: 0,
    invert: false,
    protocol: RTPROT_KERNEL,
  };
}

/** The forwarding information base: routing tables, and the rules that say which is asked for what (ip-rule(8)). */
export class Fib {
  readonly #tables = new Map<number, RoutingTable>();
  readonly #listeners: RouteListener[] = [];
  readonly #ruleListeners: RuleListener[] = [];
  #rules: FibRule[] = [
    plainRule(0, RT_TABLE_LOCAL),
    plainRule(32766, RT_TABLE_MAIN),
    plainRule(32767, RT_TABLE_DEFAULT),
  ];
  /** True while the rules are the three above, so that they need no matching. */
  #rulesArePlain = true;
  /** Changes whenever a resolved route may have become wrong. */
  generation = 1;
  readonly #deviceName: (index: number) => string;

  /** `deviceName` serves rules that name an output device. */
  constructor(deviceName: (index: number) => string) {
    this.#deviceName = deviceName;
  }

  get rules(): readonly FibRule[] {
    return this.#rules;
  }

  /** Tables in the order of their number. */
  get tables(): readonly (readonly [id: number, table: RoutingTable])[] {
    return [...this.#tables].sort(([a], [b]) => a - b);
  }

  table(id: number): RoutingTable | undefined {
    return this.#tables.get(id);
  }

  listen(listener: RouteListener): void {
    this.#listeners.push(listener);
  }

  listenRules(listener: RuleListener): void {
    this.#ruleListeners.push(listener);
  }

  /** Resolved routes must be looked up again. */
  invalidate(): void {
    this.generation++;
  }

  addRule(rule: FibRule): number {
    if (this.#rules.some((other) => JSON.stringify(other) === JSON.stringify(rule))) return -EEXIST;
    const at = this.#rules.findIndex((other) => other.priority > rule.priority);
    this.#rules.splice(at < 0 ? this.#rules.length : at, 0, rule);
    this.#rulesArePlain = false;
    this.generation++;
    for (const listener of this.#ruleListeners) listener(rule, 'added');
    return 0;
  }

  removeRule(matches: (rule: FibRule) => boolean): number {
    const at = this.#rules.findIndex(matches);
    if (at < 0) return -ENOENT;
    const [rule] = this.#rules.splice(at, 1);
    this.#rulesArePlain = false;
    this.generation++;
    for (const listener of this.#ruleListeners) listener(rule, 'removed');
    return 0;
  }

  /** Adds a route under its table. 0, -EEXIST or -ENOENT as `mode` demands. */
  insert(route: FibRoute, mode: InsertMode): number {
    let table = this.#tables.get(route.table);
    if (table === undefined) {
      table = new RoutingTable();
      this.#tables.set(route.table, table);
    }
    const same = table
      .prefix(route.destination, route.prefixLength)
      .filter((other) => other.tos === route.tos && other.priority === route.priority);
    if (same.length > 0) {
      if (mode.exclusive) return -EEXIST;
      if (mode.replace) {
        const old = same[0];
        if (same.slice(1).some((other) => isSameRoute(other, route))) return -EEXIST;
        table.replace(old, route);
        this.generation++;
        this.#tell(route, 'replaced');
        return 0;
      }
      if (same.some((other) => isSameRoute(other, route))) return -EEXIST;
    } else if (!mode.create) {
      return -ENOENT;
    }
    table.insert(route, mode.append ? 'last' : 'first');
    this.generation++;
    this.#tell(route, 'added');
    return 0;
  }

  /** Removes the first route that the selector describes; -ESRCH when there is none. */
  remove(selector: RouteSelector): number {
    const table = this.#tables.get(selector.table);
    const route = table
      ?.prefix(selector.destination, selector.prefixLength)
      .find((candidate) => isSelected(candidate, selector));
    if (table === undefined || route === undefined) return -ESRCH;
    this.#removeRoute(table, route);
    return 0;
  }

  removeWhere(condemned: (route: FibRoute) => boolean): void {
    for (const table of this.#tables.values()) {
      for (const route of table.list()) if (condemned(route)) this.#removeRoute(table, route);
    }
  }

  /**
   * The route for a destination, or a negative error. `outputIndex` limits the answer to one device; `scope` to routes at
   * least that close (RT_SCOPE_LINK asks for what is directly connected).
   */
  lookup(
    destination: Ipv4Address,
    source: Ipv4Address,
    input: NetDevice | null,
    outputIndex: number,
    tos: number,
    mark: number,
    scope = 0,
  ): FibRoute | number {
    for (const rule of this.#rules) {
      if (!this.#rulesArePlain) {
        const outputName = outputIndex === 0 ? '' : this.#deviceName(outputIndex);
        if (ruleMatches(rule, destination, source, input, outputName, tos, mark) === rule.invert) continue;
      }
      if (rule.action === FR_ACT_BLACKHOLE) return -EINVAL;
      if (rule.action === FR_ACT_UNREACHABLE) return -ENETUNREACH;
      if (rule.action === FR_ACT_PROHIBIT) return -EACCES;
      const route = this.#tables.get(rule.table)?.lookup(destination, outputIndex, tos, scope);
      if (route === undefined || route.type === RTN_THROW) continue;
      return errorOfType(route.type) ?? route;
    }
    return -ENETUNREACH;
  }

  /** The type of route that the local table has for an address: how Linux classifies addresses. */
  addressType(address: Ipv4Address): number {
    const route = this.#tables.get(RT_TABLE_LOCAL)?.lookup(address, 0, 0, 0);
    return route === undefined ? RTN_UNICAST : route.type;
  }

  isLocal(address: Ipv4Address): boolean {
    return this.addressType(address) === RTN_LOCAL;
  }

  #removeRoute(table: RoutingTable, route: FibRoute): void {
    table.remove(route);
    this.generation++;
    this.#tell(route, 'removed');
  }

  #tell(route: FibRoute, change: RouteChange): void {
    for (const listener of this.#listeners) listener(route, change);
  }
}

function errorOfType(type: number): number | undefined {
  switch (type) {
    case RTN_BLACKHOLE:
      return -EINVAL;
    case RTN_UNREACHABLE:
      return -EHOSTUNREACH;
    case RTN_PROHIBIT:
      return -EACCES;
    default:
      return undefined;
  }
}

function ruleMatches(
  rule: FibRule,
  destination: Ipv4Address,
  source: Ipv4Address,
  input: NetDevice | null,
  outputName: string,
  tos: number,
  mark: number,
): boolean {
  if (!isInPrefix(destination, rule.destination, rule.destinationLength)) return false;
  if (!isInPrefix(source, rule.source, rule.sourceLength)) return false;
  if (rule.tos !== 0 && rule.tos !== tos) return false;
  if (((mark ^ rule.mark) & rule.markMask) !== 0) return false;
  // Locally made packets come in through "lo", as ip-rule(8) says.
  if (rule.inputName !== '' && rule.inputName !== (input === null ? 'lo' : input.name)) return false;
  return rule.outputName === '' || rule.outputName === outputName;
}

function isSameRoute(a: FibRoute, b: FibRoute): boolean {
  if (a.type !== b.type || a.scope !== b.scope || a.protocol !== b.protocol) return false;
  if (a.preferredSource !== b.preferredSource || a.nextHops.length !== b.nextHops.length) return false;
  return a.nextHops.every((hop, at) => hop.device === b.nextHops[at].device && hop.gateway === b.nextHops[at].gateway);
}

function isSelected(route: FibRoute, selector: RouteSelector): boolean {
  const matches = <T>(wanted: T | undefined, value: T): boolean => wanted === undefined || wanted === value;
  if (!matches(selector.tos, route.tos) || !matches(selector.priority, route.priority)) return false;
  if (!matches(selector.type, route.type) || !matches(selector.protocol, route.protocol)) return false;
  if (selector.scope !== RT_SCOPE_NOWHERE && !matches(selector.scope, route.scope)) return false;
  if (!matches(selector.preferredSource, route.preferredSource)) return false;
  if (selector.gateway === undefined && selector.device === undefined) return true;
  return route.nextHops.some(
    (hop) =>
      matches(selector.gateway, hop.gateway) && (selector.device === undefined || selector.device === hop.device),
  );
}
