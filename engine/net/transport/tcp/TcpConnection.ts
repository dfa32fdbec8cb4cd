import {
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EINVAL,
  ENETUNREACH,
  ENOTCONN,
  EPIPE,
  EACCES,
} from '../../../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../../abi/poll.ts';
import type { IoSource, IoTarget } from '../../../mm/Io.ts';
import type { Ipv4Address } from '../../ip/address.ts';
import { RTN_BROADCAST, RTN_MULTICAST } from '../../ip/FibRoute.ts';
import { RT_SCOPE_LINK } from '../../ip/InterfaceAddresses.ts';
import type { Route } from '../../ip/Router.ts';
import { TCP_DEFAULT_MSS, TCP_FIN, TCP_MAX_WINDOW_SCALE, TCP_SYN, TCP_TIMESTAMPS_SIZE } from '../../wire/tcp.ts';
import { IP_PMTUDISC_DONT, SILENT_OBSERVER, type EndpointObserver, type SendSettings } from '../endpoint.ts';
import { LazyTimer } from '../LazyTimer.ts';
import type { PortUser } from '../PortTable.ts';
import { Congestion } from './Congestion.ts';
import { pushPending, sendAck, sendReset, transmitSegment } from './output.ts';
import { ReceiveQueue } from './ReceiveQueue.ts';
import { ReceiveWindow } from './ReceiveWindow.ts';
import { RoundTrip } from './RoundTrip.ts';
import { SendQueue } from './SendQueue.ts';
import { advance, distance } from './sequence.ts';
import {
  TCP_CLOSED,
  TCP_CLOSE_WAIT,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_LAST_ACK,
  TCP_SYN_RECEIVED,
  TCP_SYN_SENT,
  TCP_TIME_WAIT,
  maySend,
} from './state.ts';
import { UrgentData } from './UrgentData.ts';
import type { ConnectionParent, TcpContext } from './TcpContext.ts';
import type { TcpOptionsSetting } from './TcpOptionsSetting.ts';
import { expireDelayedAck, expireKeepalive, expireRetransmit, startFinWait2, startKeepalive } from './timers.ts';

/** Linux's initial quick acknowledgements, and its first receive window in segments. */
const QUICK_ACKS = 16;

/**
 * One TCP connection (RFC 9293). The files beside this one are its parts: `input`, `output`, `recovery` and `timers`
 * work on the fields here, which nobody outside of this folder changes.
 */
export class TcpConnection implements PortUser {
  readonly context: TcpContext;
  readonly send: SendSettings;
  readonly options: TcpOptionsSetting;
  observer: EndpointObserver = SILENT_OBSERVER;
  parent: ConnectionParent | null = null;

  localAddress: Ipv4Address = 0;
  localPort = 0;
  remoteAddress: Ipv4Address = 0;
  remotePort = 0;
  reuseAddress = false;
  reusePort = false;
  readonly uid: number;
  readonly isListening = false;
  isBound = false;
  isRegistered = false;

  state = TCP_CLOSED;
  /** No socket refers to it any more: it finishes by itself. */
  isOrphan = false;
  /** shutdown(2) of the reading side, or the far end's FIN. */
  isReadShut = false;
  isWriteShut = false;
  /** A positive errno that the socket has not been told yet. */
  error = 0;
  /** The last ICMP error that did not end the connection: reported when it times out. */
  softError = 0;

  // Sending (RFC 9293 section 3.3.1).
  readonly sendQueue = new SendQueue();
  initialSendSequence = 0;
  unacknowledged = 0;
  nextSequence = 0;
  /** The number that the next written byte gets. */
  writeSequence = 0;
  sendWindow = 0;
  maximumSendWindow = 0;
  windowUpdateSequence = 0;
  sendWindowScale = 0;
  /** End of the last segment sent that was smaller than the MSS (Minshall's version of Nagle's rule). */
  smallSegmentEnd = 0;
  peerMss = TCP_DEFAULT_MSS;
  sendBufferLimit: number;
  lastSentNs = 0;

