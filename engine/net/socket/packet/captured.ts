/** Structures of packet(7) (linux/if_packet.h). */

import { AF_PACKET } from '../../../abi/socket.ts';
import { writeU16, writeU16Host, writeU32Host, writeU48 } from '../../wire/bytes.ts';
import { TP_STATUS_USER } from './PacketRing.ts';

const SOCKADDR_LL_SIZE = 20;

/** A packet in the queue, as it was when the tap saw it: layers move a Packet's offsets afterwards. */
export interface Captured {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Bytes that the filter let through. */
  readonly length: number;
  readonly networkOffset: number;
  readonly timestampNs: number;
  readonly address: Uint8Array;
  readonly status: number;
}

/** `struct sockaddr_ll`. */
export function linkAddress(
  protocol: number,
  index: number,
  hardwareType: number,
  packetType: number,
  mac: number,
): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_LL_SIZE);
  writeU16Host(bytes, 0, AF_PACKET);
  writeU16(bytes, 2, protocol);
  writeU32Host(bytes, 4, index);
  writeU16Host(bytes, 8, hardwareType);
  bytes[10] = packetType;
  bytes[11] = 6;
  writeU48(bytes, 12, mac);
  return bytes;
}

/** `struct tpacket_auxdata`. */
export function auxiliaryData(item: Captured): Uint8Array {
  const data = new Uint8Array(20);
  writeU32Host(data, 0, TP_STATUS_USER | item.status);
  writeU32Host(data, 4, item.end - item.start);
  writeU32Host(data, 8, item.length);
  writeU16Host(data, 14, item.networkOffset);
  return data;
}
