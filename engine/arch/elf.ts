/** ELF64 files for x86-64 (elf(5), System V ABI). */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly align: number;
}

export interface ElfHeader {
  readonly isPositionIndependent: boolean;
  readonly entry: number;
  readonly headersOffset: number;
  readonly headerCount: number;
}

export const PT_LOAD = 1;
export const PT_INTERP = 3;
export const PT_PHDR = 6;
export const PT_GNU_STACK = 0x6474e551;
export const PF_X = 1;
export const PF_W = 2;
export const PF_R = 4;
export const ELF_HEADER_SIZE = 64;
export const PROGRAM_HEADER_SIZE = 56;
const MAX_PROGRAM_HEADERS = 128;

/** The header, or null when this is no ELF program that this machine could run. */
export function parseElfHeader(bytes: Uint8Array): ElfHeader | null {
  if (bytes.length < ELF_HEADER_SIZE) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, false) !== 0x7f454c46) return null;
  const [, , , , elfClass, encoding] = bytes;
  const type = view.getUint16(16, true);
  const machine = view.getUint16(18, true);
  const headerSize = view.getUint16(54, true);
  const headerCount = view.getUint16(56, true);
  if (elfClass !== 2 || encoding !== 1 || machine !== 62 || (type !== 2 && type !== 3)) return null;
  if (headerSize !== PROGRAM_HEADER_SIZE || headerCount === 0 || headerCount > MAX_PROGRAM_HEADERS) return null;
  return {
    isPositionIndependent: type === 3,
    entry: u64(view, 24),
    headersOffset: u64(view, 32),
    headerCount,
  };
}

/** Program headers, or null when a segment makes no sense. */
export function parseProgramHeaders(bytes: Uint8Array, count: number): ElfSegment[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index++) {
    const at = index * PROGRAM_HEADER_SIZE;
    const segment = {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: u64(view, at + 8),
      address: u64(view, at + 16),
      fileSize: u64(view, at + 32),
      memorySize: u64(view, at + 40),
      align: u64(view, at + 48),
    };
    if (segment.type === PT_LOAD) {
      if (segment.fileSize > segment.memorySize || segment.address + segment.memorySize > 2 ** 47) return null;
      if (segment.offset % 4096 !== segment.address % 4096) return null;
    }
    segments.push(segment);
  }
  return segments;
}

function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 4294967296 + view.getUint32(at, true);
}

/** Auxiliary vector entries (getauxval(3)). */
export const auxiliary = {
  null: 0,
  programHeaders: 3,
  programHeaderSize: 4,
  programHeaderCount: 5,
  pageSize: 6,
  base: 7,
  flags: 8,
  entry: 9,
  uid: 11,
  euid: 12,
  gid: 13,
  egid: 14,
  platform: 15,
  hardwareCapabilities: 16,
  clockTick: 17,
  secure: 23,
  random: 25,
  hardwareCapabilities2: 26,
  executable: 31,
  minimumSignalStack: 51,
} as const;
