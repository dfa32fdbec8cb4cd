/** Routing packets of others (RFC 1812 section 5.2). */

import type { Packet } from '../link/Packet.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_FRAG_NEEDED,
  ICMP_REDIRECT,
  ICMP_REDIRECT_HOST,
  ICMP_TIME_EXCEEDED,
  ICMP_TTL_EXCEEDED,
} from '../wire/icmp.ts';
import { IPV4_DONT_FRAGMENT, decrementTtl, readFragmentWord, readSource, readTtl } from '../wire/ipv4.ts';
import type { Counters } from './counters.ts';
import type { InterfaceAddresses } from './InterfaceAddresses.ts';
import type { Ipv4 } from './Ipv4.ts';
import type { ErrorSender } from './protocol.ts';
import type { Route } from './Router.ts';
import type { DeviceSettingsTable } from './settings.ts';

export function forwardPacket(
  ipv4: Ipv4,
  errors: ErrorSender,
  addresses: InterfaceAddresses,
  settings: DeviceSettingsTable,
  counters: Counters,
  packet: Packet,
  route: Route,
): void {
  const { bytes, network, device } = packet;
  if (readTtl(bytes, network) <= 1) {
    counters.ip.InHdrErrors++;
    errors.sendError(packet, ICMP_TIME_EXCEEDED, ICMP_TTL_EXCEEDED, 0);
    return;
  }
  const size = packet.gsoSize === 0 ? packet.end - network : ipv4.segmentSize(packet);
  if (size > route.mtu && (readFragmentWord(bytes, network) & IPV4_DONT_FRAGMENT) !== 0) {
    counters.ip.FragFails++;
    errors.sendError(packet, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, route.mtu);
    return;
  }
  if (device === route.device && device.isUp && settings.of(device.index).send_redirects !== 0) {
    const nextHop = route.gateway || route.destination;
    // The sender could have gone to the next hop itself when both are its neighbours (RFC 1812 section 5.2.7.2).
    if (addresses.isOnLink(device, nextHop) && addresses.isOnLink(device, readSource(bytes, network))) {
      errors.sendError(packet, ICMP_REDIRECT, ICMP_REDIRECT_HOST, nextHop);
    }
  }
  // The frame's bytes may be shared with other receivers, and its sender may still retransmit from them.
  const copy = packet.copyFromNetwork();
  decrementTtl(copy.bytes, copy.network);
  counters.ip.ForwDatagrams++;
  ipv4.transmit(copy, route);
}
