import { describe, expect, it } from 'vitest';
import { EAGAIN, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH } from '../abi/errno.ts';
import { KernelIo } from '../mm/Io.ts';
import { Cable } from './link/Cable.ts';
import type { NetStack } from './NetStack.ts';
import { VirtualSwitch } from './switch/VirtualSwitch.ts';
import { addEthernet, ip, makePair, makeStack, MILLISECOND, SECOND, Simulation } from './testing/simulation.testing.ts';
import { listen, makeConnection, pattern, Transfer } from './testing/tcp.testing.ts';
import type { SendTarget } from './transport/DatagramEndpoint.ts';
import { PingEndpoint } from './transport/raw/PingEndpoint.ts';
import { UdpEndpoint } from './transport/udp/UdpEndpoint.ts';
import { emitIcmp, ICMP_ECHO, ICMP_ECHO_REPLY, readEchoSequence, readIcmpType } from './wire/icmp.ts';

export function target(text: string, port = 0): SendTarget {
  return { destination: ip(text), port, source: 0, deviceIndex: 0, ttl: -1, tos: -1 };
}

function sendPing(endpoint: PingEndpoint, to: string, sequence: number, size = 56): number {
  const bytes = new Uint8Array(8 + size);
  emitIcmp(bytes, 0, bytes.length, ICMP_ECHO, 0, sequence);
  return endpoint.sendTo(new KernelIo(bytes), target(to));
}

/** h1 -- switch -- router -- h2 */
function makeRoutedLab(simulation: Simulation): { h1: NetStack; h2: NetStack; router: NetStack } {
  const lan = new VirtualSwitch({ timers: simulation, softirq: simulation });
  const attach = (): Cable['a'] => {
    const cable = new Cable();
    lan.plug(cable.b);
    return cable.a;
  };
  const far = new Cable();
  const h1 = makeStack(simulation, 1);
  const h2 = makeStack(simulation, 2);
  const router = makeStack(simulation, 3);
  addEthernet(h1, 'eth0', attach(), '10.0.1.2/24');
  addEthernet(router, 'eth0', attach(), '10.0.1.1/24');
  addEthernet(router, 'eth1', far.a, '10.0.2.1/24');
  addEthernet(h2, 'eth0', far.b, '10.0.2.2/24');
  router.deviceSettings.setForwarding(1);
  for (const [stack, gateway] of [
    [h1, '10.0.1.1'],
    [h2, '10.0.2.1'],
  ] as const) {
    stack.fib.insert(
      {
        table: 254,
        destination: 0,
        prefixLength: 0,
        tos: 0,
        priority: 0,
        type: 1,
        scope: 0,
        protocol: 3,
        preferredSource: 0,
        nextHops: [{ device: stack.link.deviceByName('eth0') ?? null, gateway: ip(gateway), weight: 1, flags: 0 }],
        metrics: new Map(),
      },
      { create: true, exclusive: true, replace: false, append: false },
    );
  }
  return { h1, h2, router };
}

describe('echo', () => {
  it.each([56, 1472, 1473, 20000, 65507])('answers %i bytes over a cable', (size) => {
    const simulation = new Simulation();
    const { a } = makePair(simulation);
    const ping = new PingEndpoint(a.raw);
    expect(sendPing(ping, '10.0.0.2', 7, size)).toBe(8 + size);
    simulation.run(10 * MILLISECOND);
    const reply = ping.queue.shift();
    expect(reply).toBeDefined();
    if (reply === undefined) return;
    expect(reply.end - reply.start).toBe(8 + size);
    expect(readIcmpType(reply.packet.bytes, reply.start)).toBe(ICMP_ECHO_REPLY);
    expect(readEchoSequence(reply.packet.bytes, reply.start)).toBe(7);
    expect(reply.source).toBe(ip('10.0.0.2'));
  });

  it.each(['127.0.0.1', '10.0.0.1', '127.9.9.9'])('answers %s from here', (address) => {
    const simulation = new Simulation();
    const { a } = makePair(simulation);
    const ping = new PingEndpoint(a.raw);
    sendPing(ping, address, 1);
    simulation.settle();
    expect(ping.queue.length).toBe(1);
    expect(ping.queue.peek()?.source).toBe(ip(address));
  });

  it('says that a host is unreachable after three requests of one second', () => {
    const simulation = new Simulation();
    const { a } = makePair(simulation);
    const ping = new PingEndpoint(a.raw);
    ping.keepsErrors = true;
    sendPing(ping, '10.0.0.99', 1);
    simulation.run(2900 * MILLISECOND);
    expect(ping.errors.length).toBe(0);
    simulation.run(200 * MILLISECOND);
    expect(ping.errors.peek()).toMatchObject({ errno: EHOSTUNREACH, type: 3, code: 1, offender: ip('10.0.0.1') });
  });

  it('says at once that there is no route', () => {
    const simulation = new Simulation();
    const { a } = makePair(simulation);
    expect(sendPing(new PingEndpoint(a.raw), '192.0.2.1', 1)).toBe(-ENETUNREACH);
  });
});

