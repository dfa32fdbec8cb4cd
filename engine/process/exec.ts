import { E2BIG, EACCES, EFAULT, ELIBBAD, ELOOP, ENOEXEC } from '../abi/errno.ts';
import { rlimit } from '../abi/limits.ts';
import { S_ISGID, S_ISUID } from '../abi/mode.ts';
import { SIG_DFL, SIG_IGN } from '../abi/signals.ts';
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
} from '../arch/elf.ts';
import type { ElfHeader, ElfSegment } from '../arch/elf.ts';
import { AddressSpace } from '../mm/AddressSpace.ts';
import { KernelIo } from '../mm/Io.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from '../mm/Vma.ts';
import { PAGE_SIZE, TASK_SIZE } from '../trap/layout.ts';
import type { File } from '../vfs/File.ts';
import { CapabilitySet } from './Capabilities.ts';
import { endMemory } from './exit.ts';
import { SavedContext } from './SavedContext.ts';
import { SS_DISABLE } from './signals.ts';
import { SignalSet } from './SignalSet.ts';
import type { Task } from './Task.ts';

/** Opens a program for execution: an open description with a reference for the caller, or a negative errno. */
export type OpenProgram = (task: Task, path: string) => File | number;

export interface ExecArguments {
  /** The name the program was called by. */
  readonly path: string;
  readonly argv: readonly string[];
  readonly envp: readonly string[];
}

const MAX_INTERPRETERS = 4;
const BINPRM_SIZE = 256;
/** Where position-independent programs are loaded, and where their interpreter is; below, a gap for the stack. */
const PROGRAM_BASE = 0x5555_5555_4000;
const STACK_GAP = 0x800_0000;
const MAX_ARGUMENT_BYTES = 2 << 20;
const MAX_STRING = 128 << 10;

interface Program {
  readonly file: File;
  readonly header: ElfHeader;
  readonly segments: readonly ElfSegment[];
  readonly interpreter: File | null;
}

/**
 * execve(2): replaces the task's program. 0 when the registers are those of the new program, else a negative errno with
 * the old one untouched. `file` (whose reference passes here) is the program already opened.
 */
export function execute(task: Task, file: File, request: ExecArguments, open: OpenProgram): number {
  let { argv } = request;
  let current = file;
  for (let depth = 0; ; depth++) {
    const head = new Uint8Array(BINPRM_SIZE);
    const length = current.readAt(task, new KernelIo(head), 0);
    if (length < 0) return closing(current, length);
    if (length < 2 || head[0] !== 0x23 || head[1] !== 0x21) break;
    if (depth > MAX_INTERPRETERS) return closing(current, -ELOOP);
    const line = interpreterLine(head, length);
    if (line === null) return closing(current, -ENOEXEC);
    const script = depth === 0 ? request.path : argv[0];
    argv = [line.path, ...(line.argument === '' ? [] : [line.argument]), script, ...argv.slice(1)];
    current.close();
    const next = open(task, line.path);
    if (typeof next === 'number') return next;
    current = next;
  }
  const program = readProgram(task, current, open);
  if (typeof program === 'number') return closing(current, program);
  let bytes = 0;
  for (const text of argv) bytes += text.length + 9;
  for (const text of request.envp) bytes += text.length + 9;
  const tooLong = [...argv, ...request.envp].some((text) => text.length >= MAX_STRING);
  if (bytes > MAX_ARGUMENT_BYTES || tooLong) {
    program.interpreter?.close();
    return closing(current, -E2BIG);
  }
  replaceProgram(task, program, request.path, argv, request.envp);
  program.interpreter?.close();
  return 0;
}

function closing(file: File, error: number): number {
  file.close();
  return error;
}

/** `#!interpreter argument` of a script (execve(2)). */
function interpreterLine(head: Uint8Array, length: number): { path: string; argument: string } | null {
  let text = '';
  for (let index = 2; index < length && head[index] !== 0x0a && head[index] !== 0; index++) {
    text += String.fromCharCode(head[index]);
  }
  const match = /^[ \t]*([^ \t]+)[ \t]*(.*?)[ \t]*$/.exec(text);
  return match === null ? null : { path: match[1], argument: match[2] };
}

