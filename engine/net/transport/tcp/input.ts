// Hot code: `segmentArrives` runs once a received packet.

/** A segment arrives (RFC 9293 section 3.10.7), after the connection was found. */

import { POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../../abi/poll.ts';
import { TCP_ACK, TCP_DEFAULT_MSS, TCP_FIN, TCP_RST, TCP_SYN } from '../../wire/tcp.ts';
import { pushPending, sendAck, sendChallengeAck, sendReset, transmitSegment } from './output.ts';
import { acknowledge } from './recovery.ts';
import { advance, after, before, distance } from './sequence.ts';
import {
  TCP_CLOSED,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_LAST_ACK,
  TCP_SYN_RECEIVED,
  TCP_SYN_SENT,
  TCP_TIME_WAIT,
  mayReceive,
} from './state.ts';
import type { TcpConnection } from './TcpConnection.ts';
import type { TcpSegment } from './TcpSegment.ts';
import { DELAYED_ACK_NS, enterTimeWait, startFinWait2 } from './timers.ts';

const READABLE = POLLIN | POLLRDNORM;
const WRITABLE = POLLOUT | POLLWRNORM;

export function segmentArrives(c: TcpConnection, s: TcpSegment): void {
  c.segmentsIn++;
  c.lastReceivedNs = c.now;
  c.keepaliveProbes = 0;
  if (c.state === TCP_SYN_SENT) {
    synSent(c, s);
    return;
  }
  if (!isAcceptable(c, s)) return;
  if ((s.flags & TCP_ACK) === 0) return;
  if (!processAcknowledgement(c, s)) return;
  if (c.state === TCP_TIME_WAIT) {
    // The far end did not hear our last acknowledgement.
    if ((s.flags & TCP_FIN) !== 0) {
      sendAck(c);
      enterTimeWait(c);
    }
    return;
  }
  processPayload(c, s);
  if (isOver(c)) return;
  if (c.sendQueue.unsent !== null) pushPending(c, 0);
  if (c.ackIsDue) acknowledgeSoon(c);
}

/** `segmentArrives` for the answer to our SYN (RFC 9293 section 3.10.7.3). */
function synSent(c: TcpConnection, s: TcpSegment): void {
  const hasAck = (s.flags & TCP_ACK) !== 0;
  if (hasAck && (!after(s.acknowledgement, c.initialSendSequence) || after(s.acknowledgement, c.nextSequence))) {
    if ((s.flags & TCP_RST) === 0) sendReset(c, s.acknowledgement);
    return;
  }
  if (c.usesTimestamps && hasAck && s.options.hasTimestamps && after(s.options.timestampEcho, c.timestamp)) return;
  if ((s.flags & TCP_RST) !== 0) {
    if (hasAck) c.wasReset();
    return;
  }
  if ((s.flags & TCP_SYN) === 0) return;
  takeSynOptions(c, s);
  c.initialReceiveSequence = s.sequence;
  c.receiveNext = advance(s.sequence, 1);
  c.readNext = c.receiveNext;
  c.window.updatedAt = c.receiveNext;
  c.windowUpdateSequence = s.sequence;
  // The window of a SYN is never scaled.
  c.sendWindow = s.window;
  c.maximumSendWindow = s.window;
  if (!hasAck) {
    // Both ends connect at once (RFC 9293 section 3.5, figure 7).
    c.setState(TCP_SYN_RECEIVED);
    const { head } = c.sendQueue;
    if (head !== null) transmitSegment(c, head);
    return;
  }
  acknowledge(c, s, false);
  c.becomeEstablished();
  c.observer.readinessChanged(WRITABLE);
  sendAck(c);
  // Data with a SYN+ACK is rare and legal; it comes again.
  pushPending(c, 0);
}

/** What a SYN offers, of what we want too. */
export function takeSynOptions(c: TcpConnection, s: TcpSegment): void {
  const { options } = s;
  const { settings } = c.context;
  c.peerMss = options.mss === 0 ? TCP_DEFAULT_MSS : options.mss;
  c.usesTimestamps = options.hasTimestamps && settings.tcp_timestamps !== 0;
  c.usesSack = options.sackPermitted && settings.tcp_sack !== 0;
  c.usesWindowScale = options.windowScale >= 0 && settings.tcp_window_scaling !== 0;
  if (c.usesTimestamps) c.recentTimestamp = options.timestampValue;
  c.sendWindowScale = c.usesWindowScale ? options.windowScale : 0;
  if (!c.usesWindowScale) c.window.scale = 0;
  c.receiveMss = c.advertisedMss;
  c.invalidateMss();
}

/** The checks that every segment passes first: PAWS, window, RST, SYN (RFC 7323 section 5, RFC 5961). */
function isAcceptable(c: TcpConnection, s: TcpSegment): boolean {
  const isReset = (s.flags & TCP_RST) !== 0;
  if (c.usesTimestamps && s.options.hasTimestamps && !isReset) {
    if (before(s.options.timestampValue, c.recentTimestamp)) {
      c.context.counters.tcpExtended.PAWSEstab++;
      answerUnacceptable(c, s);
      return false;
    }
  }
  const right = advance(c.window.updatedAt, c.window.size);
  const limit = after(c.receiveNext, right) ? c.receiveNext : right;
  const isInWindow = !before(s.endSequence, c.window.updatedAt) && !after(s.sequence, limit);
  if (!isInWindow) {
    if (isReset) return false;
    answerUnacceptable(c, s);
    return false;
  }
  if (isReset) {
    // RFC 5961 section 3.2: only an exact hit resets, anything else in the window is asked back.
    if (s.sequence === c.receiveNext) resetBy(c);
    else sendChallengeAck(c);
    return false;
  }
  if ((s.flags & TCP_SYN) !== 0) {
    // A SYN again: our SYN+ACK was lost.
    if (c.state === TCP_SYN_RECEIVED && s.sequence === c.initialReceiveSequence) resendSynAck(c);
    else sendChallengeAck(c);
    return false;
  }
  return true;
}

function resetBy(c: TcpConnection): void {
  if (c.state === TCP_TIME_WAIT) c.finish(0);
  else c.wasReset();
}

function resendSynAck(c: TcpConnection): void {
  const { head } = c.sendQueue;
  if (head !== null) transmitSegment(c, head);
}

/** Old data and probes are answered, so that the far end learns what we have; bare segments only now and then. */
function answerUnacceptable(c: TcpConnection, s: TcpSegment): void {
  if (c.state === TCP_SYN_RECEIVED && (s.flags & TCP_SYN) !== 0) {
    resendSynAck(c);
    return;
  }
  if (s.payloadLength === 0 && (s.flags & TCP_FIN) === 0 && (s.flags & TCP_SYN) !== 0) {
    sendChallengeAck(c);
    return;
  }
  if (s.payloadLength > 0) noteDuplicate(c, s.sequence, s.endSequence);
  if (c.state === TCP_TIME_WAIT && (s.flags & TCP_FIN) !== 0) enterTimeWait(c);
  sendAck(c);
}

/** Remembers data that came twice, for the next SACK option (RFC 2883). */
function noteDuplicate(c: TcpConnection, left: number, right: number): void {
  if (!c.usesSack) return;
  c.duplicateSackLeft = left;
  c.duplicateSackRight = before(c.receiveNext, right) ? c.receiveNext : right;
  if (!before(c.duplicateSackLeft, c.duplicateSackRight)) c.duplicateSackRight = c.duplicateSackLeft;
}

/** False when the segment needs no more attention. */
function processAcknowledgement(c: TcpConnection, s: TcpSegment): boolean {
  const acknowledgement = s.acknowledgement;
  if (c.state === TCP_SYN_RECEIVED && !completeHandshake(c, s)) return false;
  if (after(acknowledgement, c.nextSequence)) {
    sendChallengeAck(c);
    return false;
  }
  // RFC 5961 section 5.2: an acknowledgement from too long ago is not from our peer.
  if (distance(acknowledgement, c.unacknowledged) > Math.max(c.maximumSendWindow, 65535)) {
    sendChallengeAck(c);
    return false;
  }
  if (c.usesTimestamps && s.options.hasTimestamps && !after(s.sequence, c.window.updatedAt)) {
    if (!before(s.options.timestampValue, c.recentTimestamp)) c.recentTimestamp = s.options.timestampValue;
  }
  if (c.state === TCP_TIME_WAIT) return true;
  const isNew = after(acknowledgement, c.unacknowledged);
  const isOld = before(acknowledgement, c.unacknowledged);
  const window = s.window * 2 ** c.sendWindowScale;
  const windowChanged = updateWindow(c, s, window, isNew);
  if (isOld) return true;
  const hadInFlight = c.inFlight > 0;
  const isDuplicate = !isNew && hadInFlight && s.payloadLength === 0 && !windowChanged && (s.flags & TCP_FIN) === 0;
  if (isNew || hadInFlight) acknowledge(c, s, isDuplicate);
  if (isNew) {
    if (c.route !== null) c.context.ipv4.confirm(c.route);
    growSendBuffer(c);
    if (!finAcknowledged(c)) return false;
    if (c.isWritable) c.observer.readinessChanged(WRITABLE);
  } else if (!hadInFlight && c.sendQueue.unsent !== null) {
    // The answer to a window probe: the peer lives, however small its window.
    c.softError = 0;
    if (c.sendWindow > 0) c.probes = 0;
  }
  return true;
}

/** The last step of a passive open; false when the acknowledgement is not ours. */
function completeHandshake(c: TcpConnection, s: TcpSegment): boolean {
  const { acknowledgement } = s;
  if (!after(acknowledgement, c.unacknowledged) || after(acknowledgement, c.nextSequence)) {
    sendReset(c, acknowledgement);
    return false;
  }
  // Nobody can take it now: let the far end send again, later (tcp_abort_on_overflow: refuse).
  if (c.parent?.isFull === true) {
    c.context.counters.tcpExtended.ListenOverflows++;
    c.context.counters.tcpExtended.ListenDrops++;
    if (c.context.settings.tcp_abort_on_overflow !== 0) c.abort();
    return false;
  }
  c.sendWindow = s.window * 2 ** c.sendWindowScale;
  c.maximumSendWindow = Math.max(c.maximumSendWindow, c.sendWindow);
  c.windowUpdateSequence = s.sequence;
  c.becomeEstablished();
  c.parent?.established(c);
  c.observer.readinessChanged(WRITABLE);
  return true;
}

function updateWindow(c: TcpConnection, s: TcpSegment, window: number, isNew: boolean): boolean {
  const isFresh =
    isNew ||
    after(s.sequence, c.windowUpdateSequence) ||
    (s.sequence === c.windowUpdateSequence && window > c.sendWindow);
  if (!isFresh || before(s.acknowledgement, c.unacknowledged)) return false;
  c.windowUpdateSequence = s.sequence;
  if (window === c.sendWindow) return false;
  c.sendWindow = window;
  if (window > c.maximumSendWindow) c.maximumSendWindow = window;
  // The window opened: waiting segments go now, not when the probe timer says so.
  if (c.inFlight === 0) {
    c.retransmitTimer.clear();
    c.probes = 0;
  }
  return true;
}

/** Twice the congestion window, so that there is always something to send (Linux's send buffer tuning). */
function growSendBuffer(c: TcpConnection): void {
  if (c.options.sendBuffer !== 0) return;
  const wanted = Math.min(2 * c.congestion.window, c.context.settings.tcp_wmem[2]);
  if (wanted > c.sendBufferLimit) c.sendBufferLimit = wanted;
}

/** Moves on when our FIN was acknowledged; false when that ended the connection. */
function finAcknowledged(c: TcpConnection): boolean {
  if (!c.sendQueue.isEmpty || c.unacknowledged !== c.writeSequence) return true;
  switch (c.state) {
    case TCP_FIN_WAIT1:
      c.setState(TCP_FIN_WAIT2);
      if (c.isOrphan) startFinWait2(c);
      return !isOver(c);
    case TCP_CLOSING:
      enterTimeWait(c);
      return true;
    case TCP_LAST_ACK:
      c.finish(0);
      return false;
    default:
      return true;
  }
}

function processPayload(c: TcpConnection, s: TcpSegment): void {
  const length = s.payloadLength;
  const hasFin = (s.flags & TCP_FIN) !== 0;
  if (length === 0 && !hasFin) return;
  if (!mayReceive(c.state)) {
    // A FIN or data again, after the end: acknowledge it again.
    c.ackIsDue = true;
    c.quickAcks = Math.max(c.quickAcks, 1);
    return;
  }
  const dataEnd = advance(s.sequence, length);
  if (c.isOrphan && length > 0 && after(dataEnd, c.receiveNext)) {
    // Nobody is there to read it (RFC 9293 section 3.10.7.4, RFC 2525 section 2.17).
    c.context.counters.tcpExtended.TCPAbortOnData++;
    c.abort();
    return;
  }
  if (length > 0) {
    c.dataSegmentsIn++;
    c.urgent.arrives(s);
    queuePayload(c, s, length, dataEnd);
  }
  if (hasFin) c.earlyFin = dataEnd;
  if (c.earlyFin >= 0 && c.earlyFin === c.receiveNext) receiveFin(c);
  else if (hasFin) {
    c.ackIsDue = true;
    c.quickAcks = Math.max(c.quickAcks, 1);
  }
}

function queuePayload(c: TcpConnection, s: TcpSegment, length: number, dataEnd: number): void {
  c.ackIsDue = true;
  let start = s.payloadStart;
  let end = s.payloadEnd;
  let sequence = s.sequence;
  // Only what is new and within the window is taken.
  const old = distance(sequence, c.receiveNext);
  if (old > 0) {
    noteDuplicate(c, s.sequence, dataEnd);
    if (old >= length) {
      sendAck(c);
      return;
    }
    start += old;
    sequence = c.receiveNext;
  }
  const beyond = distance(advance(c.window.updatedAt, c.window.size), dataEnd);
  if (beyond > 0) {
    end -= beyond;
    if (end <= start) {
      sendAck(c);
      return;
    }
  }
  const packetMss = s.packet?.gsoSize === 0 ? length : (s.packet?.gsoSize ?? length);
  if (packetMss > c.receiveMss) c.receiveMss = packetMss;
  if (sequence !== c.receiveNext) {
    c.context.counters.tcpExtended.TCPOFOQueue++;
    c.receiveQueue.addEarly(sequence, s.bytes, start, end);
    c.latestEarly = sequence;
    // RFC 5681 section 4.2: out of order, so say at once what is missing.
    sendAck(c);
    return;
  }
  c.receiveQueue.append(s.bytes, start, end);
  c.receiveNext = advance(c.receiveNext, end - start);
  c.bytesReceived += end - start;
  if (c.receiveQueue.hasEarly) {
    const before = c.receiveNext;
    c.receiveNext = c.receiveQueue.takeEarly(c.receiveNext);
    c.bytesReceived += distance(before, c.receiveNext);
    c.quickAcks = Math.max(c.quickAcks, 1);
  }
  c.window.noteArrival();
  if (c.receiveQueue.available >= c.options.receiveLowWater) c.observer.readinessChanged(READABLE);
}

function receiveFin(c: TcpConnection): void {
  c.earlyFin = -1;
  c.receiveNext = advance(c.receiveNext, 1);
  c.isReadShut = true;
  c.ackIsDue = true;
  c.quickAcks = Math.max(c.quickAcks, 1);
  switch (c.state) {
    case TCP_ESTABLISHED:
      c.setState(TCP_CLOSE_WAIT);
      break;
    case TCP_FIN_WAIT1:
      c.setState(TCP_CLOSING);
      break;
    case TCP_FIN_WAIT2:
      sendAck(c);
      enterTimeWait(c);
      break;
    default:
      break;
  }
  c.observer.readinessChanged(c.poll() | READABLE | POLLRDHUP);
}

/** The acknowledgement that is due: now, or when there is something to send it with (RFC 9293 section 3.8.6.3). */
function acknowledgeSoon(c: TcpConnection): void {
  const received = distance(c.window.updatedAt, c.receiveNext);
  const isTimely = c.quickAcks > 0 || c.options.quickAck || received > c.receiveMss || c.receiveQueue.hasEarly;
  if (isTimely) sendAck(c);
  else if (!c.delayedAckTimer.isSet) c.delayedAckTimer.set(DELAYED_ACK_NS);
}

function isOver(c: TcpConnection): boolean {
  return c.state === TCP_CLOSED;
}
