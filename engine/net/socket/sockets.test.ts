import { describe, expect, it } from 'vitest';
import {
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EAGAIN,
  ECONNREFUSED,
  EINPROGRESS,
  EINVAL,
  EISCONN,
  EMSGSIZE,
  ENOPROTOOPT,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
  EPROTONOSUPPORT,
  ESOCKTNOSUPPORT,
} from '../../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/poll.ts';
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RECVTTL,
  IP_TTL,
  MSG_ERRQUEUE,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_WR,
  SO_ERROR,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_TIMESTAMP,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_IP,
  SOL_SOCKET,
  SOL_TCP,
  TCP_INFO,
  TCP_NODELAY,
} from '../../abi/socket.ts';
import { ip, makePair, MILLISECOND, SECOND, Simulation } from '../testing/simulation.testing.ts';
import { make, makeActor, makeSockets, receive, send } from '../testing/sockets.testing.ts';
import { emitIcmp, ICMP_ECHO } from '../wire/icmp.ts';
import { makeSockaddrIn } from './inet/inetAddress.ts';
import { intValue, readInt } from './optionValue.ts';
import type { Socket } from './Socket.ts';
import type { Sockets } from './Sockets.ts';

const root = makeActor();

function option(socket: Socket, level: number, name: number): number | undefined {
  const value = socket.getOption(level, name, new Uint8Array(4));
  return typeof value === 'number' ? value : readInt(value);
}

function makeWorld(): { simulation: Simulation; a: Sockets; b: Sockets } {
  const simulation = new Simulation();
  const pair = makePair(simulation);
  return { simulation, a: makeSockets(pair.a), b: makeSockets(pair.b) };
}

function makeListener(sockets: Sockets, port: number): Socket {
  const listener = make(sockets, AF_INET, SOCK_STREAM);
  expect(listener.bind(makeSockaddrIn(0, port), root)).toBe(0);
  expect(listener.listen(5)).toBe(0);
  return listener;
}

describe('socket(2)', () => {
  it.each([
    ['IPv6 is not there', AF_INET6, SOCK_STREAM, 0, 0, -EAFNOSUPPORT],
    ['no such family', 99, SOCK_STREAM, 0, 0, -EAFNOSUPPORT],
    ['UDP as a stream', AF_INET, SOCK_STREAM, 17, 0, -EPROTONOSUPPORT],
    ['TCP as datagrams', AF_INET, SOCK_DGRAM, 6, 0, -EPROTONOSUPPORT],
    ['raw without a protocol', AF_INET, SOCK_RAW, 0, 0, -EPROTONOSUPPORT],
    ['sequenced packets over IP', AF_INET, SOCK_SEQPACKET, 0, 0, -ESOCKTNOSUPPORT],
    ['a netlink protocol that is not there', AF_NETLINK, SOCK_RAW, 20, 0, -EPROTONOSUPPORT],
    ['a unix socket of another type', AF_UNIX, 4, 0, 0, -ESOCKTNOSUPPORT],
  ])('%s', (_name, family, type, protocol, uid, error) => {
    expect(makeWorld().a.create(family, type, protocol, makeActor(1, uid))).toBe(error);
  });
});

