import { describe, expect, it } from 'vitest';
import { ARP_REPLY, ARP_SIZE, emitArp, parseArp } from './arp.ts';
import { readU32, readU48, readU64Host, writeU48, writeU64Host } from './bytes.ts';
import { addToSum, checksum, finishChecksum, updateChecksum } from './checksum.ts';
import { formatMac, isGroupMac, multicastMac, parseMac } from './ethernet.ts';
import { emitIcmp, ICMP_ECHO, readEchoIdentifier, readEchoSequence } from './icmp.ts';
import {
  completeHeader,
  copyOptionsForFragment,
  decrementTtl,
  emitIpv4,
  isValidHeader,
  readSource,
  readTtl,
  setHeaderSize,
} from './ipv4.ts';
import {
  emitMss,
  emitSackEdge,
  emitSackHeader,
  emitSackPermitted,
  emitTcp,
  emitTimestamps,
  emitWindowScale,
  makeTcpOptions,
  parseTcpOptions,
  TCP_SYN,
  writeTcpChecksum,
} from './tcp.ts';
import { emitUdp, writeUdpChecksum } from './udp.ts';

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** RFC 1071 as it is written, one word at a time. */
function naiveChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += bytes[at] * 256 + (at + 1 < bytes.length ? bytes[at + 1] : 0);
    sum = (sum & 0xffff) + Math.floor(sum / 65536);
  }
  return ~sum & 0xffff;
}

describe('bytes', () => {
  it.each([0, 1, 0x0102_0304_0506, 0xffff_ffff_ffff])('keeps 48 bits of %i', (value) => {
    const bytes = new Uint8Array(8);
    writeU48(bytes, 1, value);
    expect(readU48(bytes, 1)).toBe(value);
  });

  it.each([0, 0xffff_ffff, 2 ** 40 + 7, 2 ** 53 - 1])('keeps %i as 64 bits', (value) => {
    const bytes = new Uint8Array(8);
    writeU64Host(bytes, 0, value);
    expect(readU64Host(bytes, 0)).toBe(value);
  });
});

describe('checksum', () => {
  it('is that of a known IPv4 header', () => {
    // Header of a DNS query, captured on Linux.
    const header = bytesOf('45000073000040004011b861c0a80001c0a800c7');
    expect(checksum(header, 0, 20)).toBe(0);
  });

  it.each([1, 2, 3, 7, 8, 9, 1500, 65535])('agrees with the definition over %i bytes', (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 255);
    expect(checksum(bytes, 0, length)).toBe(naiveChecksum(bytes));
  });

  it('does not overflow', () => {
    const bytes = new Uint8Array(65536).fill(255);
    expect(finishChecksum(addToSum(0, bytes, 0, bytes.length))).toBe(naiveChecksum(bytes));
  });

  it('follows a change of one word', () => {
    const header = bytesOf('45000073000040004011b861c0a80001c0a800c7');
    updateChecksum(header, 10, 0x4011, 0x3f11);
    header[8] = 0x3f;
    expect(checksum(header, 0, 20)).toBe(0);
  });
});

describe('ethernet', () => {
  it.each([
    ['02:00:00:00:00:01', 0x0200_0000_0001],
    ['ff:ff:ff:ff:ff:ff', 0xffff_ffff_ffff],
    ['1:2:3:4:5:6', 0x0102_0304_0506],
  ])('reads %s', (text, value) => {
    expect(parseMac(text)).toBe(value);
    expect(parseMac(formatMac(value))).toBe(value);
  });

  it.each(['', '1:2:3', 'gg:00:00:00:00:00', '1:2:3:4:5:6:7'])('refuses "%s"', (text) => {
    expect(parseMac(text)).toBeUndefined();
  });

  it('knows groups', () => {
    expect(isGroupMac(0x0200_0000_0001)).toBe(false);
    expect(isGroupMac(0x0100_5e00_0001)).toBe(true);
    expect(multicastMac(0xe080_00fb)).toBe(0x0100_5e00_00fb);
  });
});

describe('arp', () => {
  it('survives the wire', () => {
    const message = {
      operation: ARP_REPLY,
      senderMac: 1,
      senderAddress: 2,
      targetMac: 0xffff_ffff_ffff,
      targetAddress: 4,
    };
    const bytes = new Uint8Array(ARP_SIZE + 2);
    emitArp(bytes, 2, message);
    expect(parseArp(bytes, 2, bytes.length)).toEqual(message);
    expect(parseArp(bytes, 2, bytes.length - 1)).toBeUndefined();
  });
});

