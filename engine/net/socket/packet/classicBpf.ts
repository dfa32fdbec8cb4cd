// Hot code: `run` runs once a packet and filter.

/** Classic BPF (SO_ATTACH_FILTER; linux/filter.h): checked when attached, then interpreted. */

import { EINVAL } from '../../../abi/errno.ts';
import { readU16, readU16Host, readU32, readU32Host } from '../../wire/bytes.ts';

const MAXIMUM_INSTRUCTIONS = 4096;
const INSTRUCTION_SIZE = 8;
const SCRATCH_WORDS = 16;

const LD = 0x00;
const LDX = 0x01;
const ST = 0x02;
const STX = 0x03;
const ALU = 0x04;
const JMP = 0x05;
const RET = 0x06;
const MISC = 0x07;

const SIZE_WORD = 0x00;
const SIZE_HALF = 0x08;
const SIZE_BYTE = 0x10;
const MODE_IMMEDIATE = 0x00;
const MODE_INDIRECT = 0x40;
const MODE_MEMORY = 0x60;
const MODE_LENGTH = 0x80;
const MODE_HEADER_LENGTH = 0xa0;

/** Loads from here on ask for facts about the packet instead of its bytes (SKF_AD_OFF and the SKF_AD_* beside it). */
const ANCILLARY = 0xffff_f000;
const NETWORK_OFFSET = 0xfff0_0000;
const LINK_OFFSET = 0xffe0_0000;
const AD_PROTOCOL = 0;
const AD_PACKET_TYPE = 4;
const AD_INTERFACE = 8;
const AD_MARK = 20;
const AD_HARDWARE_TYPE = 28;
const AD_VLAN_TAG = 44;
const AD_VLAN_TAG_PRESENT = 48;
const AD_VLAN_TPID = 60;
/** Length of the ancillary area that is known here: SO_BPF_EXTENSIONS. */
export const BPF_EXTENSIONS = 64;

/** What a filter looks at. */
export interface BpfInput {
  readonly bytes: Uint8Array;
  /** First byte that the filter sees: the link header, or the network header for SOCK_DGRAM. */
  readonly start: number;
  readonly end: number;
  readonly link: number;
  readonly network: number;
  readonly etherType: number;
  readonly packetType: number;
  readonly deviceIndex: number;
  readonly hardwareType: number;
  readonly mark: number;
}

export class BpfProgram {
  readonly #codes: Uint16Array;
  readonly #jumpsTrue: Uint8Array;
  readonly #jumpsFalse: Uint8Array;
  readonly #constants: Uint32Array;
  readonly #scratch = new Int32Array(SCRATCH_WORDS);

  private constructor(count: number) {
    this.#codes = new Uint16Array(count);
    this.#jumpsTrue = new Uint8Array(count);
    this.#jumpsFalse = new Uint8Array(count);
    this.#constants = new Uint32Array(count);
  }

  /** Reads `struct sock_filter[]`; -EINVAL unless every path through the program ends and every access can be checked. */
  static parse(bytes: Uint8Array): BpfProgram | number {
    const count = Math.floor(bytes.length / INSTRUCTION_SIZE);
    if (count < 1 || count > MAXIMUM_INSTRUCTIONS) return -EINVAL;
    const program = new BpfProgram(count);
    for (let at = 0; at < count; at++) {
      program.#codes[at] = readU16Host(bytes, at * INSTRUCTION_SIZE);
      program.#jumpsTrue[at] = bytes[at * INSTRUCTION_SIZE + 2];
      program.#jumpsFalse[at] = bytes[at * INSTRUCTION_SIZE + 3];
      program.#constants[at] = readU32Host(bytes, at * INSTRUCTION_SIZE + 4);
    }
    return program.#isValid(count) ? program : -EINVAL;
  }

  /** How many bytes of the packet the filter lets through; 0 drops it. */
  run(input: BpfInput): number {
    const codes = this.#codes;
    const scratch = this.#scratch.fill(0);
    let a = 0;
    let x = 0;
    for (let pc = 0; pc < codes.length; pc++) {
      const code = codes[pc];
      const k = this.#constants[pc];
      switch (code & 7) {
        case LD: {
          const mode = code & 0xe0;
          if (mode === MODE_IMMEDIATE) a = k;
          else if (mode === MODE_MEMORY) a = scratch[k] >>> 0;
          else if (mode === MODE_LENGTH) a = input.end - input.start;
          else {
            const offset = mode === MODE_INDIRECT ? (x + k) >>> 0 : k;
            const loaded =
              offset >= LINK_OFFSET ? loadSpecial(input, offset, code & 0x18) : load(input, offset, code & 0x18);
            if (loaded < 0) return 0;
            a = loaded;
          }
          break;
        }
        case LDX: {
          const mode = code & 0xe0;
          if (mode === MODE_IMMEDIATE) x = k;
          else if (mode === MODE_MEMORY) x = scratch[k] >>> 0;
          else if (mode === MODE_LENGTH) x = input.end - input.start;
          else {
            const loaded = load(input, k, SIZE_BYTE);
            if (loaded < 0) return 0;
            x = (loaded & 0xf) * 4;
          }
          break;
        }
        case ST:
          scratch[k] = a;
          break;
        case STX:
          scratch[k] = x;
          break;
        case ALU: {
          const operand = (code & 8) === 0 ? k : x;
          const result = compute(code & 0xf0, a, operand);
          if (result < 0) return 0;
          a = result;
          break;
        }
        case JMP: {
          const operation = code & 0xf0;
          if (operation === 0) {
            pc += k;
            break;
          }
          const operand = (code & 8) === 0 ? k : x;
          pc += compare(operation, a, operand) ? this.#jumpsTrue[pc] : this.#jumpsFalse[pc];
          break;
        }
        case RET:
          return (code & 0x18) === 0x10 ? a : k;
        default:
          if ((code & 0x80) === 0) x = a;
          else a = x;
      }
    }
    return 0;
  }

