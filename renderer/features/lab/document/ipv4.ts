/** IPv4 arithmetic on Numbers, as far as proposing and comparing addresses needs it. */
import { isIpv4 } from '../../../../engine/api/lab/rules.ts';

export interface Ipv4Address {
  /** 0 to 2^32 - 1. */
  readonly value: number;
  readonly prefixLength: number;
}

/** Reads `10.0.0.1/24`; undefined for anything else, IPv6 included. */
export function parseIpv4(text: string): Ipv4Address | undefined {
  const [address = '', prefix = ''] = text.split('/');
  if (!isIpv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  return { value: valueOf(address), prefixLength: Number(prefix) };
}

function valueOf(address: string): number {
  return address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => String((value >>> shift) & 255)).join('.');
}

/** The lowest address of the network, the one that stands for the network itself. */
export function networkOf(address: Ipv4Address): number {
  const size = networkSize(address.prefixLength);
  return Math.floor(address.value / size) * size;
}

export function networkSize(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}

export function networksOverlap(one: Ipv4Address, other: Ipv4Address): boolean {
  const prefixLength = Math.min(one.prefixLength, other.prefixLength);
  return networkOf({ ...one, prefixLength }) === networkOf({ ...other, prefixLength });
}
