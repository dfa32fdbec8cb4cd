import { describe, expect, it } from 'vitest';
import { pattern } from '../testing/tcp.testing.ts';
import { emitEthernet, ETHERTYPE_IPV4 } from '../wire/ethernet.ts';
import { emitIpv4, isValidHeader, readIdentification, transportChecksum } from '../wire/ipv4.ts';
import { emitTcp, readSequence, readTcpFlags, TCP_ACK, TCP_FIN, TCP_PSH } from '../wire/tcp.ts';
import { Frame } from './Frame.ts';
import { segmentFrame } from './offload.ts';

function makeLargeFrame(payload: number, mss: number): Frame {
  const bytes = new Uint8Array(54 + payload);
  emitEthernet(bytes, 0, 1, 2, ETHERTYPE_IPV4);
  emitIpv4(bytes, 14, 20, 0, 40 + payload, 0xfffe, 0x4000, 64, 6, 0x0a00_0001, 0x0a00_0002);
  emitTcp(bytes, 34, 20, 1, 2, 0xffff_ff00, 9, TCP_ACK | TCP_PSH | TCP_FIN, 100);
  bytes.set(pattern(payload), 54);
  return new Frame(bytes, 0, bytes.length, mss, true);
}

describe('segmentation', () => {
  it.each([
    [65160, 1448, 45],
    [5000, 1448, 4],
    [1448, 1448, 1],
    [10, 1448, 1],
  ])('cuts %i bytes at %i into %i frames that are whole', (payload, mss, count) => {
    const frames = segmentFrame(makeLargeFrame(payload, mss));
    expect(frames).toHaveLength(count);
    const joined: number[] = [];
    frames.forEach((frame, at) => {
      const { bytes, start, end } = frame;
      expect(isValidHeader(bytes, start + 14, end)).toBe(true);
      expect(transportChecksum(bytes, start + 34, end, 0x0a00_0001, 0x0a00_0002, 6)).toBe(0);
      expect(readSequence(bytes, start + 34)).toBe((0xffff_ff00 + at * mss) >>> 0);
      expect(readIdentification(bytes, start + 14)).toBe((0xfffe + at) & 0xffff);
      const isLast = at === count - 1;
      expect(readTcpFlags(bytes, start + 34)).toBe(isLast ? TCP_ACK | TCP_PSH | TCP_FIN : TCP_ACK);
      joined.push(...bytes.subarray(start + 54, end));
    });
    expect(Uint8Array.from(joined)).toEqual(pattern(payload));
  });
});