function readProgram(task: Task, file: File, open: OpenProgram): Program | number {
  const elf = readElf(task, file);
  if (typeof elf === 'number') return elf;
  const named = elf.segments.find((segment) => segment.type === PT_INTERP);
  if (named === undefined) return { file, ...elf, interpreter: null };
  if (named.fileSize < 2 || named.fileSize > 4096) return -ENOEXEC;
  const bytes = new Uint8Array(named.fileSize);
  const read = file.readAt(task, new KernelIo(bytes), named.offset);
  if (read < named.fileSize || bytes[named.fileSize - 1] !== 0) return -ENOEXEC;
  const interpreter = open(task, String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0))));
  if (typeof interpreter === 'number') return interpreter;
  const check = readElf(task, interpreter);
  if (typeof check === 'number') {
    interpreter.close();
    return -ELIBBAD;
  }
  return { file, ...elf, interpreter };
}

function readElf(task: Task, file: File): { header: ElfHeader; segments: ElfSegment[] } | number {
  if (file.pages === null) return -EACCES;
  const bytes = new Uint8Array(ELF_HEADER_SIZE);
  const length = file.readAt(task, new KernelIo(bytes), 0);
  if (length < 0) return length;
  const header = length < ELF_HEADER_SIZE ? null : parseElfHeader(bytes);
  if (header === null) return -ENOEXEC;
  const table = new Uint8Array(header.headerCount * PROGRAM_HEADER_SIZE);
  if (file.readAt(task, new KernelIo(table), header.headersOffset) < table.length) return -ENOEXEC;
  const segments = parseProgramHeaders(table, header.headerCount);
  if (segments === null || !segments.some((segment) => segment.type === PT_LOAD)) return -ENOEXEC;
  return { header, segments };
}

/** From here on there is no way back: the old program is gone. */
function replaceProgram(
  task: Task,
  program: Program,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
): void {
  const { process, kernel } = task;
  endOtherThreads(task);
  // The old memory may be needed to tell futex waiters before it goes.
  kernel.taskEnding(task);
  task.clearChildTid = 0;
  task.robustList = 0;
  let movesHome = false;
  if (process.memory.references === 1) process.memory.clearAll();
  else {
    const space = kernel.trap.spawnSpace();
    if (space === null) {
      program.file.close();
      process.isExiting = true;
      process.waitStatus = 9;
      return;
    }
    endMemory(process, task);
    process.memory = new AddressSpace(kernel.memory, space);
    [task.thread] = space.threads;
    movesHome = true;
  }
  const { memory } = process;
  memory.stackLimit = process.limit(rlimit.stack);
  memory.sizeLimit = process.limit(rlimit.addressSpace);
  const before = task.credentials;
  applyCredentials(task, program.file);
  const isSecure = before.euid !== task.credentials.euid || before.egid !== task.credentials.egid;
  const context = loadProgram(task, program, path, argv, envp, isSecure ? 1 : 0);
  process.executable?.close();
  process.executable = program.file;
  process.hasExecuted = true;
  process.timers?.deleteCreated();
  const slash = path.lastIndexOf('/');
  task.name = path.slice(slash + 1, slash + 16);
  task.alternateStack = { address: 0, size: 0, flags: SS_DISABLE };
  process.actions = process.actions.map(({ handler }) => ({
    handler: handler === SIG_IGN ? SIG_IGN : SIG_DFL,
    flags: 0,
    restorer: 0,
    mask: new SignalSet(),
  }));
  if (task.files.references > 1) {
    const files = task.files.clone();
    task.files.release(task);
    task.files = files;
  }
  task.files.closeForExec(task);
  if (movesHome) {
    task.startContext = context;
    kernel.scheduler.remove(task);
    kernel.scheduler.start(task);
  } else if (!task.thread.hasStarted) task.startContext = context;
  else context.applyTo(task.thread, kernel.trap.region);
}

/** Every other thread of the process ends, and the one that goes on becomes its leader (execve(2)). */
function endOtherThreads(task: Task): void {
  const { process, kernel } = task;
  for (const other of [...process.threads]) {
    if (other === task) continue;
    kernel.scheduler.remove(other);
    if (!other.thread.isTrapped) {
      other.thread.stopForCommands();
      other.thread.takeTrap();
    }
    other.state = 'dead';
    other.endWait();
    other.files.release(other);
    other.fs.release();
    process.endedUsage.userNs += other.userNs;
    process.endedUsage.systemNs += other.systemNs;
    kernel.processes.tasks.delete(other.tid);
    kernel.trap.endThread(other.thread);
  }
  process.threads.length = 0;
  process.threads.push(task);
  if (task.tid !== process.pid) {
    kernel.processes.tasks.delete(task.tid);
    task.tid = process.pid;
    kernel.processes.tasks.set(task.tid, task);
  }
}