describe('TCP sockets', () => {
  it('connect without blocking, and say so', () => {
    const { simulation, a, b } = makeWorld();
    const listener = makeListener(b, 80);
    expect(listener.poll()).toBe(0);
    expect(listener.accept()).toBe(-EAGAIN);
    const client = make(a, AF_INET, SOCK_STREAM);
    const target = makeSockaddrIn(ip('10.0.0.2'), 80);
    expect(client.connect(target, root)).toBe(-EINPROGRESS);
    expect(client.poll() & POLLOUT).toBe(0);
    simulation.run(MILLISECOND);
    expect(client.poll() & POLLOUT).toBe(POLLOUT);
    expect(client.connectResult()).toBe(0);
    expect(client.connect(target, root)).toBe(-EISCONN);
    expect(listener.poll() & POLLIN).toBe(POLLIN);
    const server = listener.accept();
    if (typeof server === 'number') throw new Error('not accepted');
    expect(server.getPeerName()).toEqual(client.getName());
    expect(send(client, 'hello')).toBe(5);
    simulation.settle();
    expect(receive(server, 3, MSG_PEEK).text).toBe('hel');
    expect(receive(server).text).toBe('hello');
    expect(receive(server).count).toBe(-EAGAIN);
    client.shutdown(SHUT_WR);
    simulation.settle();
    expect(receive(server).count).toBe(0);
    expect(send(client, 'x')).toBe(-EPIPE);
    const info = server.getOption(SOL_TCP, TCP_INFO, new Uint8Array(0));
    if (typeof info === 'number') throw new Error('no TCP_INFO');
    expect(info[0]).toBe(8);
  });

  it('tell a refusal once, and can try again', () => {
    const { simulation, a, b } = makeWorld();
    const client = make(a, AF_INET, SOCK_STREAM);
    const target = makeSockaddrIn(ip('10.0.0.2'), 80);
    client.connect(target, root);
    simulation.run(MILLISECOND);
    expect(client.poll() & (POLLERR | POLLHUP)).toBe(POLLERR | POLLHUP);
    expect(option(client, SOL_SOCKET, SO_ERROR)).toBe(ECONNREFUSED);
    expect(option(client, SOL_SOCKET, SO_ERROR)).toBe(0);
    makeListener(b, 80);
    expect(client.connect(target, root)).toBe(-EINPROGRESS);
    simulation.run(MILLISECOND);
    expect(client.connectResult()).toBe(0);
  });

  it('share a port only when both sides want', () => {
    const { a } = makeWorld();
    makeListener(a, 80);
    const second = make(a, AF_INET, SOCK_STREAM);
    expect(second.bind(makeSockaddrIn(0, 80), root)).toBe(-EADDRINUSE);
    second.setOption(SOL_SOCKET, SO_REUSEADDR, intValue(1), root);
    expect(second.bind(makeSockaddrIn(0, 80), root)).toBe(-EADDRINUSE);
    expect(second.bind(makeSockaddrIn(ip('192.0.2.1'), 81), root)).toBe(-EADDRNOTAVAIL);
    expect(second.bind(makeSockaddrIn(0, 81), makeActor(1, 1000))).toBe(-EACCES);
    expect(second.bind(makeSockaddrIn(ip('10.0.0.1'), 81), root)).toBe(0);
    expect(second.bind(makeSockaddrIn(0, 82), root)).toBe(-EINVAL);
  });

  it('keep the port of an ended connection until TIME-WAIT is over, but for SO_REUSEADDR', () => {
    const { simulation, a, b } = makeWorld();
    const listener = makeListener(b, 80);
    const client = make(a, AF_INET, SOCK_STREAM);
    client.connect(makeSockaddrIn(ip('10.0.0.2'), 80), root);
    simulation.run(MILLISECOND);
    const server = listener.accept();
    if (typeof server === 'number') throw new Error('not accepted');
    server.close();
    listener.close();
    simulation.settle();
    client.close();
    simulation.run(SECOND);
    const next = make(b, AF_INET, SOCK_STREAM);
    expect(next.bind(makeSockaddrIn(0, 80), root)).toBe(-EADDRINUSE);
    simulation.run(61 * SECOND);
    expect(next.bind(makeSockaddrIn(0, 80), root)).toBe(0);
  });

  it('know their options, and no others', () => {
    const { a } = makeWorld();
    const socket = make(a, AF_INET, SOCK_STREAM);
    expect(option(socket, SOL_SOCKET, SO_TYPE)).toBe(SOCK_STREAM);
    expect(socket.setOption(SOL_TCP, TCP_NODELAY, intValue(1), root)).toBe(0);
    expect(option(socket, SOL_TCP, TCP_NODELAY)).toBe(1);
    socket.setOption(SOL_SOCKET, SO_RCVBUF, intValue(10_000), root);
    expect(option(socket, SOL_SOCKET, SO_RCVBUF)).toBe(20_000);
    expect(socket.setOption(SOL_TCP, 14, intValue(1), root)).toBe(-ENOPROTOOPT);
    expect(socket.setOption(SOL_SOCKET, 999, intValue(1), root)).toBe(-ENOPROTOOPT);
    expect(socket.setOption(41, 26, intValue(1), root)).toBe(-ENOPROTOOPT);
    expect(socket.setOption(SOL_IP, IP_TTL, intValue(256), root)).toBe(-EINVAL);
  });
});

