import type { Frame } from './Frame.ts';
import { ARPHRD_LOOPBACK, IFF_LOOPBACK, IF_OPER_UNKNOWN, NetDevice } from './NetDevice.ts';

const DEFAULT_MTU = 65536;
const MTU_LIMITS = [0, 0x7fff_ffff] as const;
const MAXIMUM_GSO_PAYLOAD = 65483;

/** `lo`: what is sent comes back. */
export class LoopbackDevice extends NetDevice {
  constructor() {
    super('lo', ARPHRD_LOOPBACK, DEFAULT_MTU, MTU_LIMITS, 0, IFF_LOOPBACK, MAXIMUM_GSO_PAYLOAD);
  }

  override get carrier(): boolean {
    return this.isUp;
  }

  override get operationalState(): number {
    return IF_OPER_UNKNOWN;
  }

  override transmit(frame: Frame): void {
    const length = frame.end - frame.start;
    this.statistics.tx_packets++;
    this.statistics.tx_bytes += length;
    this.statistics.rx_packets++;
    this.statistics.rx_bytes += length;
    this.owner?.receive(this, frame);
  }

  protected override open(): void {
    // Nothing to start: the carrier follows the flag.
  }

  protected override close(): void {
    // Nothing to stop.
  }
}
