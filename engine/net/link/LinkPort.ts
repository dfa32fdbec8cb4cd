import type { Frame } from './Frame.ts';

/** What stands at an end of a link: an Ethernet device or a port of a switch. */
export interface LinkReceiver {
  /** Called by the link, possibly while a frame is being sent from this very receiver: long work must be put off. */
  receive(frame: Frame): void;
  carrierChanged(carrier: boolean): void;
}

/**
 * The seam between what sends frames and what carries them. Capture, delay, loss and rate limits are wrappers that
 * implement this interface around another one.
 */
export interface LinkPort {
  /** Frames sent without carrier are lost. */
  send(frame: Frame): void;
  /** True while something listens at the far end. */
  readonly carrier: boolean;
  /** Starts listening; null stops it, which takes the carrier from the far end. */
  attach(receiver: LinkReceiver | null): void;
}