describe('ipv4', () => {
  function header(): Uint8Array {
    const bytes = new Uint8Array(24);
    emitIpv4(bytes, 0, 20, 0, 24, 7, 0x4000, 64, 6, 0x0a00_0001, 0x0a00_0002);
    return bytes;
  }

  it('writes what is valid', () => {
    expect(isValidHeader(header(), 0, 24)).toBe(true);
  });

  it.each([
    ['a damaged byte', (bytes: Uint8Array) => (bytes[16] ^= 1)],
    ['another version', (bytes: Uint8Array) => (bytes[0] = 0x65)],
    ['a header that is too short', (bytes: Uint8Array) => (bytes[0] = 0x44)],
    ['a length beyond the end', (bytes: Uint8Array) => (bytes[3] = 25)],
  ])('refuses %s', (_name, damage) => {
    const bytes = header();
    damage(bytes);
    expect(isValidHeader(bytes, 0, 24)).toBe(false);
  });

  it('stays valid hop by hop', () => {
    const bytes = header();
    for (let hop = 63; hop >= 0; hop--) {
      decrementTtl(bytes, 0);
      expect(readTtl(bytes, 0)).toBe(hop);
      expect(isValidHeader(bytes, 0, 24)).toBe(true);
    }
  });

  it('completes a header that a program wrote', () => {
    const bytes = new Uint8Array(24);
    bytes[0] = 0x45;
    completeHeader(bytes, 0, 24, 0x0a00_0001, 9);
    expect(isValidHeader(bytes, 0, 24)).toBe(true);
    expect(readSource(bytes, 0)).toBe(0x0a00_0001);
  });

  it('repeats only options that are to be copied', () => {
    const bytes = new Uint8Array(60);
    setHeaderSize(bytes, 0, 32);
    // No-op, record route (not copied), loose source route (copied), end.
    bytes.set([1, 7, 3, 4, 0x83, 3, 4, 0], 20);
    const fragment = new Uint8Array(60);
    expect(copyOptionsForFragment(bytes, 0, fragment, 0)).toBe(4);
    expect([...fragment.subarray(20, 24)]).toEqual([0x83, 3, 4, 0]);
  });
});

describe('transport checksums', () => {
  it('makes UDP and TCP sum up to zero with their pseudo-header', () => {
    const bytes = new Uint8Array(64).fill(0x5a);
    emitUdp(bytes, 0, 1, 2, 33);
    writeUdpChecksum(bytes, 0, 33, 0x0102_0304, 0x0506_0708);
    const pseudo = (protocol: number, length: number): Uint8Array =>
      Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 0, protocol, length >> 8, length & 255);
    expect(naiveChecksum(Uint8Array.of(...pseudo(17, 33), ...bytes.subarray(0, 33)))).toBe(0);
    emitTcp(bytes, 0, 20, 1, 2, 3, 4, TCP_SYN, 5);
    writeTcpChecksum(bytes, 0, 40, 0x0102_0304, 0x0506_0708);
    expect(naiveChecksum(Uint8Array.of(...pseudo(6, 40), ...bytes.subarray(0, 40)))).toBe(0);
  });

  it('covers an ICMP message', () => {
    const bytes = new Uint8Array(17).fill(3);
    emitIcmp(bytes, 1, 17, ICMP_ECHO, 0, 0x1234_0007);
    expect(checksum(bytes, 1, 17)).toBe(0);
    expect(readEchoIdentifier(bytes, 1)).toBe(0x1234);
    expect(readEchoSequence(bytes, 1)).toBe(7);
  });
});

describe('tcp options', () => {
  it('survive the wire', () => {
    const bytes = new Uint8Array(60);
    let at = emitMss(bytes, 20, 1460);
    at = emitSackPermitted(bytes, at);
    at = emitTimestamps(bytes, at, 0xffff_fff0, 7);
    at = emitWindowScale(bytes, at, 9);
    at = emitSackHeader(bytes, at, 1);
    at = emitSackEdge(bytes, at, 100);
    at = emitSackEdge(bytes, at, 0xffff_ffff);
    emitTcp(bytes, 0, at, 1, 2, 3, 4, 0, 0);
    const options = makeTcpOptions();
    parseTcpOptions(bytes, 0, options);
    expect(options).toMatchObject({
      mss: 1460,
      windowScale: 9,
      sackPermitted: true,
      hasTimestamps: true,
      timestampValue: 0xffff_fff0,
      timestampEcho: 7,
      sackBlocks: 1,
    });
    expect([...options.sackEdges.subarray(0, 2)]).toEqual([100, 0xffff_ffff]);
  });

  it.each([
    ['an unknown option', [0xfe, 4, 0, 0, 2, 4, 5, 0xb4], 1460],
    ['a length of zero', [0xfe, 0, 2, 4, 5, 0xb4, 0, 0], 0],
    ['a length beyond the header', [2, 40, 5, 0xb4, 0, 0, 0, 0], 0],
    ['a kind without a length', [1, 1, 1, 1, 1, 1, 1, 2], 0],
    ['the end of the list', [0, 2, 4, 5, 0xb4, 0, 0, 0], 0],
  ])('copes with %s', (_name, list, mss) => {
    const bytes = new Uint8Array(28);
    emitTcp(bytes, 0, 28, 1, 2, 3, 4, 0, 0);
    bytes.set(list, 20);
    const options = makeTcpOptions();
    parseTcpOptions(bytes, 0, options);
    expect(options.mss).toBe(mss);
    expect(readU32(bytes, 4)).toBe(3);
  });
});
