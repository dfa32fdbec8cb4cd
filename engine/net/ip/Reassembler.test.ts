import { describe, expect, it } from 'vitest';
import { NETWORK_HEADROOM, Packet } from '../link/Packet.ts';
import { SeededRandom, SECOND, Simulation } from '../testing/simulation.testing.ts';
import { pattern } from '../testing/tcp.testing.ts';
import { emitIpv4, isValidHeader } from '../wire/ipv4.ts';
import { makeCounters } from './counters.ts';
import { fragmentPacket } from './fragmentation.ts';
import { Reassembler } from './Reassembler.ts';
import { makeIpv4Settings } from './settings.ts';

function makePacket(payload: number): Packet {
  const bytes = new Uint8Array(NETWORK_HEADROOM + 20 + payload);
  bytes.set(pattern(payload), NETWORK_HEADROOM + 20);
  emitIpv4(bytes, NETWORK_HEADROOM, 20, 0, 20 + payload, 77, 0, 64, 17, 1, 2);
  const packet = new Packet(bytes, NETWORK_HEADROOM, bytes.length);
  packet.network = NETWORK_HEADROOM;
  packet.transport = NETWORK_HEADROOM + 20;
  return packet;
}

function makeReassembler(): {
  simulation: Simulation;
  reassembler: Reassembler;
  counters: ReturnType<typeof makeCounters>;
} {
  const simulation = new Simulation();
  const counters = makeCounters();
  return { simulation, counters, reassembler: new Reassembler(simulation, makeIpv4Settings(), counters) };
}

function payloadOf(packet: Packet | undefined): Uint8Array | undefined {
  return packet?.bytes.subarray(packet.network + 20, packet.end);
}

describe('fragments', () => {
  it.each([
    [3000, 1500],
    [1481, 1500],
    [65515, 1500],
    [100, 68],
  ])('of %i bytes at an MTU of %i are valid and fit', (payload, mtu) => {
    const fragments = fragmentPacket(makePacket(payload), mtu);
    expect(fragments.length).toBeGreaterThan(1);
    for (const fragment of fragments) {
      expect(fragment.end - fragment.network).toBeLessThanOrEqual(mtu);
      expect(isValidHeader(fragment.bytes, fragment.network, fragment.end)).toBe(true);
    }
  });

  it.each([1, 2, 3, 4, 5])('join in any order (seed %i)', (seed) => {
    const { reassembler } = makeReassembler();
    const random = new SeededRandom(seed);
    const fragments = fragmentPacket(makePacket(20_000), 576);
    for (let at = fragments.length - 1; at > 0; at--) {
      const swap = random.next32() % (at + 1);
      [fragments[at], fragments[swap]] = [fragments[swap], fragments[at]];
    }
    const results = fragments.map((fragment) => reassembler.add(fragment));
    expect(results.slice(0, -1).every((result) => result === undefined)).toBe(true);
    expect(payloadOf(results.at(-1))).toEqual(pattern(20_000));
    expect(reassembler.memory).toBe(0);
  });

  it('of fragments join, too', () => {
    const { reassembler } = makeReassembler();
    const fragments = fragmentPacket(makePacket(9000), 3000).flatMap((fragment) => fragmentPacket(fragment, 800));
    const results = fragments.map((fragment) => reassembler.add(fragment));
    expect(payloadOf(results.at(-1))).toEqual(pattern(9000));
  });

  it('may come twice', () => {
    const { reassembler } = makeReassembler();
    const [first, ...rest] = fragmentPacket(makePacket(4000), 1500);
    reassembler.add(first);
    expect(reassembler.add(first)).toBeUndefined();
    expect(payloadOf(rest.map((fragment) => reassembler.add(fragment)).at(-1))).toEqual(pattern(4000));
  });

  it('that overlap spoil the whole', () => {
    const { reassembler, counters } = makeReassembler();
    const [, second] = fragmentPacket(makePacket(4000), 1500);
    const [, overlapping] = fragmentPacket(makePacket(4000), 1300);
    reassembler.add(second);
    reassembler.add(overlapping);
    expect(counters.ip.ReasmFails).toBe(1);
    expect(reassembler.count).toBe(0);
  });

  it('that stay alone time out, and the first is reported', () => {
    const { simulation, reassembler, counters } = makeReassembler();
    const reported: Packet[] = [];
    reassembler.timeout = (packet) => reported.push(packet);
    const [first] = fragmentPacket(makePacket(4000), 1500);
    reassembler.add(first);
    simulation.run(29 * SECOND);
    expect(reported).toHaveLength(0);
    simulation.run(2 * SECOND);
    expect(reported).toEqual([first]);
    expect(counters.ip.ReasmTimeout).toBe(1);
    expect(reassembler.memory).toBe(0);
  });
});
