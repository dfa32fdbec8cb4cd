import { futexWait, futexWake } from '../host/libc.unsafe.ts';
import { SharedRegion } from '../host/SharedRegion.unsafe.ts';
import { doorbellWord, PAGE_SIZE } from './layout.ts';

/**
 * What a kernel thread sleeps on. Stubs, launchers and other threads ring it; ringing costs a host call only while the
 * kernel thread sleeps. One per kernel thread, mapped into every stub process of its machines.
 */
export class Doorbell {
  readonly region: SharedRegion;
  private readonly timeout = new Uint8Array(16);
  private readonly timeoutView = new DataView(this.timeout.buffer);

  constructor(region: SharedRegion = SharedRegion.create('umlaut-doorbell', PAGE_SIZE)) {
    this.region = region;
  }

  /** Says that the kernel is about to sleep. Look for work once more afterwards, then `sleep` or `stayAwake`. */
  prepareSleep(): number {
    Atomics.store(this.region.words, doorbellWord.sleeping, 1);
    return Atomics.load(this.region.words, doorbellWord.word);
  }

  /** Sleeps until somebody rang since `prepareSleep` returned `seen`, or for `timeoutNs`. */
  sleep(seen: number, timeoutNs: number): void {
    let timeout: Uint8Array | null = null;
    if (timeoutNs !== Infinity) {
      const seconds = Math.floor(timeoutNs / 1e9);
      this.timeoutView.setUint32(0, seconds, true);
      this.timeoutView.setUint32(8, Math.max(0, timeoutNs - seconds * 1e9), true);
      timeout = this.timeout;
    }
    futexWait(this.region.address + 4 * doorbellWord.word, seen, timeout);
    this.stayAwake();
  }

  stayAwake(): void {
    Atomics.store(this.region.words, doorbellWord.sleeping, 0);
  }

  /** For other threads of this process. */
  ring(): void {
    Atomics.add(this.region.words, doorbellWord.word, 1);
    futexWake(this.region.address + 4 * doorbellWord.word, 1);
  }

  dispose(): void {
    this.region.dispose();
  }
}