describe('routing', () => {
  it('forwards, and decrements the TTL', () => {
    const simulation = new Simulation();
    const { h1, h2, router } = makeRoutedLab(simulation);
    const ping = new PingEndpoint(h1.raw);
    sendPing(ping, '10.0.2.2', 1);
    simulation.run(10 * MILLISECOND);
    const reply = ping.queue.shift();
    expect(reply?.packet.bytes[reply.packet.network + 8]).toBe(63);
    expect(router.counters.ip.ForwDatagrams).toBe(2);
    expect(h2.counters.icmp.InEchos).toBe(1);
  });

  it('reports an exceeded TTL from the router', () => {
    const simulation = new Simulation();
    const { h1 } = makeRoutedLab(simulation);
    const ping = new PingEndpoint(h1.raw);
    ping.keepsErrors = true;
    ping.send.ttl = 1;
    sendPing(ping, '10.0.2.2', 1);
    simulation.run(10 * MILLISECOND);
    expect(ping.errors.peek()).toMatchObject({ type: 11, code: 0, offender: ip('10.0.1.1') });
  });

  it('finds a smaller MTU on the way, and TCP gets through', () => {
    const simulation = new Simulation();
    const { h1, h2, router } = makeRoutedLab(simulation);
    router.link.deviceByName('eth1')?.setMtu(1000);
    const listener = listen(h2, 80);
    const client = makeConnection(h1);
    client.connect(ip('10.0.2.2'), 80);
    simulation.run(SECOND);
    const server = listener.accept();
    if (server === undefined) throw new Error('not accepted');
    const content = pattern(300_000);
    const transfer = new Transfer(client, server, content);
    simulation.run(5 * SECOND, () => transfer.ended);
    expect(transfer.ended).toBe(true);
    expect(Buffer.compare(transfer.received, content)).toBe(0);
    expect(client.mss).toBe(1000 - 40 - 12);
    expect(h1.pathMtu.of(ip('10.0.2.2'))).toBe(1000);
  });
});

