/** IPv4 addresses as unsigned 32-bit numbers in host order. */
export type Ipv4Address = number;

export const IPV4_BROADCAST: Ipv4Address = 0xffff_ffff;
export const IPV4_LOOPBACK: Ipv4Address = 0x7f00_0001;
export const IPV4_ALL_HOSTS: Ipv4Address = 0xe000_0001;

/** 0 for /0, 0xffff0000 for /16. */
export function prefixMask(prefixLength: number): number {
  return prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0;
}

/** The prefix length of a contiguous mask, or -1. */
export function maskPrefixLength(mask: number): number {
  const length = Math.clz32(~mask);
  return prefixMask(length) === mask >>> 0 ? length : -1;
}

export function network(address: Ipv4Address, prefixLength: number): Ipv4Address {
  return (address & prefixMask(prefixLength)) >>> 0;
}

export function isInPrefix(address: Ipv4Address, prefix: Ipv4Address, prefixLength: number): boolean {
  return ((address ^ prefix) & prefixMask(prefixLength)) === 0;
}

export function isMulticast(address: Ipv4Address): boolean {
  return address >>> 28 === 0xe;
}

/** 224.0.0.0/24, which no router forwards. */
export function isLocalMulticast(address: Ipv4Address): boolean {
  return address >>> 8 === 0xe0_0000;
}

export function isLoopback(address: Ipv4Address): boolean {
  return address >>> 24 === 127;
}

/** 0.0.0.0/8: "this network", never a destination (RFC 1122 section 3.2.1.3). */
export function isZeroNetwork(address: Ipv4Address): boolean {
  return address >>> 24 === 0;
}

export function formatIpv4(address: Ipv4Address): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
}

/** Dotted decimal with four parts; undefined for anything else. */
export function parseIpv4(text: string): Ipv4Address | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let address = 0;
  for (const part of match.slice(1)) {
    const octet = Number(part);
    if (octet > 255) return undefined;
    address = address * 256 + octet;
  }
  return address;
}
