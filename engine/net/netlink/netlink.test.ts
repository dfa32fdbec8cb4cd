import { describe, expect, it } from 'vitest';
import { EADDRNOTAVAIL, EEXIST, EINVAL, ENETUNREACH, ENODEV, EOPNOTSUPP, EPERM, ESRCH } from '../../abi/errno.ts';
import {
  AF_INET,
  AF_NETLINK,
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_EXT_ACK,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_NETLINK,
} from '../../abi/socket.ts';
import { makeSockaddrIn } from '../socket/inet/inetAddress.ts';
import { intValue } from '../socket/optionValue.ts';
import type { Socket } from '../socket/Socket.ts';
import { ip, makePair, Simulation } from '../testing/simulation.testing.ts';
import { make, makeActor, makeSockets, receive, send } from '../testing/sockets.testing.ts';
import { readU16Host, readU32Host, writeU16Host, writeU32Host } from '../wire/bytes.ts';
import {
  Attributes,
  MessageWriter,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  parseMessages,
  type Request,
} from './message.ts';
import {
  RTM_DELADDR,
  RTM_DELROUTE,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_GETROUTE,
  RTM_GETRULE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWNEIGH,
  RTM_NEWROUTE,
  RTNLGRP_IPV4_ROUTE,
} from './rtnetlink.ts';

const ADD = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
const CHANGE = NLM_F_REQUEST | NLM_F_ACK;
const DUMP = NLM_F_REQUEST | NLM_F_DUMP;

