import { isGroupMac, readDestinationMac, type MacAddress } from '../wire/ethernet.ts';
import type { Frame } from './Frame.ts';
import type { LinkPort, LinkReceiver } from './LinkPort.ts';
import { ARPHRD_ETHER, IFF_BROADCAST, IFF_MULTICAST, IF_OPER_DOWN, IF_OPER_UP, NetDevice } from './NetDevice.ts';

const DEFAULT_MTU = 1500;
const MTU_LIMITS = [68, 65535] as const;
/** 45 segments of 1448 bytes: what fits into one IPv4 packet of 64 KiB. */
const MAXIMUM_GSO_PAYLOAD = 65160;

/** A network card in a machine. A cable can be plugged and pulled at any time. */
export class EthernetDevice extends NetDevice implements LinkReceiver {
  #port: LinkPort | null = null;

  constructor(name: string, mac: MacAddress) {
    super(name, ARPHRD_ETHER, DEFAULT_MTU, MTU_LIMITS, mac, IFF_BROADCAST | IFF_MULTICAST, MAXIMUM_GSO_PAYLOAD);
  }

  /** Plugs a cable in, pulling the one before it. */
  plug(port: LinkPort): void {
    this.unplug();
    this.#port = port;
    if (this.isUp) port.attach(this);
  }

  unplug(): void {
    const port = this.#port;
    if (port === null) return;
    const hadCarrier = this.carrier;
    this.#port = null;
    port.attach(null);
    if (hadCarrier) this.noteCarrier();
  }

  override get carrier(): boolean {
    return this.#port !== null && this.isUp && this.#port.carrier;
  }

  override get operationalState(): number {
    return this.carrier ? IF_OPER_UP : IF_OPER_DOWN;
  }

  override transmit(frame: Frame): void {
    const statistics = this.statistics;
    if (this.#port === null || !this.#port.carrier) {
      statistics.tx_dropped++;
      statistics.tx_carrier_errors++;
      return;
    }
    statistics.tx_packets++;
    statistics.tx_bytes += frame.end - frame.start;
    this.#port.send(frame);
  }

  receive(frame: Frame): void {
    const destination = readDestinationMac(frame.bytes, frame.start);
    if (destination !== this.mac) {
      if (isGroupMac(destination)) this.statistics.multicast++;
      else if (!this.isPromiscuous) return;
    }
    this.statistics.rx_packets++;
    this.statistics.rx_bytes += frame.end - frame.start;
    this.owner?.receive(this, frame);
  }

  carrierChanged(): void {
    // The port also answers our own attach and detach; those are reported as up and down.
    if (this.#port !== null && this.isUp) this.noteCarrier();
  }

  protected override open(): void {
    this.#port?.attach(this);
  }

  protected override close(): void {
    this.#port?.attach(null);
  }
}