describe('UDP sockets', () => {
  it('report sender, length, TTL and destination', () => {
    const { simulation, a, b } = makeWorld();
    const server = make(b, AF_INET, SOCK_DGRAM);
    server.bind(makeSockaddrIn(0, 53), root);
    for (const name of [IP_PKTINFO, IP_RECVTTL]) server.setOption(SOL_IP, name, intValue(1), root);
    server.setOption(SOL_SOCKET, SO_TIMESTAMP, intValue(1), root);
    const client = make(a, AF_INET, SOCK_DGRAM);
    client.setOption(SOL_IP, IP_TTL, intValue(9), root);
    expect(send(client, 'question', { address: makeSockaddrIn(ip('10.0.0.2'), 53) })).toBe(8);
    simulation.run(MILLISECOND);
    const cut = receive(server, 4, MSG_TRUNC | MSG_PEEK);
    expect(cut.count).toBe(8);
    expect(cut.message.outFlags).toBe(MSG_TRUNC);
    const { text, message } = receive(server);
    expect(text).toBe('question');
    const name = client.getName();
    if (typeof name === 'number') throw new Error('no name');
    expect(message.address?.subarray(2, 4)).toEqual(name.subarray(2, 4));
    const control = new Map(message.control.map(({ level, type, data }) => [`${level}/${type}`, data]));
    expect(control.get('0/2')).toEqual(intValue(9));
    expect([...(control.get('0/8')?.subarray(4) ?? [])]).toEqual([10, 0, 0, 2, 10, 0, 0, 2]);
    expect(control.get('1/29')).toHaveLength(16);
    expect(send(client, new Uint8Array(65508), { address: makeSockaddrIn(ip('10.0.0.2'), 53) })).toBe(-EMSGSIZE);
  });

  it('keep ICMP errors in the queue when asked to', () => {
    const { simulation, a } = makeWorld();
    const client = make(a, AF_INET, SOCK_DGRAM);
    for (const name of [IP_RECVERR, IP_RECVTTL]) client.setOption(SOL_IP, name, intValue(1), root);
    send(client, 'data', { address: makeSockaddrIn(ip('10.0.0.2'), 9) });
    simulation.run(MILLISECOND);
    expect(client.poll() & POLLERR).toBe(POLLERR);
    const { text, message } = receive(client, 100, MSG_ERRQUEUE);
    expect(text).toBe('data');
    expect(message.outFlags & MSG_ERRQUEUE).toBe(MSG_ERRQUEUE);
    const [ttl, { data }] = message.control;
    expect(ttl).toEqual({ level: SOL_IP, type: IP_TTL, data: intValue(64) });
    expect([data[0], data[4], data[5], data[6]]).toEqual([ECONNREFUSED, 2, 3, 3]);
    expect([...data.subarray(20, 24)]).toEqual([10, 0, 0, 2]);
    expect(receive(client, 100, MSG_ERRQUEUE).count).toBe(-EAGAIN);
    expect(client.poll() & POLLERR).toBe(0);
  });
});

describe('raw sockets', () => {
  it('hear ICMP with the IP header', () => {
    const { simulation, a } = makeWorld();
    expect(a.create(AF_INET, SOCK_RAW, 1, makeActor(1, 1000))).toBe(-EPERM);
    const raw = make(a, AF_INET, SOCK_RAW, 1);
    const request = new Uint8Array(16);
    emitIcmp(request, 0, 16, ICMP_ECHO, 0, 1);
    expect(send(raw, request, { address: makeSockaddrIn(ip('10.0.0.2'), 0) })).toBe(16);
    simulation.run(MILLISECOND);
    const { bytes } = receive(raw);
    expect([bytes.length, bytes[0], bytes[9], bytes[20]]).toEqual([36, 0x45, 1, 0]);
  });
});

