import { EACCES, EINVAL, ENOMEM } from '../../abi/errno.ts';
import { SEEK_CUR, SEEK_SET } from '../../abi/open.ts';
import type { IoSource, IoTarget } from '../../mm/Io.ts';
import type { Task } from '../../process/Task.ts';
import { bytesOf, byteString } from '../../lib/bytes.ts';
import type { Actor } from '../../vfs/Actor.ts';
import { File } from '../../vfs/File.ts';

/** Most that one write takes: a page, as for Linux's own. */
const WRITE_MAX = 4096;

export interface TextSource {
  read(actor: Actor): string | number;
  write?(actor: Actor, text: string): number;
}

/**
 * An open file of generated text. The text is made when it is read from the start, so that whoever keeps the file open and
 * rewinds (top(1)) sees the present, and a reader in small pieces sees one moment.
 */
export class GeneratedFile extends File {
  private readonly source: TextSource;
  private text: Uint8Array | null = null;

  constructor(flags: number, source: TextSource) {
    super(flags);
    this.source = source;
  }

  override read(task: Task, target: IoTarget): number {
    const count = this.readAt(task, target, this.position);
    if (count > 0) this.position += count;
    return count;
  }

  override readAt(task: Task, target: IoTarget, offset: number): number {
    if (offset === 0 || this.text === null) {
      const text = this.source.read(task);
      if (typeof text === 'number') return text;
      this.text = bytesOf(text);
    }
    const length = Math.min(target.remaining, this.text.length - offset);
    return length <= 0 ? 0 : target.put(this.text, offset, length);
  }

  override write(task: Task, source: IoSource): number {
    const { remaining } = source;
    if (this.source.write === undefined) return -EACCES;
    if (remaining > WRITE_MAX) return -ENOMEM;
    const bytes = new Uint8Array(remaining);
    const taken = source.take(bytes, 0, remaining);
    if (taken < 0) return taken;
    const error = this.source.write(task, byteString(bytes, 0, taken));
    return error < 0 ? error : taken;
  }

  override writeAt(task: Task, source: IoSource): number {
    return this.write(task, source);
  }

  override truncate(): number {
    return 0;
  }

  override seek(offset: number, whence: number): number {
    if (whence !== SEEK_SET && whence !== SEEK_CUR) return -EINVAL;
    const position = whence === SEEK_SET ? offset : this.position + offset;
    if (position < 0) return -EINVAL;
    this.position = position;
    return position;
  }

  override sync(): number {
    return 0;
  }
}
