import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { askCompiler } from '../lib/askCompiler.testing.ts';
import {
  auxiliary,
  ELF_HEADER_SIZE,
  parseElfHeader,
  parseProgramHeaders,
  PF_R,
  PF_W,
  PF_X,
  PROGRAM_HEADER_SIZE,
  PT_GNU_STACK,
  PT_INTERP,
  PT_LOAD,
  PT_PHDR,
} from './elf.ts';

/** This very Node, as any program of the host. */
const program = readFileSync(process.execPath);

const ENTRY = 0x40_1000;

/** A header of a small program, with bytes of the test's own. */
function header(change: (view: DataView, bytes: Uint8Array) => void = () => undefined): Uint8Array {
  const bytes = new Uint8Array(ELF_HEADER_SIZE);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(16, 2, true);
  view.setUint16(18, 62, true);
  view.setBigUint64(24, BigInt(ENTRY), true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, PROGRAM_HEADER_SIZE, true);
  view.setUint16(56, 3, true);
  change(view, bytes);
  return bytes;
}

interface SegmentFields {
  readonly type?: number;
  readonly offset?: number;
  readonly address?: number;
  readonly fileSize?: number;
  readonly memorySize?: number;
}

function segment({ type = PT_LOAD, offset = 0, address = 0, fileSize = 0, memorySize = 0 }: SegmentFields): Uint8Array {
  const bytes = new Uint8Array(PROGRAM_HEADER_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, PF_R, true);
  [offset, address, 0, fileSize, memorySize, 4096].forEach((value, index) => {
    view.setBigUint64(8 + 8 * index, BigInt(value), true);
  });
  return bytes;
}

describe('a program of the host', () => {
  const parsed = parseElfHeader(program);
  const segments = parseProgramHeaders(
    program.subarray(parsed!.headersOffset, parsed!.headersOffset + parsed!.headerCount * PROGRAM_HEADER_SIZE),
    parsed!.headerCount,
  );

  it('is read as readelf(1) reads it', () => {
    const text = execFileSync('readelf', ['--wide', '--file-header', '--program-headers', process.execPath], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
    });
    const names: Readonly<Record<string, number>> = {
      LOAD: PT_LOAD,
      INTERP: PT_INTERP,
      PHDR: PT_PHDR,
      GNU_STACK: PT_GNU_STACK,
    };
    const line =
      /^ {2}(LOAD|INTERP|PHDR|GNU_STACK) +(0x\w+) +(0x\w+) +0x\w+ +(0x\w+) +(0x\w+) +(R| )(W| )(E| ) +(0x\w+)/gm;
    const expected = [...text.matchAll(line)].map(
      ([, type, offset, address, fileSize, memorySize, r, w, x, align]) => ({
        type: names[type],
        flags: (r === 'R' ? PF_R : 0) | (w === 'W' ? PF_W : 0) | (x === 'E' ? PF_X : 0),
        offset: Number(offset),
        address: Number(address),
        fileSize: Number(fileSize),
        memorySize: Number(memorySize),
        align: Number(align),
      }),
    );
    expect(expected.length).toBeGreaterThan(2);
    expect(segments!.filter(({ type }) => Object.values(names).includes(type))).toEqual(expected);
    expect(parsed!.entry).toBe(Number(/Entry point address: +(0x\w+)/.exec(text)![1]));
    expect(parsed!.isPositionIndependent).toBe(/Type: +DYN/.test(text));
  });

  it('has an entry in a segment that may be executed', () => {
    const inside = segments!.find(
      ({ type, flags, address, memorySize }) =>
        type === PT_LOAD && (flags & PF_X) !== 0 && parsed!.entry >= address && parsed!.entry < address + memorySize,
    );
    expect(inside).toBeDefined();
  });
});

