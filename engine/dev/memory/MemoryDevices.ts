/** The character devices of major 1 (null(4), full(4), random(4)). */
import { EINVAL, ENOSPC } from '../../abi/errno.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Kernel, RandomSource } from '../../process/Kernel.ts';
import type { Task } from '../../process/Task.ts';
import { makeDevice } from '../../vfs/deviceNumber.ts';
import { File } from '../../vfs/File.ts';
import { PAGE_SIZE } from '../../vfs/Frames.ts';
import { LogFile } from './LogFile.ts';
import { ZeroPages } from './ZeroPages.ts';

const MAJOR = 1;
const zeros = new Uint8Array(PAGE_SIZE);

/** Takes all bytes of a write and forgets them. */
function swallow(source: IoSource): number {
  const sink = new Uint8Array(Math.min(source.remaining, 65536));
  let done = 0;
  while (source.remaining > 0) {
    const count = source.take(sink, 0, Math.min(sink.length, source.remaining));
    if (count <= 0) return done > 0 ? done : count;
    done += count;
  }
  return done;
}

/** Devices without positions: every offset is as good as another. */
abstract class PositionlessFile extends File {
  override readAt(task: Task, target: IoTarget): number {
    return this.read(task, target);
  }

  override writeAt(task: Task, source: IoSource): number {
    return this.write(task, source);
  }

  override seek(): number {
    return 0;
  }
}

/** /dev/null: writes are not even looked at, so a bad address is no error. */
class NullFile extends PositionlessFile {
  override read(): number {
    return 0;
  }

  override write(_task: Task, source: IoSource): number {
    return source.remaining;
  }
}

class ZeroFile extends PositionlessFile {
  private readonly zeroPages: ZeroPages;

  constructor(flags: number, zeroPages: ZeroPages) {
    super(flags);
    this.zeroPages = zeroPages;
  }

  override get pages(): ZeroPages {
    return this.zeroPages;
  }

  override read(_task: Task, target: IoTarget): number {
    let done = 0;
    while (target.remaining > 0) {
      const count = target.put(zeros, 0, Math.min(zeros.length, target.remaining));
      if (count <= 0) return done > 0 ? done : count;
      done += count;
    }
    return done;
  }

  override write(_task: Task, source: IoSource): number {
    return source.remaining;
  }
}

class FullFile extends ZeroFile {
  override write(_task: Task, source: IoSource): number {
    return source.remaining === 0 ? 0 : -ENOSPC;
  }
}

/** /dev/random and /dev/urandom, which never wait here: the host's generator is ready before we are. */
class RandomFile extends PositionlessFile {
  private readonly random: RandomSource;
  private readonly block = new Uint8Array(256);

  constructor(flags: number, random: RandomSource) {
    super(flags);
    this.random = random;
  }

  override read(_task: Task, target: IoTarget): number {
    let done = 0;
    while (target.remaining > 0) {
      const length = Math.min(this.block.length, target.remaining);
      this.random.fill(this.block);
      const count = target.put(this.block, 0, length);
      if (count <= 0) return done > 0 ? done : count;
      done += count;
    }
    return done;
  }

  /** Bytes that a guest adds to the pool: the generator needs none. */
  override write(_task: Task, source: IoSource): number {
    return swallow(source);
  }

  /** RNDGETENTCNT: bits in the pool, always full. The others add to it or empty it, which is not for guests. */
  override ioctl(task: Task, request: number, argument: number): number {
    return request === 0x80045200 ? task.memory.writeU32(argument, 256) : -EINVAL;
  }
}

export function registerMemoryDevices({ vfs, random, messages, clock }: Kernel): void {
  const { devices } = vfs;
  const zeroPages = new ZeroPages(vfs.frames);
  devices.registerCharDevice(makeDevice(MAJOR, 3), 'null', (_actor, flags) => new NullFile(flags));
  devices.registerCharDevice(makeDevice(MAJOR, 5), 'zero', (_actor, flags) => new ZeroFile(flags, zeroPages));
  devices.registerCharDevice(makeDevice(MAJOR, 7), 'full', (_actor, flags) => new FullFile(flags, zeroPages));
  devices.registerCharDevice(makeDevice(MAJOR, 8), 'random', (_actor, flags) => new RandomFile(flags, random));
  devices.registerCharDevice(makeDevice(MAJOR, 9), 'urandom', (_actor, flags) => new RandomFile(flags, random));
  devices.registerCharDevice(
    makeDevice(MAJOR, 11),
    'kmsg',
    (_actor, flags) => new LogFile(flags, messages, clock),
    0o644,
  );
}