function applyCredentials(task: Task, file: File): void {
  const { inode } = file;
  const { credentials } = task;
  const mode = inode === null || task.process.noNewPrivileges ? 0 : inode.mode;
  const euid = (mode & S_ISUID) !== 0 && inode !== null ? inode.uid : credentials.euid;
  const egid = (mode & S_ISGID) !== 0 && (mode & 0o010) !== 0 && inode !== null ? inode.gid : credentials.egid;
  // Root's programs get everything that is left of the bounding set, others nothing: files have no capabilities here.
  const { bounding, inheritable } = credentials.capabilities;
  const isRoot = credentials.uid === 0 || euid === 0;
  const permitted = isRoot ? bounding.union(inheritable) : CapabilitySet.none;
  const effective = euid === 0 ? permitted : CapabilitySet.none;
  const capabilities = { bounding, inheritable, permitted, effective, keep: 0 } as const;
  task.credentials = { ...credentials, euid, suid: euid, fsuid: euid, egid, sgid: egid, fsgid: egid, capabilities };
}

/** Maps a program into the empty address space and lays out its stack; the registers to begin with. */
function loadProgram(
  task: Task,
  program: Program,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  secure: 0 | 1,
): SavedContext {
  const { memory } = task;
  const stackTop = TASK_SIZE - PAGE_SIZE;
  memory.mmapTop = stackTop - Math.max(STACK_GAP, Math.min(memory.stackLimit, TASK_SIZE / 6)) - 0x100_0000;
  memory.mmapTop = Math.floor(memory.mmapTop / PAGE_SIZE) * PAGE_SIZE;
  const bias = program.header.isPositionIndependent ? PROGRAM_BASE : 0;
  const end = mapSegments(task, program.file, program.segments, bias);
  let start = bias + program.header.entry;
  let interpreterBase = 0;
  if (program.interpreter !== null) {
    const elf = readElf(task, program.interpreter);
    if (typeof elf === 'number') throw new Error('the interpreter was checked and is not there any more');
    if (elf.header.isPositionIndependent) interpreterBase = memory.vmas.findFree(spanOf(elf.segments), memory.mmapTop);
    mapSegments(task, program.interpreter, elf.segments, interpreterBase);
    start = interpreterBase + elf.header.entry;
  }
  memory.heapStart = memory.heapEnd = Math.ceil(end / PAGE_SIZE) * PAGE_SIZE;
  const execStack = program.segments.some(({ type, flags }) => type === PT_GNU_STACK && (flags & PF_X) !== 0);
  const stack = new Vma(
    stackTop - 33 * PAGE_SIZE,
    stackTop,
    PROT_READ | PROT_WRITE | (execStack ? PROT_EXEC : 0),
    false,
    null,
    0,
  );
  stack.growsDown = true;
  stack.name = '[stack]';
  memory.insert(stack);
  const headers = program.segments.find(({ type }) => type === PT_PHDR);
  const firstLoad = program.segments.find(({ type }) => type === PT_LOAD);
  const headersAddress =
    headers !== undefined
      ? bias + headers.address
      : bias + (firstLoad?.address ?? 0) - (firstLoad?.offset ?? 0) + program.header.headersOffset;
  const rsp = layOutStack(task, stackTop, path, argv, envp, [
    [auxiliary.hardwareCapabilities, 0x178bfbff],
    [auxiliary.pageSize, PAGE_SIZE],
    [auxiliary.clockTick, 100],
    [auxiliary.programHeaders, headersAddress],
    [auxiliary.programHeaderSize, PROGRAM_HEADER_SIZE],
    [auxiliary.programHeaderCount, program.header.headerCount],
    [auxiliary.base, interpreterBase],
    [auxiliary.flags, 0],
    [auxiliary.entry, bias + program.header.entry],
    [auxiliary.uid, task.credentials.uid],
    [auxiliary.euid, task.credentials.euid],
    [auxiliary.gid, task.credentials.gid],
    [auxiliary.egid, task.credentials.egid],
    [auxiliary.secure, secure],
    [auxiliary.hardwareCapabilities2, 2],
    [auxiliary.minimumSignalStack, 3632],
  ]);
  return SavedContext.atEntry(start, rsp);
}

function spanOf(segments: readonly ElfSegment[]): number {
  let end = 0;
  for (const { type, address, memorySize } of segments) if (type === PT_LOAD) end = Math.max(end, address + memorySize);
  return Math.ceil(end / PAGE_SIZE) * PAGE_SIZE;
}

