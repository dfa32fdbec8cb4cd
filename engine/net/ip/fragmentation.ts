import { NETWORK_HEADROOM, Packet } from '../link/Packet.ts';
import {
  IPV4_HEADER_SIZE,
  IPV4_MORE_FRAGMENTS,
  IPV4_OFFSET_MASK,
  copyOptionsForFragment,
  readFragmentWord,
  readHeaderSize,
  rewriteChecksum,
  setFragmentWord,
  setHeaderSize,
  setTotalLength,
} from '../wire/ipv4.ts';

/** Cuts a packet, itself possibly a fragment, into fragments of at most `mtu` bytes (RFC 791 section 3.2). */
export function fragmentPacket(packet: Packet, mtu: number): Packet[] {
  const { bytes, network } = packet;
  const headerSize = readHeaderSize(bytes, network);
  const word = readFragmentWord(bytes, network);
  const fragments: Packet[] = [];
  let from = network + headerSize;
  while (from < packet.end) {
    const isFirst = fragments.length === 0;
    const header = new Uint8Array(60);
    header.set(bytes.subarray(network, network + (isFirst ? headerSize : IPV4_HEADER_SIZE)));
    const ownSize = isFirst ? headerSize : IPV4_HEADER_SIZE + copyOptionsForFragment(bytes, network, header, 0);
    const room = (mtu - ownSize) & ~7;
    const isLast = packet.end - from <= mtu - ownSize;
    const length = isLast ? packet.end - from : room;
    const buffer = new Uint8Array(NETWORK_HEADROOM + ownSize + length);
    buffer.set(header.subarray(0, ownSize), NETWORK_HEADROOM);
    buffer.set(bytes.subarray(from, from + length), NETWORK_HEADROOM + ownSize);
    const offset = (word & IPV4_OFFSET_MASK) + ((from - network - headerSize) >> 3);
    const more = isLast ? word & IPV4_MORE_FRAGMENTS : IPV4_MORE_FRAGMENTS;
    setHeaderSize(buffer, NETWORK_HEADROOM, ownSize);
    setTotalLength(buffer, NETWORK_HEADROOM, ownSize + length);
    setFragmentWord(buffer, NETWORK_HEADROOM, offset | more);
    rewriteChecksum(buffer, NETWORK_HEADROOM, ownSize);
    const fragment = new Packet(buffer, NETWORK_HEADROOM, buffer.length);
    fragment.network = NETWORK_HEADROOM;
    fragment.transport = NETWORK_HEADROOM + ownSize;
    fragment.etherType = packet.etherType;
    fragment.packetType = packet.packetType;
    fragment.mark = packet.mark;
    fragments.push(fragment);
    from += length;
  }
  return fragments;
}
