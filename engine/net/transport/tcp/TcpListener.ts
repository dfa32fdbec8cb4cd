import { POLLIN, POLLRDNORM } from '../../../abi/poll.ts';
import type { Ipv4Address } from '../../ip/address.ts';
import { SILENT_OBSERVER, type EndpointObserver, type SendSettings } from '../endpoint.ts';
import type { PortUser } from '../PortTable.ts';
import { takeSynOptions } from './input.ts';
import { advance } from './sequence.ts';
import { TCP_SYN_RECEIVED } from './state.ts';
import { TcpConnection } from './TcpConnection.ts';
import type { ConnectionParent, TcpContext } from './TcpContext.ts';
import type { TcpOptionsSetting } from './TcpOptionsSetting.ts';
import type { TcpSegment } from './TcpSegment.ts';

/** A listening endpoint: half-open connections, and those that wait for accept(2). */
export class TcpListener implements PortUser, ConnectionParent {
  readonly #context: TcpContext;
  readonly send: SendSettings;
  readonly options: TcpOptionsSetting;
  observer: EndpointObserver = SILENT_OBSERVER;
  readonly localAddress: Ipv4Address;
  readonly localPort: number;
  reuseAddress: boolean;
  reusePort: boolean;
  readonly uid: number;
  readonly isListening = true;
  backlog: number;
  readonly #halfOpen = new Set<TcpConnection>();
  readonly #ready: TcpConnection[] = [];

  /** Takes over the port that `user` holds. */
  constructor(context: TcpContext, user: PortUser, send: SendSettings, options: TcpOptionsSetting, backlog: number) {
    this.#context = context;
    this.send = send;
    this.options = options;
    this.localAddress = user.localAddress;
    this.localPort = user.localPort;
    this.reuseAddress = user.reuseAddress;
    this.reusePort = user.reusePort;
    this.uid = user.uid;
    this.backlog = backlog;
  }

  get deviceIndex(): number {
    return this.send.deviceIndex;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** listen(2): a backlog of n lets n + 1 connections wait. */
  get isFull(): boolean {
    return this.#ready.length > this.backlog;
  }

  /** A SYN for this endpoint. */
  receiveSyn(s: TcpSegment): void {
    const context = this.#context;
    const { tcpExtended } = context.counters;
    if (this.isFull || this.#halfOpen.size >= Math.max(this.backlog, 8) + 1) {
      if (this.isFull) tcpExtended.ListenOverflows++;
      tcpExtended.ListenDrops++;
      return;
    }
    const child = new TcpConnection(context, { ...this.send }, { ...this.options }, this.uid);
    child.localAddress = s.destination;
    child.localPort = s.destinationPort;
    child.remoteAddress = s.source;
    child.remotePort = s.sourcePort;
    child.reuseAddress = this.reuseAddress;
    child.reusePort = this.reusePort;
    if (child.route === null || !context.register(child)) return;
    context.ports.share(child);
    child.isBound = true;
    child.state = TCP_SYN_RECEIVED;
    child.parent = this;
    this.#halfOpen.add(child);
    child.startSequence();
    child.initialReceiveSequence = s.sequence;
    child.receiveNext = advance(s.sequence, 1);
    child.readNext = child.receiveNext;
    child.window.updatedAt = child.receiveNext;
    child.window.open();
    child.window.scale = child.windowScaleToOffer;
    takeSynOptions(child, s);
    child.sendWindow = s.window;
    child.maximumSendWindow = s.window;
    child.windowUpdateSequence = s.sequence;
    if (this.options.sendBuffer !== 0) child.sendBufferLimit = this.options.sendBuffer;
    child.sendSyn();
  }

  established(connection: TcpConnection): void {
    this.#halfOpen.delete(connection);
    this.#ready.push(connection);
    this.#context.counters.tcp.PassiveOpens++;
    this.observer.readinessChanged(POLLIN | POLLRDNORM);
  }

  abandoned(connection: TcpConnection): void {
    // One that was reset after it was established stays in the queue: accept(2) returns it, and reading tells.
    this.#halfOpen.delete(connection);
  }

  /** The connection that waits longest; it is the caller's from now on. */
  accept(): TcpConnection | undefined {
    const connection = this.#ready.shift();
    if (connection !== undefined) connection.parent = null;
    return connection;
  }

  /** Ends listening: what was not accepted is reset. */
  close(): void {
    for (const connection of [...this.#halfOpen, ...this.#ready]) {
      connection.isOrphan = true;
      connection.parent = null;
      connection.abort();
      connection.releasePort();
    }
    this.#halfOpen.clear();
    this.#ready.length = 0;
  }
}