describe('parseElfHeader', () => {
  it('takes a plain program and a position-independent one', () => {
    expect(parseElfHeader(header())).toEqual({
      isPositionIndependent: false,
      entry: ENTRY,
      headersOffset: 64,
      headerCount: 3,
    });
    expect(parseElfHeader(header((view) => view.setUint16(16, 3, true)))?.isPositionIndependent).toBe(true);
  });

  it('reads it from the middle of a buffer', () => {
    const buffer = new Uint8Array(200);
    buffer.set(header(), 33);
    expect(parseElfHeader(buffer.subarray(33))?.entry).toBe(ENTRY);
  });

  it.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array(0)],
    ['half a header', header().subarray(0, 63)],
    ['a script', Uint8Array.from(`#!/bin/sh\n${' '.repeat(80)}`, (character) => character.charCodeAt(0))],
    ['a 32-bit program', header((_, bytes) => (bytes[4] = 1))],
    ['a big-endian program', header((_, bytes) => (bytes[5] = 2))],
    ['a program of another processor', header((view) => view.setUint16(18, 183, true))],
    ['an object file', header((view) => view.setUint16(16, 1, true))],
    ['a core dump', header((view) => view.setUint16(16, 4, true))],
    ['program headers of another size', header((view) => view.setUint16(54, 32, true))],
    ['no program header', header((view) => view.setUint16(56, 0, true))],
    ['more program headers than make sense', header((view) => view.setUint16(56, 65535, true))],
  ])('refuses %s', (_what, bytes) => {
    expect(parseElfHeader(bytes)).toBeNull();
  });
});

describe('parseProgramHeaders', () => {
  it.each<[string, SegmentFields]>([
    ['more in the file than in memory', { fileSize: 2, memorySize: 1 }],
    ['an end beyond what guests have', { address: 2 ** 47 - 4096, memorySize: 8192 }],
    ['an address past 64 bits', { address: 2 ** 63, memorySize: 2 ** 63 }],
    ['a place in the page that is another than in the file', { offset: 4096, address: 1, memorySize: 1 }],
  ])('refuses %s', (_what, fields) => {
    expect(parseProgramHeaders(segment(fields), 1)).toBeNull();
  });

  it('does not mind what is not loaded', () => {
    expect(parseProgramHeaders(segment({ type: 4, fileSize: 2, memorySize: 1, address: 1 }), 1)).toHaveLength(1);
  });
});

it('numbers things as elf.h does', () => {
  const names: Readonly<Record<keyof typeof auxiliary, string>> = {
    null: 'AT_NULL',
    programHeaders: 'AT_PHDR',
    programHeaderSize: 'AT_PHENT',
    programHeaderCount: 'AT_PHNUM',
    pageSize: 'AT_PAGESZ',
    base: 'AT_BASE',
    flags: 'AT_FLAGS',
    entry: 'AT_ENTRY',
    uid: 'AT_UID',
    euid: 'AT_EUID',
    gid: 'AT_GID',
    egid: 'AT_EGID',
    platform: 'AT_PLATFORM',
    hardwareCapabilities: 'AT_HWCAP',
    clockTick: 'AT_CLKTCK',
    secure: 'AT_SECURE',
    random: 'AT_RANDOM',
    hardwareCapabilities2: 'AT_HWCAP2',
    executable: 'AT_EXECFN',
    minimumSignalStack: 'AT_MINSIGSTKSZ',
  };
  const pairs: [string, number][] = Object.entries(auxiliary).map(([name, value]) => [
    names[name as keyof typeof auxiliary],
    value,
  ]);
  pairs.push(['PT_LOAD', PT_LOAD], ['PT_INTERP', PT_INTERP], ['PT_PHDR', PT_PHDR], ['PT_GNU_STACK', PT_GNU_STACK]);
  pairs.push(['sizeof(Elf64_Ehdr)', ELF_HEADER_SIZE], ['sizeof(Elf64_Phdr)', PROGRAM_HEADER_SIZE]);
  const answers = askCompiler(
    '#include <elf.h>',
    pairs.map(([name]) => name),
  );
  expect(Object.fromEntries(pairs)).toEqual(Object.fromEntries(pairs.map(([name], index) => [name, answers[index]])));
});
