/** ARP for IPv4 over Ethernet (RFC 826). */

import { readU16, readU32, readU48, writeU16, writeU32, writeU48 } from './bytes.ts';
import { ETHERTYPE_IPV4, type MacAddress } from './ethernet.ts';

const HARDWARE_TYPE = 0;
const PROTOCOL_TYPE = 2;
const HARDWARE_SIZE = 4;
const PROTOCOL_SIZE = 5;
const OPERATION = 6;
const SENDER_MAC = 8;
const SENDER_ADDRESS = 14;
const TARGET_MAC = 18;
const TARGET_ADDRESS = 24;
export const ARP_SIZE = 28;

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
const HARDWARE_ETHERNET = 1;

export interface ArpMessage {
  operation: number;
  senderMac: MacAddress;
  senderAddress: number;
  targetMac: MacAddress;
  targetAddress: number;
}

/** Undefined when this is not ARP for IPv4 over Ethernet, or too short. */
export function parseArp(bytes: Uint8Array, at: number, end: number): ArpMessage | undefined {
  if (end - at < ARP_SIZE) return undefined;
  if (readU16(bytes, at + HARDWARE_TYPE) !== HARDWARE_ETHERNET || bytes[at + HARDWARE_SIZE] !== 6) return undefined;
  if (readU16(bytes, at + PROTOCOL_TYPE) !== ETHERTYPE_IPV4 || bytes[at + PROTOCOL_SIZE] !== 4) return undefined;
  return {
    operation: readU16(bytes, at + OPERATION),
    senderMac: readU48(bytes, at + SENDER_MAC),
    senderAddress: readU32(bytes, at + SENDER_ADDRESS),
    targetMac: readU48(bytes, at + TARGET_MAC),
    targetAddress: readU32(bytes, at + TARGET_ADDRESS),
  };
}

export function emitArp(bytes: Uint8Array, at: number, message: ArpMessage): void {
  writeU16(bytes, at + HARDWARE_TYPE, HARDWARE_ETHERNET);
  writeU16(bytes, at + PROTOCOL_TYPE, ETHERTYPE_IPV4);
  bytes[at + HARDWARE_SIZE] = 6;
  bytes[at + PROTOCOL_SIZE] = 4;
  writeU16(bytes, at + OPERATION, message.operation);
  writeU48(bytes, at + SENDER_MAC, message.senderMac);
  writeU32(bytes, at + SENDER_ADDRESS, message.senderAddress);
  writeU48(bytes, at + TARGET_MAC, message.targetMac);
  writeU32(bytes, at + TARGET_ADDRESS, message.targetAddress);
}
