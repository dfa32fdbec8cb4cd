/** Ethernet II frames (RFC 894): destination, source, type. The check sequence is the medium's and never seen here. */

import { readU16, readU48, writeU16, writeU48 } from './bytes.ts';

const DESTINATION = 0;
const SOURCE = 6;
const TYPE = 12;
export const ETHERNET_HEADER_SIZE = 14;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;

/** A MAC address as a 48-bit number. */
export type MacAddress = number;
export const MAC_BROADCAST: MacAddress = 0xffff_ffff_ffff;
export const MAC_NONE: MacAddress = 0;

/** Bit 0 of the first octet: multicast and broadcast. */
export function isGroupMac(address: MacAddress): boolean {
  return (Math.floor(address / 0x100_0000_0000) & 1) === 1;
}

export function readDestinationMac(bytes: Uint8Array, at: number): MacAddress {
  return readU48(bytes, at + DESTINATION);
}

export function readSourceMac(bytes: Uint8Array, at: number): MacAddress {
  return readU48(bytes, at + SOURCE);
}

export function readEtherType(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + TYPE);
}

export function emitEthernet(
  bytes: Uint8Array,
  at: number,
  destination: MacAddress,
  source: MacAddress,
  etherType: number,
): void {
  writeU48(bytes, at + DESTINATION, destination);
  writeU48(bytes, at + SOURCE, source);
  writeU16(bytes, at + TYPE, etherType);
}

export function formatMac(address: MacAddress): string {
  const digits = address.toString(16).padStart(12, '0');
  return digits.replace(/..(?!$)/g, '$&:');
}

/** Undefined when the text is not six octets in hexadecimal. */
export function parseMac(text: string): MacAddress | undefined {
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text)) return undefined;
  let address = 0;
  for (const octet of text.split(':')) address = address * 256 + Number.parseInt(octet, 16);
  return address;
}

/** The group address that carries an IPv4 multicast group (RFC 1112 section 6.4). */
export function multicastMac(group: number): MacAddress {
  return 0x0100_5e00_0000 + (group & 0x7f_ffff);
}
