import { describe, expect, it } from 'vitest';
import { EBUSY, EINVAL } from '../../../abi/errno.ts';
import { POLLIN } from '../../../abi/poll.ts';
import {
  AF_INET,
  AF_PACKET,
  PACKET_HDRLEN,
  PACKET_RX_RING,
  PACKET_STATISTICS,
  PACKET_VERSION,
  SO_ATTACH_FILTER,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
} from '../../../abi/socket.ts';
import { ip, makePair, MILLISECOND, Simulation } from '../../testing/simulation.testing.ts';
import { make, makeActor, makeSockets, receive, send, TestMemory } from '../../testing/sockets.testing.ts';
import { readU16Host, readU32Host, writeU16Host, writeU32Host } from '../../wire/bytes.ts';
import { makeSockaddrIn } from '../inet/inetAddress.ts';
import { intValue } from '../optionValue.ts';
import { BpfProgram, type BpfInput } from './classicBpf.ts';
import { PacketSocket } from './PacketSocket.ts';

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, k: number];

function assemble(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * program.length);
  program.forEach(([code, jumpTrue, jumpFalse, k], at) => {
    writeU16Host(bytes, 8 * at, code);
    bytes[8 * at + 2] = jumpTrue;
    bytes[8 * at + 3] = jumpFalse;
    writeU32Host(bytes, 8 * at + 4, k >>> 0);
  });
  return bytes;
}

/** `tcpdump -dd icmp` on Ethernet. */
const ICMP_ONLY: readonly Instruction[] = [
  [0x28, 0, 0, 12],
  [0x15, 0, 3, 0x0800],
  [0x30, 0, 0, 23],
  [0x15, 0, 1, 1],
  [0x06, 0, 0, 262144],
  [0x06, 0, 0, 0],
];

function input(bytes: Uint8Array, more: Partial<BpfInput> = {}): BpfInput {
  return {
    bytes,
    start: 0,
    end: bytes.length,
    link: 0,
    network: 14,
    etherType: 0x0800,
    packetType: 4,
    deviceIndex: 2,
    hardwareType: 1,
    mark: 0,
    ...more,
  };
}

function run(program: readonly Instruction[], bytes: Uint8Array): number {
  const parsed = BpfProgram.parse(assemble(program));
  if (typeof parsed === 'number') throw new Error('refused');
  return parsed.run(input(bytes));
}

describe('classic BPF', () => {
  const icmp = new Uint8Array(60);
  icmp.set([8, 0], 12);
  icmp[23] = 1;

  it('lets through what tcpdump asks for', () => {
    expect(run(ICMP_ONLY, icmp)).toBe(262144);
    const udp = icmp.slice();
    udp[23] = 17;
    expect(run(ICMP_ONLY, udp)).toBe(0);
  });

  it.each<[string, readonly Instruction[], number]>([
    [
      'a load outside of the packet',
      [
        [0x20, 0, 0, 58],
        [0x06, 0, 0, 9],
      ],
      0,
    ],
    [
      'the length',
      [
        [0x80, 0, 0, 0],
        [0x16, 0, 0, 0],
      ],
      60,
    ],
    [
      'a header length',
      [
        [0xb1, 0, 0, 23],
        [0x87, 0, 0, 0],
        [0x16, 0, 0, 0],
      ],
      4,
    ],
    [
      'an index',
      [
        [0x01, 0, 0, 12],
        [0x50, 0, 0, 0],
        [0x16, 0, 0, 0],
      ],
      8,
    ],
    [
      'scratch memory',
      [
        [0x00, 0, 0, 7],
        [0x02, 0, 0, 15],
        [0x00, 0, 0, 0],
        [0x60, 0, 0, 15],
        [0x16, 0, 0, 0],
      ],
      7,
    ],
    [
      'a division by zero',
      [
        [0x00, 0, 0, 7],
        [0x3c, 0, 0, 0],
        [0x06, 0, 0, 1],
      ],
      0,
    ],
    [
      'arithmetic modulo 2^32',
      [
        [0x00, 0, 0, -1],
        [0x04, 0, 0, 3],
        [0x16, 0, 0, 0],
      ],
      2,
    ],
    [
      'the packet type',
      [
        [0x30, 0, 0, 0xffff_f004],
        [0x16, 0, 0, 0],
      ],
      4,
    ],
    [
      'a jump over',
      [
        [0x05, 0, 0, 1],
        [0x06, 0, 0, 1],
        [0x06, 0, 0, 2],
      ],
      2,
    ],
    [
      'comparison',
      [
        [0x00, 0, 0, -1],
        [0x25, 0, 1, 5],
        [0x06, 0, 0, 1],
        [0x06, 0, 0, 2],
      ],
      1,
    ],
  ])('computes with %s', (_name, program, result) => {
    expect(run(program, icmp)).toBe(result);
  });

  it.each<[string, readonly Instruction[]]>([
    ['no end', [[0x00, 0, 0, 1]]],
    [
      'a jump past the end',
      [
        [0x05, 0, 0, 1],
        [0x06, 0, 0, 0],
      ],
    ],
    [
      'a conditional jump past the end',
      [
        [0x15, 1, 0, 1],
        [0x06, 0, 0, 0],
      ],
    ],
    [
      'scratch memory that is not there',
      [
        [0x02, 0, 0, 16],
        [0x06, 0, 0, 0],
      ],
    ],
    [
      'a constant division by zero',
      [
        [0x34, 0, 0, 0],
        [0x06, 0, 0, 0],
      ],
    ],
    ['nothing', []],
  ])('refuses a program with %s', (_name, program) => {
    expect(BpfProgram.parse(assemble(program))).toBe(-EINVAL);
  });
});

