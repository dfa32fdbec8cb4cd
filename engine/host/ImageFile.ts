import { closeSync, fstatSync, openSync } from 'node:fs';
import type { ImageReader } from '../fs/image/ImageReader.ts';
import { openImage } from '../fs/image/ImageReader.ts';
import { SharedRegion } from './SharedRegion.unsafe.ts';

/**
 * An image on the disk, mapped once into this program, for any number of machines. The host keeps one copy of its pages,
 * whoever looks at them.
 */
export class ImageFile {
  /** All bytes of the image: the array that frames from IMAGE_FRAME_BASE on lie in. */
  readonly bytes: Uint8Array;
  readonly reader: ImageReader;
  private readonly region: SharedRegion;

  private constructor(region: SharedRegion, reader: ImageReader) {
    this.region = region;
    this.bytes = region.bytes;
    this.reader = reader;
  }

  /** The image at `path`, or a sentence that says why it cannot be used. */
  static open(path: string): ImageFile | string {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      return `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
    const status = fstatSync(fd);
    if (!status.isFile() || status.size === 0) {
      closeSync(fd);
      return `${path} is not an image: it is ${status.isFile() ? 'empty' : 'no ordinary file'}`;
    }
    const region = SharedRegion.readOnly(fd, status.size);
    const reader = openImage(region.bytes);
    if (typeof reader !== 'string') return new ImageFile(region, reader);
    region.dispose();
    return `${path}: ${reader}`;
  }

  /** What stub processes map pages from. */
  get fd(): number {
    return this.region.fd;
  }

  /** No machine uses it any more. */
  dispose(): void {
    this.region.dispose();
  }
}