describe('udp', () => {
  it.each([0, 1, 1472, 9000, 65507])('carries %i bytes', (size) => {
    const simulation = new Simulation();
    const { a, b } = makePair(simulation);
    const server = new UdpEndpoint(b.udp, 0);
    expect(server.bind(0, 53)).toBe(0);
    const client = new UdpEndpoint(a.udp, 0);
    const content = pattern(size);
    expect(client.sendTo(new KernelIo(content), target('10.0.0.2', 53))).toBe(size);
    simulation.run(10 * MILLISECOND);
    const datagram = server.queue.shift();
    if (datagram === undefined) throw new Error('nothing arrived');
    expect(datagram.source).toBe(ip('10.0.0.1'));
    expect(datagram.sourcePort).toBe(client.localPort);
    expect(Buffer.compare(datagram.packet.bytes.subarray(datagram.start, datagram.end), content)).toBe(0);
  });

  it('tells a connected sender that the port is closed', () => {
    const simulation = new Simulation();
    const { a } = makePair(simulation);
    const client = new UdpEndpoint(a.udp, 0);
    client.connect(ip('10.0.0.2'), 9);
    client.sendTo(new KernelIo(pattern(4)), target('10.0.0.2', 9));
    simulation.run(10 * MILLISECOND);
    expect(client.takeError()).toBe(ECONNREFUSED);
  });

  it('broadcasts when allowed', () => {
    const simulation = new Simulation();
    const { a, b } = makePair(simulation);
    const server = new UdpEndpoint(b.udp, 0);
    server.bind(0, 67);
    const client = new UdpEndpoint(a.udp, 0);
    expect(client.sendTo(new KernelIo(pattern(4)), target('10.0.0.255', 67))).toBe(-13);
    client.send.broadcast = true;
    for (const address of ['10.0.0.255']) client.sendTo(new KernelIo(pattern(4)), target(address, 67));
    simulation.run(10 * MILLISECOND);
    expect(server.queue.length).toBe(1);
  });

  it('reaches the members of a group', () => {
    const simulation = new Simulation();
    const { a, b, aDevice, bDevice } = makePair(simulation);
    const server = new UdpEndpoint(b.udp, 0);
    server.bind(0, 5353);
    const client = new UdpEndpoint(a.udp, 0);
    client.send.multicastDeviceIndex = aDevice.index;
    client.sendTo(new KernelIo(pattern(4)), target('224.0.0.251', 5353));
    simulation.run(MILLISECOND);
    expect(server.queue.length).toBe(0);
    server.join(ip('224.0.0.251'), bDevice);
    client.sendTo(new KernelIo(pattern(4)), target('224.0.0.251', 5353));
    simulation.run(MILLISECOND);
    expect(server.queue.length).toBe(1);
    server.leave(ip('224.0.0.251'), bDevice);
  });
});

describe('tcp through a cable', () => {
  it('connects, carries both ways, closes', () => {
    const simulation = new Simulation();
    const { a, b } = makePair(simulation);
    const listener = listen(b, 80);
    const client = makeConnection(a);
    expect(client.connect(ip('10.0.0.2'), 80)).toBe(0);
    simulation.run(10 * MILLISECOND);
    const server = listener.accept();
    if (server === undefined) throw new Error('not accepted');
    client.write(new KernelIo(Buffer.from('hello')), 0);
    simulation.settle();
    const buffer = new Uint8Array(16);
    expect(server.read(new KernelIo(buffer), 16, 'take')).toBe(5);
    expect(Buffer.from(buffer.subarray(0, 5)).toString()).toBe('hello');
    expect(server.read(new KernelIo(buffer), 16, 'take')).toBe(-EAGAIN);
    const content = pattern(3_000_000);
    const transfer = new Transfer(server, client, content);
    simulation.run(SECOND, () => transfer.ended);
    expect(transfer.ended).toBe(true);
    expect(Buffer.compare(transfer.received, content)).toBe(0);
    client.close('orderly');
    server.close('orderly');
    simulation.run(130 * SECOND);
    expect([...a.tcp.connections()]).toHaveLength(0);
    expect([...b.tcp.connections()]).toHaveLength(0);
    expect(a.counters.tcp.RetransSegs).toBe(0);
  });

  it('refuses where nobody listens', () => {
    const simulation = new Simulation();
    const { a } = makePair(simulation);
    const client = makeConnection(a);
    client.connect(ip('10.0.0.2'), 81);
    simulation.run(10 * MILLISECOND);
    expect(client.takeError()).toBe(ECONNREFUSED);
  });

  it('carries over loopback', () => {
    const simulation = new Simulation();
    const stack = makeStack(simulation);
    const listener = listen(stack, 80);
    const client = makeConnection(stack);
    client.connect(ip('127.0.0.1'), 80);
    simulation.settle();
    const server = listener.accept();
    if (server === undefined) throw new Error('not accepted');
    const content = pattern(1_000_000);
    const transfer = new Transfer(client, server, content);
    simulation.run(SECOND, () => transfer.ended);
    expect(Buffer.compare(transfer.received, content)).toBe(0);
  });
});