  #isValid(count: number): boolean {
    for (let at = 0; at < count; at++) {
      const code = this.#codes[at];
      const k = this.#constants[at];
      const mode = code & 0xe0;
      switch (code & 7) {
        case LD:
          if ((code & 0x18) === 0x18 || mode > MODE_LENGTH) return false;
          if (mode === MODE_MEMORY && k >= SCRATCH_WORDS) return false;
          break;
        case LDX:
          if (
            mode === MODE_HEADER_LENGTH
              ? (code & 0x18) !== SIZE_BYTE
              : mode !== MODE_IMMEDIATE && mode !== MODE_MEMORY && mode !== MODE_LENGTH
          ) {
            return false;
          }
          if (mode === MODE_MEMORY && k >= SCRATCH_WORDS) return false;
          break;
        case ST:
        case STX:
          if (k >= SCRATCH_WORDS) return false;
          break;
        case ALU: {
          const operation = code & 0xf0;
          if (operation > 0xa0) return false;
          const isDivision = operation === 0x30 || operation === 0x90;
          if (isDivision && (code & 8) === 0 && k === 0) return false;
          if ((operation === 0x60 || operation === 0x70) && (code & 8) === 0 && k >= 32) return false;
          break;
        }
        case JMP: {
          const operation = code & 0xf0;
          if (operation > 0x40) return false;
          const furthest = operation === 0 ? k : Math.max(this.#jumpsTrue[at], this.#jumpsFalse[at]);
          if (furthest >= count - at - 1) return false;
          break;
        }
        case RET:
        case MISC:
          break;
        default:
          return false;
      }
    }
    return (this.#codes[count - 1] & 7) === RET;
  }
}

/** -1 outside of the packet. */
function load(input: BpfInput, offset: number, size: number): number {
  const at = input.start + offset;
  if (size === SIZE_WORD) return at + 4 > input.end ? -1 : readU32(input.bytes, at);
  if (size === SIZE_HALF) return at + 2 > input.end ? -1 : readU16(input.bytes, at);
  return at + 1 > input.end ? -1 : input.bytes[at];
}

function loadSpecial(input: BpfInput, offset: number, size: number): number {
  if (offset < ANCILLARY) {
    const base = offset >= NETWORK_OFFSET ? input.network : input.link;
    const within = offset - (offset >= NETWORK_OFFSET ? NETWORK_OFFSET : LINK_OFFSET);
    return load(input, base - input.start + within, size);
  }
  switch (offset - ANCILLARY) {
    case AD_PROTOCOL:
      return input.etherType;
    case AD_PACKET_TYPE:
      return input.packetType;
    case AD_INTERFACE:
      return input.deviceIndex;
    case AD_MARK:
      return input.mark;
    case AD_HARDWARE_TYPE:
      return input.hardwareType;
    case AD_VLAN_TAG:
    case AD_VLAN_TAG_PRESENT:
    case AD_VLAN_TPID:
      // Tags are never taken out of the frame here.
      return 0;
    default:
      return -1;
  }
}

/** -1 for a division by zero. */
function compute(operation: number, a: number, b: number): number {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0;
    case 0x10:
      return (a - b) >>> 0;
    case 0x20:
      return Math.imul(a, b) >>> 0;
    case 0x30:
      return b === 0 ? -1 : Math.floor(a / b);
    case 0x40:
      return (a | b) >>> 0;
    case 0x50:
      return (a & b) >>> 0;
    case 0x60:
      return (a << (b & 31)) >>> 0;
    case 0x70:
      return a >>> (b & 31);
    case 0x80:
      return -a >>> 0;
    case 0x90:
      return b === 0 ? -1 : a % b;
    default:
      return (a ^ b) >>> 0;
  }
}

function compare(operation: number, a: number, b: number): boolean {
  switch (operation) {
    case 0x10:
      return a === b;
    case 0x20:
      return a > b;
    case 0x30:
      return a >= b;
    default:
      return (a & b) !== 0;
  }
}
