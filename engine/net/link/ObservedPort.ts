import type { Frame } from './Frame.ts';
import type { LinkPort, LinkReceiver } from './LinkPort.ts';

export type FrameDirection = 'sent' | 'received';
export type FrameObserver = (frame: Frame, direction: FrameDirection) => void;

/** Shows every frame that crosses a port to an observer, for example a capture file. The port's user notices nothing. */
export class ObservedPort implements LinkPort, LinkReceiver {
  readonly #inner: LinkPort;
  readonly #observer: FrameObserver;
  #receiver: LinkReceiver | null = null;

  constructor(inner: LinkPort, observer: FrameObserver) {
    this.#inner = inner;
    this.#observer = observer;
  }

  get carrier(): boolean {
    return this.#inner.carrier;
  }

  send(frame: Frame): void {
    this.#observer(frame, 'sent');
    this.#inner.send(frame);
  }

  attach(receiver: LinkReceiver | null): void {
    this.#receiver = receiver;
    this.#inner.attach(receiver === null ? null : this);
  }

  receive(frame: Frame): void {
    this.#observer(frame, 'received');
    this.#receiver?.receive(frame);
  }

  carrierChanged(carrier: boolean): void {
    this.#receiver?.carrierChanged(carrier);
  }
}
