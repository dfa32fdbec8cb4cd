import type { Ipv4Address } from '../ip/address.ts';

/** Whoever uses an endpoint (a socket) hears of changes: poll(2) bits that may now hold. */
export interface EndpointObserver {
  readinessChanged(events: number): void;
}

export const SILENT_OBSERVER: EndpointObserver = { readinessChanged: () => {} };

/** How an endpoint's packets are sent (ip(7)); its socket changes these, the endpoint reads them. */
export interface SendSettings {
  tos: number;
  /** 0: the stack's default. */
  ttl: number;
  multicastTtl: number;
  multicastLoop: boolean;
  /** IP_PMTUDISC_*. */
  pathMtuDiscovery: number;
  mark: number;
  /** SO_BINDTODEVICE; 0 for none. */
  deviceIndex: number;
  broadcast: boolean;
  /** SO_DONTROUTE: only what is on a link of ours. */
  dontRoute: boolean;
  /** IP_MULTICAST_IF. */
  multicastDeviceIndex: number;
  multicastSource: Ipv4Address;
  /** IP_OPTIONS, padded to 32 bits. */
  options: Uint8Array;
}

/** Values of IP_MTU_DISCOVER (ip(7)). */
export const IP_PMTUDISC_DONT = 0;
export const IP_PMTUDISC_WANT = 1;
export const IP_PMTUDISC_DO = 2;
export const IP_PMTUDISC_PROBE = 3;

export function makeSendSettings(): SendSettings {
  return {
    tos: 0,
    ttl: 0,
    multicastTtl: 1,
    multicastLoop: true,
    pathMtuDiscovery: IP_PMTUDISC_WANT,
    mark: 0,
    deviceIndex: 0,
    broadcast: false,
    dontRoute: false,
    multicastDeviceIndex: 0,
    multicastSource: 0,
    options: new Uint8Array(0),
  };
}
