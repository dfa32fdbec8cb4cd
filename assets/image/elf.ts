/** What the dynamic linker would look for: the interpreter and the libraries that a program or library asks for. */

export interface LinkNeeds {
  /** The path in PT_INTERP; programs have one, libraries do not. */
  readonly interpreter: string | undefined;
  /** What a library is called in DT_SONAME. */
  readonly ownName: string | undefined;
  /** The names in DT_NEEDED. */
  readonly libraries: readonly string[];
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_SONAME = 14;
const EM_X86_64 = 62;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** What `content` asks for when it is an ELF file for x86-64; undefined when it is none. */
export function readLinkNeeds(content: Uint8Array): LinkNeeds | undefined {
  const file = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file.readUInt16LE(18) !== EM_X86_64) return undefined;
  const segments = readSegments(file);
  const textAt = (offset: number): string => file.toString('latin1', offset, file.indexOf(0, offset));
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const { needed, ownName } = readDynamic(file, segments);
  return {
    interpreter: interpreter && textAt(interpreter.offset),
    ownName: ownName === undefined ? undefined : textAt(ownName),
    libraries: needed.map(textAt),
  };
}

function readSegments(file: Buffer): Segment[] {
  const start = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = start + index * size;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      size: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

/** Where in the file the names of the needed libraries and its own name are. */
function readDynamic(file: Buffer, segments: readonly Segment[]): { needed: number[]; ownName: number | undefined } {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const values = new Map<number, number[]>();
  if (dynamic !== undefined) {
    for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
      const tag = Number(file.readBigInt64LE(at));
      values.set(tag, [...(values.get(tag) ?? []), Number(file.readBigUInt64LE(at + 8))]);
    }
  }
  const strings = values.get(DT_STRTAB)?.[0] ?? 0;
  const segment = segments.find(
    ({ type, address, size }) => type === PT_LOAD && strings >= address && strings < address + size,
  );
  if (segment === undefined) return { needed: [], ownName: undefined };
  const start = strings - segment.address + segment.offset;
  const ownName = values.get(DT_SONAME)?.[0];
  return {
    needed: (values.get(DT_NEEDED) ?? []).map((name) => start + name),
    ownName: ownName === undefined ? undefined : start + ownName,
  };
}