  // Receiving.
  readonly receiveQueue = new ReceiveQueue();
  initialReceiveSequence = 0;
  receiveNext = 0;
  /** The number of the next byte that the application reads. */
  readNext = 0;
  readonly urgent: UrgentData;
  readonly window: ReceiveWindow;
  /** Where the far end's FIN lies when it came before data that is missing; -1 when it did not. */
  earlyFin = -1;
  /** Start of the newest early piece, which the first SACK block reports. */
  latestEarly = 0;
  duplicateSackLeft = 0;
  duplicateSackRight = 0;
  quickAcks = QUICK_ACKS;
  lastReceivedNs = 0;
  receiveMss = TCP_DEFAULT_MSS;
  ackIsDue = false;
  lastChallengeNs = 0;

  // Options agreed on.
  usesTimestamps = false;
  usesSack = false;
  usesWindowScale = false;
  recentTimestamp = 0;
  timestampOffset = 0;

  readonly roundTrip = new RoundTrip();
  readonly congestion: Congestion;
  /** Retransmissions, SYNs or probes in a row without an answer. */
  retries = 0;
  firstRetryNs = 0;
  probes = 0;
  keepaliveProbes = 0;

  readonly retransmitTimer: LazyTimer;
  readonly delayedAckTimer: LazyTimer;
  /** Keep-alive while established; the end of FIN-WAIT-2 and TIME-WAIT afterwards. */
  readonly keepaliveTimer: LazyTimer;

  // Counted for TCP_INFO.
  bytesAcknowledged = 0;
  bytesReceived = 0;
  bytesSent = 0;
  bytesRetransmitted = 0;
  segmentsIn = 0;
  segmentsOut = 0;
  dataSegmentsIn = 0;
  dataSegmentsOut = 0;
  totalRetransmissions = 0;

  #route: Route | null = null;
  #mssRoute: Route | null = null;
  #mss = TCP_DEFAULT_MSS;
  #largestPayload = TCP_DEFAULT_MSS;

  constructor(context: TcpContext, send: SendSettings, options: TcpOptionsSetting, uid: number) {
    this.context = context;
    this.send = send;
    this.options = options;
    this.uid = uid;
    this.congestion = new Congestion(this);
    this.urgent = new UrgentData(this);
    this.window = new ReceiveWindow(this, context.settings.tcp_rmem);
    this.sendBufferLimit = Math.max(context.settings.tcp_wmem[1], 87040);
    const { timers } = context.environment;
    this.retransmitTimer = new LazyTimer(timers, () => expireRetransmit(this));
    this.delayedAckTimer = new LazyTimer(timers, () => expireDelayedAck(this));
    this.keepaliveTimer = new LazyTimer(timers, () => expireKeepalive(this));
  }

  get deviceIndex(): number {
    return this.send.deviceIndex;
  }

  get now(): number {
    return this.context.environment.timers.now();
  }

  /** The time stamp clock: milliseconds, as Linux's (RFC 7323 section 5.4). */
  get timestamp(): number {
    return (Math.floor(this.now / 1_000_000) + this.timestampOffset) >>> 0;
  }

  /** Sequence numbers sent and not acknowledged. */
  get inFlight(): number {
    return distance(this.unacknowledged, this.nextSequence);
  }

  /** The current way to the far end, looked up again when routes changed; null when there is none. */
  get route(): Route | null {
    const known = this.#route;
    if (known !== null && known.generation === this.context.router.generation) return known;
    const { send } = this;
    const route = this.context.router.resolve(
      this.remoteAddress,
      this.localAddress,
      send.deviceIndex,
      send.tos & 0x1e,
      send.mark,
      send.dontRoute ? RT_SCOPE_LINK : 0,
    );
    this.#route = typeof route === 'number' ? null : route;
    return this.#route;
  }

  /** The way seems dead: look for another one at the next packet. */
  forgetRoute(): void {
    this.#route = null;
  }

