import { expect, it } from 'vitest';
import {
  AF_INET,
  AF_NETLINK,
  AF_PACKET,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  SOCK_DGRAM,
  SOCK_RAW,
} from '../abi/socket.ts';
import { Frame } from './link/Frame.ts';
import { ObservedPort } from './link/ObservedPort.ts';
import { Cable } from './link/Cable.ts';
import { makeSockaddrIn } from './socket/inet/inetAddress.ts';
import {
  addEthernet,
  ip,
  makeStack,
  MILLISECOND,
  SeededRandom,
  SECOND,
  Simulation,
} from './testing/simulation.testing.ts';
import { make, makeSockets, receive, send } from './testing/sockets.testing.ts';
import { listen, makeConnection, pattern, Transfer } from './testing/tcp.testing.ts';
import { ETHERNET_HEADER_SIZE } from './wire/ethernet.ts';
import { readHeaderSize, rewriteChecksum } from './wire/ipv4.ts';

/** Changes some bytes, and makes the IPv4 checksum right again most of the time, so that deeper layers get to see them. */
function mutate(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const size = random.next32() % 8 === 0 ? random.next32() % (frame.length + 1) : frame.length;
  const bytes = frame.slice(0, size);
  for (let count = 1 + (random.next32() % 4); count > 0 && size > 0; count--) {
    const at = random.next32() % Math.min(size, 80);
    // The station's address stays: others would not listen.
    if (at >= 6) bytes[at] = random.next32();
  }
  const headerEnd =
    ETHERNET_HEADER_SIZE + (size > ETHERNET_HEADER_SIZE ? readHeaderSize(bytes, ETHERNET_HEADER_SIZE) : 0);
  if (headerEnd >= 34 && headerEnd <= size && random.next32() % 8 !== 0) {
    rewriteChecksum(bytes, ETHERNET_HEADER_SIZE, headerEnd - ETHERNET_HEADER_SIZE);
  }
  return bytes;
}

it('survives 40,000 damaged frames of real conversations, and still works', { timeout: 60_000 }, () => {
  const simulation = new Simulation();
  const cable = new Cable();
  const seen: Uint8Array[] = [];
  const a = makeStack(simulation, 1);
  const b = makeStack(simulation, 2);
  addEthernet(a, 'eth0', cable.a, '10.0.0.1/24');
  const port = new ObservedPort(cable.b, (frame, direction) => {
    if (direction === 'received') seen.push(frame.bytes.slice(frame.start, Math.min(frame.end, frame.start + 3000)));
  });
  const device = addEthernet(b, 'eth0', port, '10.0.0.2/24');
  b.deviceSettings.setForwarding(1);
  make(makeSockets(b), AF_PACKET, SOCK_RAW, 0x0300);
  make(makeSockets(b), AF_INET, SOCK_RAW, 1);
  const listener = listen(b, 80);
  const converse = (size: number): void => {
    const client = makeConnection(a);
    client.connect(ip('10.0.0.2'), 80);
    simulation.run(SECOND);
    let server = listener.accept();
    // Forged connections may have come in between.
    while (server !== undefined && server.remotePort !== client.localPort) {
      server.close('abortive');
      server = listener.accept();
    }
    if (server === undefined) throw new Error('not accepted');
    const transfer = new Transfer(client, server, pattern(size));
    expect(simulation.run(600 * SECOND, () => transfer.ended)).toBe(true);
    expect(Buffer.compare(transfer.received, pattern(size))).toBe(0);
  };
  converse(300_000);
  const udp = make(makeSockets(a), AF_INET, SOCK_DGRAM);
  for (const size of [0, 10, 5000]) send(udp, pattern(size), { address: makeSockaddrIn(ip('10.0.0.2'), 9) });
  simulation.run(SECOND);
  const corpus = seen.slice(0, 200);
  expect(corpus.length).toBeGreaterThan(10);
  const random = new SeededRandom(7);
  for (let round = 0; round < 40_000; round++) {
    const bytes = mutate(corpus[random.next32() % corpus.length], random);
    const lacksChecksum = random.next32() % 2 === 0;
    b.link.receive(device, new Frame(bytes, 0, bytes.length, random.next32() % 4 === 0 ? 1448 : 0, lacksChecksum));
    if (round % 32 === 0) simulation.run(MILLISECOND);
  }
  simulation.run(400 * SECOND);
  expect(b.reassembler.memory).toBe(0);
  converse(100_000);
});

it('survives 10,000 damaged netlink requests', () => {
  const simulation = new Simulation();
  const stack = makeStack(simulation);
  const sockets = makeSockets(stack);
  const random = new SeededRandom(3);
  const route = make(sockets, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  const diag = make(sockets, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
  let answers = 0;
  for (let round = 0; round < 10_000; round++) {
    const bytes = new Uint8Array(16 + (random.next32() % 80));
    for (let at = 16; at < bytes.length; at++)
      bytes[at] = random.next32() % 4 === 0 ? random.next32() : random.next32() % 20;
    const type = round % 5 === 0 ? 20 : 16 + (random.next32() % 20);
    const flags = [0x5, 0x301, 0x605, 0x105, 0xc05][random.next32() % 5];
    bytes.set([bytes.length, 0, 0, 0, type, 0, flags & 255, flags >> 8], 0);
    const socket = round % 5 === 0 ? diag : route;
    send(socket, bytes);
    for (let item = receive(socket); item.count > 0; item = receive(socket)) answers++;
  }
  expect(answers).toBeGreaterThan(2000);
});