function makeWorld() {
  const simulation = new Simulation();
  const { a, aDevice } = makePair(simulation);
  const sockets = makeSockets(a);
  const socket = make(sockets, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  socket.setOption(SOL_NETLINK, NETLINK_EXT_ACK, intValue(1), makeActor());
  return { simulation, stack: a, device: aDevice, sockets, socket };
}

/** Sends one message; what came back, message by message. */
function ask(
  socket: Socket,
  type: number,
  flags: number,
  headerSize: number,
  fill: (header: Uint8Array) => void = () => {},
  attributes: (writer: MessageWriter) => void = () => {},
  uid = 0,
): Request[] {
  const writer = new MessageWriter(type, flags, 7, 0);
  fill(writer.header(headerSize));
  attributes(writer);
  send(socket, writer.finish(), { actor: makeActor(42, uid) });
  const answers: Request[] = [];
  for (let item = receive(socket); item.count > 0; item = receive(socket))
    answers.push(...parseMessages(item.bytes.slice()));
  return answers;
}

/** The errno and the sentence of an acknowledgement. */
function result([answer]: Request[]): readonly [errno: number, text: string | undefined] {
  expect(answer.type).toBe(NLMSG_ERROR);
  expect(answer.sequence).toBe(7);
  const errno = readU32Host(answer.payload, 0) | 0;
  const quoted = readU32Host(answer.payload, 4);
  const hasText = (answer.flags & 0x200) !== 0;
  const isCapped = (answer.flags & 0x100) !== 0;
  const at = 4 + (((isCapped ? 16 : quoted) + 3) & ~3);
  return [errno, hasText ? new Attributes(answer.payload, at).text(1) : undefined];
}

function newAddress(address: string, prefixLength: number, index: number, flags = ADD) {
  return [
    RTM_NEWADDR,
    flags,
    8,
    (header: Uint8Array): void => {
      header[0] = AF_INET;
      header[1] = prefixLength;
      writeU32Host(header, 4, index);
    },
    (writer: MessageWriter): void => {
      writer.address(2, ip(address)).address(1, ip(address));
    },
  ] as const;
}

interface RouteRequest {
  readonly destination: string;
  readonly prefixLength: number;
  readonly gateway?: string;
  readonly output?: number;
  readonly type?: number;
  readonly scope?: number;
}

function route(type: number, flags: number, request: RouteRequest) {
  return [
    type,
    flags,
    12,
    (header: Uint8Array): void => {
      header[0] = AF_INET;
      header[1] = request.prefixLength;
      header[4] = 254;
      header[5] = 3;
      header[6] = request.scope ?? 0;
      header[7] = request.type ?? 1;
    },
    (writer: MessageWriter): void => {
      writer.address(1, ip(request.destination));
      if (request.gateway !== undefined) writer.address(5, ip(request.gateway));
      if (request.output !== undefined) writer.u32(4, request.output);
    },
  ] as const;
}

describe('links', () => {
  it('are listed with name, state and counters', () => {
    const { socket, device } = makeWorld();
    const answers = ask(socket, RTM_GETLINK, DUMP, 16);
    expect(answers.map(({ type }) => type)).toEqual([RTM_NEWLINK, RTM_NEWLINK, NLMSG_DONE]);
    const attributes = new Attributes(answers[1].payload, 16);
    expect(attributes.text(3)).toBe('eth0');
    expect(attributes.u32(4)).toBe(1500);
    expect(readU32Host(answers[1].payload, 4)).toBe(device.index);
    expect(readU16Host(answers[1].payload, 2)).toBe(1);
    expect(attributes.get(23)?.length).toBe(200);
  });

  it('are found by name', () => {
    const { socket } = makeWorld();
    const [answer] = ask(socket, RTM_GETLINK, NLM_F_REQUEST, 16, undefined, (writer) => writer.text(3, 'lo'));
    expect(readU32Host(answer.payload, 4)).toBe(1);
    expect(result(ask(socket, RTM_GETLINK, NLM_F_REQUEST, 16, undefined, (writer) => writer.text(3, 'no')))[0]).toBe(
      -ENODEV,
    );
  });

  it('go down, taking their routes, and come back up', () => {
    const { socket, device, stack } = makeWorld();
    const set = (flags: number) =>
      ask(socket, RTM_NEWLINK, CHANGE, 16, (header) => {
        writeU32Host(header, 4, device.index);
        writeU32Host(header, 8, flags);
        writeU32Host(header, 12, 1);
      });
    expect(result(set(0))).toEqual([0, undefined]);
    expect(device.isUp).toBe(false);
    expect(stack.router.resolve(ip('10.0.0.2'), 0, 0)).toBe(-ENETUNREACH);
    expect(result(set(1))).toEqual([0, undefined]);
    expect(stack.router.resolve(ip('10.0.0.2'), 0, 0)).toBeTypeOf('object');
  });

  it('refuse what is not there, with a sentence', () => {
    const { socket, device } = makeWorld();
    const answer = ask(
      socket,
      RTM_NEWLINK,
      CHANGE,
      16,
      (header) => writeU32Host(header, 4, device.index),
      (writer) => writer.u32(10, 3),
    );
    expect(result(answer)).toEqual([-EOPNOTSUPP, 'Changing link attribute 10 is not supported']);
    expect(result(ask(socket, 99, CHANGE, 16))[0]).toBe(-EOPNOTSUPP);
  });
});

describe('addresses', () => {
  it('come, are listed, and go', () => {
    const { socket, device, stack } = makeWorld();
    expect(result(ask(socket, ...newAddress('10.5.0.1', 16, device.index)))).toEqual([0, undefined]);
    expect(result(ask(socket, ...newAddress('10.5.0.1', 16, device.index)))).toEqual([
      -EEXIST,
      'ipv4: Address already assigned',
    ]);
    expect(stack.fib.isLocal(ip('10.5.0.1'))).toBe(true);
    const listed = ask(socket, RTM_GETADDR, DUMP, 8).filter(({ type }) => type === RTM_NEWADDR);
    expect(listed.map(({ payload }) => new Attributes(payload, 8).address(2))).toEqual([
      ip('127.0.0.1'),
      ip('10.0.0.1'),
      ip('10.5.0.1'),
    ]);
    const [, , size, fill, attributes] = newAddress('10.5.0.1', 16, device.index);
    expect(result(ask(socket, RTM_DELADDR, CHANGE, size, fill, attributes))[0]).toBe(0);
    expect(result(ask(socket, RTM_DELADDR, CHANGE, size, fill, attributes))[0]).toBe(-EADDRNOTAVAIL);
    expect(stack.fib.isLocal(ip('10.5.0.1'))).toBe(false);
  });

  it('need the right to administer', () => {
    const { socket, device } = makeWorld();
    const [type, flags, size, fill, attributes] = newAddress('10.5.0.1', 16, device.index);
    expect(result(ask(socket, type, flags, size, fill, attributes, 1000))[0]).toBe(-EPERM);
  });

  it('refuse a device that is not there, and nonsense', () => {
    const { socket } = makeWorld();
    expect(result(ask(socket, ...newAddress('10.5.0.1', 16, 99)))).toEqual([-ENODEV, 'ipv4: Device not found']);
    expect(result(ask(socket, ...newAddress('10.5.0.1', 33, 1)))).toEqual([-EINVAL, 'ipv4: Invalid prefix length']);
  });
});

describe('routes', () => {
  it.each<[string, RouteRequest, number, string | undefined]>([
    ['through a gateway', { destination: '5.0.0.0', prefixLength: 8, gateway: '10.0.0.9' }, 0, undefined],
    ['to a device', { destination: '5.0.0.0', prefixLength: 8, output: 2, scope: 253 }, 0, undefined],
    ['to nowhere', { destination: '5.0.0.0', prefixLength: 8, type: 7 }, 0, undefined],
    [
      'through a gateway that is not on a link',
      { destination: '5.0.0.0', prefixLength: 8, gateway: '11.0.0.1' },
      -ENETUNREACH,
      'Nexthop has invalid gateway',
    ],
    [
      'with bits beyond the prefix',
      { destination: '5.0.0.1', prefixLength: 8, output: 2 },
      -EINVAL,
      'Invalid prefix for given prefix length',
    ],
    ['to a device that is not there', { destination: '5.0.0.0', prefixLength: 8, output: 9 }, -ENODEV, undefined],
    ['that is there', { destination: '10.0.0.0', prefixLength: 24, output: 2, scope: 253 }, -EEXIST, undefined],
  ])('%s', (_name, request, errno, text) => {
    const { socket } = makeWorld();
    expect(result(ask(socket, ...route(RTM_NEWROUTE, ADD, request)))).toEqual([errno, text]);
  });

  it('are listed, asked for, deleted and told to who listens', () => {
    const { socket, sockets } = makeWorld();
    const monitor = make(sockets, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    monitor.setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, intValue(RTNLGRP_IPV4_ROUTE), makeActor());
    const request = { destination: '5.0.0.0', prefixLength: 8, gateway: '10.0.0.9' };
    ask(socket, ...route(RTM_NEWROUTE, ADD, request));
    const main = ask(socket, RTM_GETROUTE, DUMP, 12).filter(({ payload }) => payload[4] === 254);
    expect(main.map(({ payload }) => new Attributes(payload, 12).address(1))).toEqual([ip('5.0.0.0'), ip('10.0.0.0')]);
    const [answer] = ask(
      socket,
      RTM_GETROUTE,
      NLM_F_REQUEST,
      12,
      (header) => {
        header[0] = AF_INET;
      },
      (writer) => writer.address(1, ip('5.1.2.3')),
    );
    const attributes = new Attributes(answer.payload, 12);
    expect([attributes.address(5), attributes.address(7), attributes.u32(4)]).toEqual([
      ip('10.0.0.9'),
      ip('10.0.0.1'),
      2,
    ]);
    expect(result(ask(socket, ...route(RTM_DELROUTE, CHANGE, request)))[0]).toBe(0);
    expect(result(ask(socket, ...route(RTM_DELROUTE, CHANGE, request)))[0]).toBe(-ESRCH);
    const told = [receive(monitor), receive(monitor)].map(({ bytes }) => parseMessages(bytes)[0].type);
    expect(told).toEqual([RTM_NEWROUTE, RTM_DELROUTE]);
  });

  it('have the three rules of Linux', () => {
    const { socket } = makeWorld();
    const rules = ask(socket, RTM_GETRULE, DUMP, 12).slice(0, -1);
    expect(rules.map(({ payload }) => new Attributes(payload, 12).u32(6) ?? 0)).toEqual([0, 32766, 32767]);
  });
});

describe('neighbours', () => {
  it('can be set', () => {
    const { socket, stack, device } = makeWorld();
    const answer = ask(
      socket,
      RTM_NEWNEIGH,
      ADD,
      12,
      (header) => {
        header[0] = AF_INET;
        writeU32Host(header, 4, device.index);
        writeU16Host(header, 8, 0x80);
      },
      (writer) => writer.address(1, ip('10.0.0.50')).mac(2, 0x0102_0304_0506),
    );
    expect(result(answer)[0]).toBe(0);
    expect(stack.neighbours.find(device, ip('10.0.0.50'))).toMatchObject({ state: 0x80, mac: 0x0102_0304_0506 });
  });
});

describe('diagnosis', () => {
  it('lists a listener', () => {
    const { sockets } = makeWorld();
    const listener = make(sockets, AF_INET, SOCK_STREAM);
    listener.bind(makeSockaddrIn(0, 80), makeActor());
    listener.listen(5);
    const diag = make(sockets, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    const answers = ask(diag, 20, DUMP, 56, (header) => {
      header[0] = AF_INET;
      header[1] = 6;
      writeU32Host(header, 4, 0xfff);
    });
    expect(answers.map(({ type }) => type)).toEqual([20, NLMSG_DONE]);
    const { payload } = answers[0];
    expect([payload[1], payload[4] * 256 + payload[5], readU32Host(payload, 60), readU32Host(payload, 68)]).toEqual([
      10,
      80,
      5,
      listener.ino,
    ]);
  });
});