describe('a packet ring', () => {
  function makeRing(): { simulation: Simulation; memory: TestMemory; socket: PacketSocket; ping: () => void } {
    const simulation = new Simulation();
    const memory = new TestMemory();
    const sockets = makeSockets(makePair(simulation).a, memory);
    const socket = make(sockets, AF_PACKET, SOCK_RAW, 0x0300);
    if (!(socket instanceof PacketSocket)) throw new Error('no packet socket');
    const udp = make(sockets, AF_INET, SOCK_DGRAM);
    const ping = (): void => {
      send(udp, 'payload', { address: makeSockaddrIn(ip('127.0.0.1'), 9) });
      simulation.run(MILLISECOND);
    };
    return { simulation, memory, socket, ping };
  }

  function request(blockSize: number, blocks: number, frameSize: number, frames: number): Uint8Array {
    const bytes = new Uint8Array(16);
    [blockSize, blocks, frameSize, frames].forEach((value, at) => writeU32Host(bytes, 4 * at, value));
    return bytes;
  }

  it('hands packets over as TPACKET_V2 says', () => {
    const { memory, socket, ping } = makeRing();
    const actor = makeActor();
    expect(socket.getOption(SOL_PACKET, PACKET_HDRLEN, intValue(2))).toBe(-EINVAL);
    expect(socket.getOption(SOL_PACKET, PACKET_HDRLEN, intValue(1))).toEqual(intValue(32));
    expect(socket.setOption(SOL_PACKET, PACKET_RX_RING, request(4096, 2, 2048, 4), actor)).toBe(-EINVAL);
    expect(socket.setOption(SOL_PACKET, PACKET_VERSION, intValue(1), actor)).toBe(0);
    expect(socket.setOption(SOL_PACKET, PACKET_RX_RING, request(4096, 2, 2048, 5), actor)).toBe(-EINVAL);
    expect(socket.setOption(SOL_PACKET, PACKET_RX_RING, request(4096, 2, 2048, 4), actor)).toBe(0);
    expect(socket.setOption(SOL_PACKET, PACKET_VERSION, intValue(1), actor)).toBe(-EBUSY);
    expect(socket.poll() & POLLIN).toBe(0);
    // The datagram goes out and comes in; so does the answer that nobody listens.
    ping();
    expect(socket.poll() & POLLIN).toBe(POLLIN);
    const first = socket.ringPages?.getPage(0, 0) ?? -1;
    const base = first * 4096;
    expect(readU32Host(memory.bytes, base) & 1).toBe(1);
    expect(readU32Host(memory.bytes, base + 4)).toBe(14 + 28 + 7);
    const mac = readU16Host(memory.bytes, base + 12);
    const network = readU16Host(memory.bytes, base + 14);
    expect(network - mac).toBe(14);
    expect(network % 16).toBe(0);
    expect([...memory.bytes.subarray(base + network, base + network + 1)]).toEqual([0x45]);
    const text = String.fromCharCode(...memory.bytes.subarray(base + network + 28, base + network + 35));
    expect(text).toBe('payload');
    // Four frames are full; what comes next is counted as lost, until a frame is given back.
    ping();
    const statistics = socket.getOption(SOL_PACKET, PACKET_STATISTICS, new Uint8Array(8));
    if (typeof statistics === 'number') throw new Error('no statistics');
    expect([readU32Host(statistics, 0), readU32Host(statistics, 4)]).toEqual([8, 4]);
    socket.ringPages?.release();
    socket.close();
  });

  it('gives its memory back', () => {
    const { memory, socket } = makeRing();
    socket.setOption(SOL_PACKET, PACKET_VERSION, intValue(1), makeActor());
    socket.setOption(SOL_PACKET, PACKET_RX_RING, request(4096, 4, 2048, 8), makeActor());
    expect(memory.inUse).toBe(4);
    socket.close();
    expect(memory.inUse).toBe(0);
  });

  it('filters', () => {
    const { socket, ping } = makeRing();
    expect(socket.setOption(SOL_SOCKET, SO_ATTACH_FILTER, assemble(ICMP_ONLY), makeActor())).toBe(0);
    ping();
    const protocols: number[] = [];
    for (let item = receive(socket); item.count > 0; item = receive(socket)) protocols.push(item.bytes[23]);
    expect(protocols).toEqual([1, 1]);
  });
});
