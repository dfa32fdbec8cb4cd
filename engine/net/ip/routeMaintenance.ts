/** The routes that the kernel keeps itself, as addresses and devices come and go (Linux: net/ipv4/fib_frontend.c). */

import { IFF_LOOPBACK, type NetDevice } from '../link/NetDevice.ts';
import { network } from './address.ts';
import type { Fib, InsertMode } from './Fib.ts';
import {
  RTN_BROADCAST,
  RTN_LOCAL,
  RTN_UNICAST,
  RTPROT_KERNEL,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  type FibRoute,
} from './FibRoute.ts';
import {
  IFA_F_NOPREFIXROUTE,
  IFA_F_SECONDARY,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  type InterfaceAddress,
  type InterfaceAddresses,
} from './InterfaceAddresses.ts';

const ADD: InsertMode = { create: true, exclusive: false, replace: false, append: true };

function kernelRoute(
  address: InterfaceAddress,
  destination: number,
  prefixLength: number,
  type: number,
  metric: number,
): FibRoute {
  return {
    table: type === RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
    destination,
    prefixLength,
    tos: 0,
    priority: metric,
    type,
    scope: type === RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK,
    protocol: RTPROT_KERNEL,
    preferredSource: address.local,
    nextHops: [{ device: address.device, gateway: 0, weight: 1, flags: 0 }],
    metrics: new Map(),
  };
}

/** What an address brings while its device is up. */
function routesOf(address: InterfaceAddress): FibRoute[] {
  const routes = [kernelRoute(address, address.local, 32, RTN_LOCAL, 0)];
  if (!address.device.isUp) return routes;
  const { broadcast, prefixLength } = address;
  const prefix = network(address.peer, prefixLength);
  if (broadcast !== 0 && broadcast !== 0xffff_ffff) routes.push(kernelRoute(address, broadcast, 32, RTN_BROADCAST, 0));
  const isSecondary = (address.flags & IFA_F_SECONDARY) !== 0;
  if (prefix !== 0 && !isSecondary && (prefix !== address.local || prefixLength < 32)) {
    const isLoopback = (address.device.flags & IFF_LOOPBACK) !== 0;
    if ((address.flags & IFA_F_NOPREFIXROUTE) === 0) {
      routes.push(kernelRoute(address, prefix, prefixLength, isLoopback ? RTN_LOCAL : RTN_UNICAST, address.metric));
    }
    if (prefixLength < 31 && broadcast === 0) {
      const last = (prefix | (0xffff_ffff >>> prefixLength)) >>> 0;
      routes.push(kernelRoute(address, last, 32, RTN_BROADCAST, 0));
    }
  }
  return routes;
}

/** Follows the addresses of a stack. */
export function maintainAddressRoutes(fib: Fib, addresses: InterfaceAddresses): void {
  addresses.listen((address, change) => {
    fib.invalidate();
    if (change === 'added') {
      for (const route of routesOf(address)) fib.insert(route, ADD);
      return;
    }
    const kept = new Set<string>();
    for (const other of addresses.of(address.device)) for (const route of routesOf(other)) kept.add(keyOf(route));
    for (const route of routesOf(address)) {
      if (!kept.has(keyOf(route))) fib.remove({ ...route, gateway: 0, device: address.device });
    }
    if (addresses.find(address.local) !== undefined) return;
    fib.removeWhere((route) => route.preferredSource === address.local);
  });
}

/** A device came up: the routes of its addresses come back. */
export function addDeviceRoutes(fib: Fib, addresses: InterfaceAddresses, device: NetDevice): void {
  for (const address of addresses.of(device)) for (const route of routesOf(address)) fib.insert(route, ADD);
}

/** A device went down: its routes go, but its addresses stay ours, and local (RFC 1122 section 3.3.4.2, weak host). */
export function removeDeviceRoutes(fib: Fib, device: NetDevice, what: 'unusable' | 'all'): void {
  fib.removeWhere((route) => {
    if (what === 'unusable' && route.type === RTN_LOCAL && route.prefixLength === 32) return false;
    return (
      route.nextHops.length > 0 && route.nextHops.every((hop) => hop.device === device || hop.device?.isUp === false)
    );
  });
}

function keyOf(route: FibRoute): string {
  return `${route.table}/${route.destination}/${route.prefixLength}/${route.priority}/${route.preferredSource}`;
}