describe('packet sockets', () => {
  it('see both directions, with the link header', () => {
    const { simulation, a } = makeWorld();
    const tap = make(a, AF_PACKET, SOCK_RAW, 0x0300);
    const client = make(a, AF_INET, SOCK_DGRAM);
    send(client, 'x', { address: makeSockaddrIn(ip('10.0.0.2'), 9) });
    simulation.run(MILLISECOND);
    const kinds: string[] = [];
    for (let item = receive(tap); item.count > 0; item = receive(tap)) {
      kinds.push(`${item.bytes[12].toString(16)}${item.bytes[13]}/${item.message.address?.[10] ?? -1}`);
    }
    // ARP out and in, the datagram out, the port-unreachable in.
    expect(kinds).toEqual(['86/4', '86/0', '80/4', '80/0']);
  });
});

describe('unix sockets', () => {
  function pair(type: number): [Socket, Socket] {
    const made = makeWorld().a.createPair(AF_UNIX, type, 0, root);
    if (typeof made === 'number') throw new Error(`socketpair: ${made}`);
    return made;
  }

  it('join the bytes of a stream', () => {
    const [a, b] = pair(SOCK_STREAM);
    send(a, 'one');
    send(a, 'two');
    expect(receive(b, 4).text).toBe('onet');
    expect(receive(b).text).toBe('wo');
    expect(receive(b).count).toBe(-EAGAIN);
    a.close();
    expect(receive(b).count).toBe(0);
    expect(send(b, 'x')).toBe(-EPIPE);
    expect(b.poll() & POLLHUP).toBe(POLLHUP);
  });

  it.each([SOCK_DGRAM, SOCK_SEQPACKET])('keep the borders of messages (type %i)', (type) => {
    const [a, b] = pair(type);
    send(a, 'one');
    send(a, 'three');
    expect(receive(b).text).toBe('one');
    const cut = receive(b, 2);
    expect(cut.text).toBe('th');
    expect(cut.message.outFlags).toBe(MSG_TRUNC);
    expect(receive(b).count).toBe(-EAGAIN);
  });

  it('stop a writer that is too fast', () => {
    const [a, b] = pair(SOCK_STREAM);
    let written = 0;
    for (let count = 1; count > 0;) {
      count = send(a, new Uint8Array(50_000));
      if (count > 0) written += count;
      else expect(count).toBe(-EAGAIN);
    }
    expect(written).toBeGreaterThan(100_000);
    expect(a.poll() & POLLOUT).toBe(0);
    let read = 0;
    for (let item = receive(b, 30_000); item.count > 0; item = receive(b, 30_000)) read += item.count;
    expect(read).toBe(written);
    expect(a.poll() & POLLOUT).toBe(POLLOUT);
  });

  it('connect by abstract name', () => {
    const { a } = makeWorld();
    const name = Uint8Array.of(1, 0, 0, 0x61, 0x62);
    const listener = make(a, AF_UNIX, SOCK_STREAM);
    const client = make(a, AF_UNIX, SOCK_STREAM);
    expect(client.connect(name, root)).toBe(-ECONNREFUSED);
    expect(listener.bind(name, root)).toBe(0);
    expect(make(a, AF_UNIX, SOCK_STREAM).bind(name, root)).toBe(-EADDRINUSE);
    expect(client.connect(name, root)).toBe(-ECONNREFUSED);
    listener.listen(1);
    expect(client.connect(name, root)).toBe(0);
    expect(listener.poll() & POLLIN).toBe(POLLIN);
    const server = listener.accept();
    if (typeof server === 'number') throw new Error('not accepted');
    expect(client.getPeerName()).toEqual(name);
    send(client, 'hi');
    expect(receive(server).text).toBe('hi');
    expect(client.connect(name, root)).toBe(-EISCONN);
    expect(make(a, AF_UNIX, SOCK_STREAM).accept()).toBe(-EINVAL);
    expect(make(a, AF_UNIX, SOCK_DGRAM).listen(1)).toBe(-EOPNOTSUPP);
    expect(send(make(a, AF_UNIX, SOCK_STREAM), 'x')).toBe(-ENOTCONN);
  });
});