  /** Payload that goes into one packet on the wire. */
  get mss(): number {
    const { route } = this;
    if (route !== null && route !== this.#mssRoute) this.#computeMss(route);
    return this.#mss;
  }

  /** Payload up to which a segment may be handed over at once: a multiple of the MSS. */
  get largestPayload(): number {
    const { mss } = this;
    return Math.max(mss, this.#largestPayload);
  }

  /** Options were agreed on, or TCP_MAXSEG was set: compute the MSS again. */
  invalidateMss(): void {
    this.#mssRoute = null;
  }

  /** The MSS to announce: what fits the route's device. */
  get advertisedMss(): number {
    const mtu = this.route?.device.mtu ?? 0;
    const fits = Math.max(Math.min(mtu, 65535) - 40, TCP_DEFAULT_MSS);
    return this.options.maximumSegment === 0 ? fits : Math.min(fits, this.options.maximumSegment);
  }

  get windowScaleToOffer(): number {
    let scale = 0;
    for (let space = this.window.largestLimit; space > 65535 && scale < TCP_MAX_WINDOW_SCALE; space >>= 1) scale++;
    return scale;
  }

  /** Takes a local port, 0 for any. */
  bind(address: Ipv4Address, port: number): number {
    this.localAddress = address;
    const error = this.context.ports.bind(this, port);
    if (error < 0) this.localAddress = 0;
    else this.isBound = true;
    return error;
  }

  /** Starts to connect: 0 when the SYN is on its way. */
  connect(address: Ipv4Address, port: number): number {
    const { context, send } = this;
    const route = context.router.resolve(
      address,
      this.localAddress,
      send.deviceIndex,
      send.tos & 0x1e,
      send.mark,
      send.dontRoute ? RT_SCOPE_LINK : 0,
    );
    if (typeof route === 'number') return route;
    if (route.type === RTN_BROADCAST || route.type === RTN_MULTICAST) return -ENETUNREACH;
    if (route.type === 0) return -EACCES;
    if (route.source === 0) return -EADDRNOTAVAIL;
    this.#route = route;
    this.remoteAddress = route.destination;
    this.remotePort = port;
    const hadAddress = this.localAddress;
    if (hadAddress === 0) this.localAddress = route.source;
    if (!this.isBound) {
      const error = this.bind(this.localAddress, 0);
      if (error < 0) return -EADDRNOTAVAIL;
    }
    if (!context.register(this)) {
      this.localAddress = hadAddress;
      return -EADDRINUSE;
    }
    context.counters.tcp.ActiveOpens++;
    this.startSequence();
    this.state = TCP_SYN_SENT;
    this.window.open();
    this.sendSyn();
    return 0;
  }

  startSequence(): void {
    const { localAddress, localPort, remoteAddress, remotePort } = this;
    this.initialSendSequence = this.context.initialSequence(localAddress, localPort, remoteAddress, remotePort);
    this.timestampOffset = this.context.environment.random.next32();
    this.unacknowledged = this.initialSendSequence;
    this.nextSequence = this.initialSendSequence;
    this.writeSequence = this.initialSendSequence;
    this.smallSegmentEnd = this.initialSendSequence;
    this.congestion.highSequence = this.initialSendSequence;
  }

  sendSyn(): void {
    const syn = this.sendQueue.appendControl(this.writeSequence, TCP_SYN);
    this.writeSequence = advance(this.writeSequence, 1);
    transmitSegment(this, syn);
    this.retransmitTimer.set(this.roundTrip.timeoutNs);
  }

  /** Bytes that may be written now. */
  get writableBytes(): number {
    return Math.max(0, this.sendBufferLimit - this.sendQueue.bytes);
  }

  /** Takes bytes to send; `more` (MSG_MORE) announces that others follow at once, `urgent` is MSG_OOB. */
  write(source: IoSource, more: 0 | 1, urgent: 0 | 1 = 0): number {
    if (this.error !== 0) return -this.takeError();
    if (this.isWriteShut) return -EPIPE;
    if (!maySend(this.state)) return this.state === TCP_SYN_SENT || this.state === TCP_SYN_RECEIVED ? -EAGAIN : -EPIPE;
    const wanted = Math.min(source.remaining, this.writableBytes);
    if (wanted === 0) return source.remaining === 0 ? 0 : -EAGAIN;
    const taken = this.sendQueue.append(this.writeSequence, source, wanted, this.largestPayload);
    if (taken <= 0) return taken;
    this.writeSequence = advance(this.writeSequence, taken);
    if (urgent === 1) this.urgent.noteWritten();
    pushPending(this, more);
    return taken;
  }

  /** Reads from the stream: 0 at its end, -EAGAIN while there is nothing. */
  read(target: IoTarget, limit: number, how: 'take' | 'peek' | 'discard', offset = 0): number {
    const { receiveQueue, urgent } = this;
    if (urgent.isToBeSkipped && how !== 'peek') this.readNext = advance(this.readNext, receiveQueue.discard(1));
    if (receiveQueue.available === 0 || (how === 'peek' && offset >= receiveQueue.available)) {
      if (this.error !== 0) return -this.takeError();
      if (this.isReadShut || this.state === TCP_TIME_WAIT) return 0;
      if (this.state === TCP_CLOSED) return -ENOTCONN;
      return -EAGAIN;
    }
    if (how === 'peek') return receiveQueue.peek(target, limit, urgent.isToBeSkipped ? offset + 1 : offset);
    const reach = urgent.limitRead(limit);
    const moved = how === 'take' ? receiveQueue.read(target, reach) : receiveQueue.discard(reach);
    if (moved > 0) {
      this.readNext = advance(this.readNext, moved);
      this.window.noteRead(moved);
    }
    return moved;
  }

  /** shutdown(2). */
  shutdown(read: boolean, write: boolean): number {
    if (this.state === TCP_CLOSED) return -ENOTCONN;
    if (read) this.isReadShut = true;
    if (write && !this.isWriteShut) {
      this.isWriteShut = true;
      if (this.state === TCP_SYN_SENT) {
        this.finish(0);
        return 0;
      }
      this.#sendFin();
    }
    this.observer.readinessChanged(this.poll());
    return 0;
  }

  /** The socket goes away. `abortive` is SO_LINGER with time zero: the far end gets a reset. */
  close(abortive: 'orderly' | 'abortive'): void {
    this.isOrphan = true;
    this.observer = SILENT_OBSERVER;
    const hadUnread = this.receiveQueue.available > 0;
    this.receiveQueue.clear();
    if (this.state === TCP_CLOSED || this.state === TCP_SYN_SENT) {
      this.finish(0);
    } else if (abortive === 'abortive' || hadUnread) {
      // RFC 2525 section 2.17: data that nobody will read must not look delivered.
      if (hadUnread) this.context.counters.tcpExtended.TCPAbortOnClose++;
      this.abort();
    } else if (this.state === TCP_FIN_WAIT2) {
      startFinWait2(this);
    } else if (!this.isWriteShut) {
      this.isWriteShut = true;
      this.#sendFin();
    }
  }

  /** Ends the connection with a reset. */
  abort(): void {
    const mustTell = this.state !== TCP_CLOSED && this.state !== TCP_SYN_SENT && this.state !== TCP_TIME_WAIT;
    if (mustTell) sendReset(this);
    this.finish(0);
  }

  /** The far end reset the connection, or refused it. */
  wasReset(): void {
    if (this.state === TCP_SYN_SENT) this.finish(ECONNREFUSED);
    else if (this.state === TCP_CLOSE_WAIT) this.finish(EPIPE);
    else this.finish(ECONNRESET);
  }

  /** Ends it all: `error` 0 for a regular end. */
  finish(error: number): void {
    const { context, state } = this;
    if (state === TCP_SYN_SENT || state === TCP_SYN_RECEIVED) context.counters.tcp.AttemptFails++;
    else if ((state === TCP_ESTABLISHED || state === TCP_CLOSE_WAIT) && error !== 0) context.counters.tcp.EstabResets++;
    this.setState(TCP_CLOSED);
    if (error !== 0) this.error = error;
    this.isReadShut = true;
    this.isWriteShut = true;
    this.retransmitTimer.dispose();
    this.delayedAckTimer.dispose();
    this.keepaliveTimer.dispose();
    this.sendQueue.clear();
    if (this.isRegistered) context.unregister(this);
    if (this.isOrphan || this.parent !== null) this.releasePort();
    const { parent } = this;
    this.parent = null;
    parent?.abandoned(this);
    this.observer.readinessChanged(POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP | POLLRDNORM | POLLWRNORM);
  }

  releasePort(): void {
    if (!this.isBound) return;
    this.isBound = false;
    this.context.ports.release(this);
  }

  setState(state: number): void {
    const { tcp } = this.context.counters;
    const wasOpen = this.state === TCP_ESTABLISHED || this.state === TCP_CLOSE_WAIT;
    const isOpen = state === TCP_ESTABLISHED || state === TCP_CLOSE_WAIT;
    if (isOpen && !wasOpen) tcp.CurrEstab++;
    else if (wasOpen && !isOpen) tcp.CurrEstab--;
    this.state = state;
  }

  /** The handshake is complete. */
  becomeEstablished(): void {
    this.setState(TCP_ESTABLISHED);
    this.congestion.start();
    this.window.start();
    startKeepalive(this);
    this.retries = 0;
  }

  /** The pending error as a positive errno, which is thereby told (SO_ERROR). */
  takeError(): number {
    const { error } = this;
    this.error = 0;
    return error;
  }

  /** poll(2) bits that hold now. */
  poll(): number {
    let events = 0;
    const { state } = this;
    if ((this.isReadShut && this.isWriteShut) || state === TCP_CLOSED) events |= POLLHUP;
    if (this.isReadShut) events |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (state !== TCP_SYN_SENT && state !== TCP_SYN_RECEIVED) {
      const readable = this.receiveQueue.available - (this.urgent.isToBeSkipped ? 1 : 0);
      if (readable >= this.options.receiveLowWater) events |= POLLIN | POLLRDNORM;
      if (this.urgent.isHere) events |= POLLPRI;
      if (this.isWriteShut || this.isWritable) events |= POLLOUT | POLLWRNORM;
    }
    if (this.error !== 0) events |= POLLERR;
    return events;
  }

  /** Enough room that writing is worth a wake-up: a third of the buffer (sk_stream_is_writeable). */
  get isWritable(): boolean {
    const { bytes } = this.sendQueue;
    return this.sendBufferLimit - bytes >= bytes >> 1 && this.isBelowUnsentLimit;
  }

  /** TCP_NOTSENT_LOWAT. */
  get isBelowUnsentLimit(): boolean {
    const { unsentLowWater } = this.options;
    return unsentLowWater === 0 || this.sendQueue.unsentBytes(this.writeSequence) < unsentLowWater;
  }

  /** TCP_QUICKACK, TCP_NODELAY or TCP_CORK changed. */
  optionsChanged(): void {
    if (this.options.quickAck && this.delayedAckTimer.isSet) sendAck(this);
    if (maySend(this.state)) pushPending(this, 0);
    startKeepalive(this);
  }

  /** The socket's user set a limit for segments (TCP_MAXSEG). */
  setMaximumSegment(size: number): number {
    if (size !== 0 && (size < 88 || size > 32767)) return -EINVAL;
    this.options.maximumSegment = size;
    this.invalidateMss();
    return 0;
  }

  /** May packets say "don't fragment"? */
  get dontFragment(): boolean {
    return this.send.pathMtuDiscovery !== IP_PMTUDISC_DONT && this.context.settings.ip_no_pmtu_disc === 0;
  }

  #sendFin(): void {
    if (this.state === TCP_ESTABLISHED || this.state === TCP_SYN_RECEIVED) this.setState(TCP_FIN_WAIT1);
    else if (this.state === TCP_CLOSE_WAIT) this.setState(TCP_LAST_ACK);
    else return;
    const { sendQueue } = this;
    const { tail } = sendQueue;
    if (tail !== null && !tail.isSent && tail.controlLength === 0) {
      tail.flags |= TCP_FIN;
      tail.controlLength = 1;
    } else {
      sendQueue.appendControl(this.writeSequence, TCP_FIN);
    }
    this.writeSequence = advance(this.writeSequence, 1);
    pushPending(this, 0);
  }

  #computeMss(route: Route): void {
    this.#mssRoute = route;
    const options = this.usesTimestamps ? TCP_TIMESTAMPS_SIZE : 0;
    let mss = Math.min(this.peerMss, route.mtu - 40);
    if (this.options.maximumSegment !== 0) mss = Math.min(mss, this.options.maximumSegment);
    this.#mss = Math.max(mss - options, 48);
    const largest = Math.min(route.device.maximumGsoPayload, 65535 - 40 - options);
    this.#largestPayload = largest - (largest % this.#mss);
  }
}
