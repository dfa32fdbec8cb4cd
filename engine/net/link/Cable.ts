import type { Frame } from './Frame.ts';
import type { LinkPort, LinkReceiver } from './LinkPort.ts';

class CableEnd implements LinkPort {
  peer: CableEnd | null = null;
  receiver: LinkReceiver | null = null;
  carrier = false;

  send(frame: Frame): void {
    if (this.carrier) this.peer?.receiver?.receive(frame);
  }

  attach(receiver: LinkReceiver | null): void {
    this.receiver = receiver;
    this.updateCarrier();
    this.peer?.updateCarrier();
  }

  updateCarrier(): void {
    const carrier = this.receiver !== null && this.peer !== null && this.peer.receiver !== null;
    if (carrier === this.carrier) return;
    this.carrier = carrier;
    this.receiver?.carrierChanged(carrier);
  }
}

/** A patch cable within one kernel thread: two ends, no delay, no loss. */
export class Cable {
  readonly #ends: readonly [CableEnd, CableEnd] = [new CableEnd(), new CableEnd()];
  readonly a: LinkPort = this.#ends[0];
  readonly b: LinkPort = this.#ends[1];

  constructor() {
    const [a, b] = this.#ends;
    a.peer = b;
    b.peer = a;
  }

  /** Pulls the cable out for good: both ends lose their carrier. */
  cut(): void {
    const [a, b] = this.#ends;
    a.peer = null;
    b.peer = null;
    a.updateCarrier();
    b.updateCarrier();
  }
}
