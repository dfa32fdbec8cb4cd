import type { HostDirectoryPort } from './HostDirectoryPort.ts';

/** Host descriptors that one mount keeps open for its files at a time. */
const HANDLES_MAX = 128;

interface Holder {
  /** Its file has no name any more, so a handle could not be had again. */
  readonly isNameless: boolean;
  dropHandle(): void;
}

/** Keeps the number of open host descriptors bounded: the least recently opened ones are closed, and opened again on need. */
export class HostHandles {
  private readonly host: HostDirectoryPort;
  private readonly holders = new Set<Holder>();

  constructor(host: HostDirectoryPort) {
    this.host = host;
  }

  /** `holder` has opened a handle. */
  add(holder: Holder): void {
    this.holders.delete(holder);
    this.holders.add(holder);
    if (this.holders.size <= HANDLES_MAX) return;
    for (const candidate of this.holders) {
      if (candidate === holder || candidate.isNameless) continue;
      candidate.dropHandle();
      return;
    }
  }

  close(holder: Holder, handle: number): void {
    this.holders.delete(holder);
    this.host.close(handle);
  }

  dispose(): void {
    for (const holder of [...this.holders]) holder.dropHandle();
  }
}