/** Maps the PT_LOAD segments; the end of the last. */
function mapSegments(task: Task, file: File, segments: readonly ElfSegment[], bias: number): number {
  const { memory } = task;
  let end = 0;
  for (const segment of segments) {
    if (segment.type !== PT_LOAD || segment.memorySize === 0) continue;
    const address = bias + segment.address;
    const protection =
      ((segment.flags & PF_R) !== 0 ? PROT_READ : 0) |
      ((segment.flags & PF_W) !== 0 ? PROT_WRITE : 0) |
      ((segment.flags & PF_X) !== 0 ? PROT_EXEC : 0);
    const start = Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
    const fileEnd = Math.ceil((address + segment.fileSize) / PAGE_SIZE) * PAGE_SIZE;
    const memoryEnd = Math.ceil((address + segment.memorySize) / PAGE_SIZE) * PAGE_SIZE;
    memory.unmap(start, memoryEnd);
    if (segment.fileSize > 0) {
      const source = file.pages;
      source?.retain();
      const page = (segment.offset - (address - start)) / PAGE_SIZE;
      const vma = new Vma(start, fileEnd, protection, false, source, page);
      vma.file = file.retain();
      memory.insert(vma);
    }
    const bssStart = segment.fileSize > 0 ? fileEnd : start;
    if (memoryEnd > bssStart) memory.insert(new Vma(bssStart, memoryEnd, protection, false, null, 0));
    if (segment.memorySize > segment.fileSize && segment.fileSize > 0 && (protection & PROT_WRITE) !== 0) {
      // To the end of the page, not of the segment: the dynamic linker allocates from what is left there.
      memory.clear(address + segment.fileSize, fileEnd - address - segment.fileSize);
    }
    end = Math.max(end, address + segment.memorySize);
  }
  return end;
}

/** argc, argv, envp and the auxiliary vector as a program expects them (System V ABI, 3.4.1). Returns the stack pointer. */
function layOutStack(
  task: Task,
  top: number,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  entries: readonly (readonly [number, number])[],
): number {
  const { memory, kernel } = task;
  const strings: number[] = [];
  let at = top - 8;
  const push = (text: string): number => {
    at -= text.length + 1;
    const bytes = new Uint8Array(text.length + 1);
    for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
    memory.copyOut(at, bytes, 0, bytes.length);
    return at;
  };
  const execName = push(path);
  memory.environmentEnd = execName;
  for (let index = envp.length - 1; index >= 0; index--) strings.unshift(push(envp[index]));
  memory.environmentStart = memory.argumentsEnd = at;
  for (let index = argv.length - 1; index >= 0; index--) strings.unshift(push(argv[index]));
  memory.argumentsStart = at;
  const platform = push('x86_64');
  at = Math.floor((at - 16) / 16) * 16;
  const random = new Uint8Array(16);
  kernel.random.fill(random);
  memory.copyOut(at, random, 0, 16);
  const vector = [
    ...entries,
    [auxiliary.random, at],
    [auxiliary.executable, execName],
    [auxiliary.platform, platform],
    [auxiliary.null, 0],
  ] as const;
  const words = 1 + argv.length + 1 + envp.length + 1 + 2 * vector.length;
  const rsp = Math.floor((at - 8 * words) / 16) * 16;
  const block = new Float64Array(words);
  let index = 0;
  block[index++] = argv.length;
  for (let n = 0; n < argv.length; n++) block[index++] = strings[n];
  index++;
  for (let n = 0; n < envp.length; n++) block[index++] = strings[argv.length + n];
  index++;
  const auxiliaryStart = index;
  for (const [type, value] of vector) {
    block[index++] = type;
    block[index++] = value;
  }
  const bytes = new Uint8Array(8 * words);
  const view = new DataView(bytes.buffer);
  block.forEach((value, n) => {
    view.setUint32(8 * n, value % 4294967296, true);
    view.setUint32(8 * n + 4, Math.floor(value / 4294967296), true);
  });
  memory.auxiliaryVector = bytes.slice(8 * auxiliaryStart);
  memory.copyOut(rsp, bytes, 0, bytes.length);
  return rsp;
}

/** Reads argv or envp of execve(2) from user memory. */
export function readStringArray(memory: AddressSpace, address: number): string[] | number {
  const strings: string[] = [];
  if (address === 0) return strings;
  for (let index = 0; ; index++) {
    const pointer = memory.readU64(address + 8 * index);
    if (pointer < 0) return -EFAULT;
    if (pointer === 0) return strings;
    if (index > MAX_ARGUMENT_BYTES / 9) return -E2BIG;
    const text = memory.readString(pointer, MAX_STRING);
    if (typeof text === 'number') return text === -EFAULT ? -EFAULT : -E2BIG;
    strings.push(text);
  }
}
