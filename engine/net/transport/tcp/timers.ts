/** What happens when a connection's timers expire (RFC 9293 section 3.8, RFC 6298, RFC 1122 section 4.2.3.6). */

import { ETIMEDOUT } from '../../../abi/errno.ts';
import { NANOSECONDS_PER_MILLISECOND, NANOSECONDS_PER_SECOND } from '../../environment.ts';
import { retransmitSegment, sendAck, sendProbe, transmitSegment } from './output.ts';
import { markAllLost } from './recovery.ts';
import { MAXIMUM_RTO_NS } from './RoundTrip.ts';
import { advance, distance } from './sequence.ts';
import {
  TCP_CLOSED,
  TCP_CLOSE_WAIT,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT2,
  TCP_SYN_RECEIVED,
  TCP_SYN_SENT,
  TCP_TIME_WAIT,
} from './state.ts';
import type { TcpConnection } from './TcpConnection.ts';

export const DELAYED_ACK_NS = 40 * NANOSECONDS_PER_MILLISECOND;
/** RFC 9293 asks for two maximum segment lifetimes; Linux's TCP_TIMEWAIT_LEN. */
const TIME_WAIT_NS = 60 * NANOSECONDS_PER_SECOND;

export function expireDelayedAck(c: TcpConnection): void {
  if (c.state === TCP_CLOSED || !c.ackIsDue) return;
  c.context.counters.tcpExtended.DelayedACKs++;
  sendAck(c);
}

export function expireRetransmit(c: TcpConnection): void {
  if (c.state === TCP_CLOSED || c.state === TCP_TIME_WAIT) return;
  if (c.sendQueue.head === null) return;
  if (c.inFlight === 0) {
    probeWindow(c);
    return;
  }
  if (hasTimedOut(c)) {
    c.context.counters.tcpExtended.TCPAbortOnTimeout++;
    c.finish(c.softError === 0 ? ETIMEDOUT : c.softError);
    return;
  }
  c.context.counters.tcpExtended.TCPTimeouts++;
  if (c.retries === 0) c.firstRetryNs = c.now;
  c.retries++;
  const { head } = c.sendQueue;
  c.roundTrip.backoff++;
  if (c.state === TCP_SYN_SENT || c.state === TCP_SYN_RECEIVED) {
    transmitSegment(c, head);
  } else {
    // From the third try on, look for another way.
    if (c.retries === c.context.settings.tcp_retries1) c.forgetRoute();
    c.congestion.enterLoss();
    markAllLost(c);
    retransmitSegment(c, head, c.mss);
  }
  c.retransmitTimer.set(c.roundTrip.timeoutNs);
}

function hasTimedOut(c: TcpConnection): boolean {
  const { settings } = c.context;
  if (c.state === TCP_SYN_SENT) return c.retries >= (c.options.synRetries || settings.tcp_syn_retries);
  if (c.state === TCP_SYN_RECEIVED) return c.retries >= settings.tcp_synack_retries;
  if (c.options.userTimeoutNs !== 0) return c.retries > 0 && c.now - c.firstRetryNs >= c.options.userTimeoutNs;
  const limit = c.isOrphan ? settings.tcp_orphan_retries || 8 : settings.tcp_retries2;
  return c.retries >= limit;
}

/** The peer's window is closed, or too small: ask until it opens (RFC 9293 section 3.8.6.1). */
function probeWindow(c: TcpConnection): void {
  const { unsent } = c.sendQueue;
  if (unsent === null) return;
  const { settings } = c.context;
  const limit = c.isOrphan ? settings.tcp_orphan_retries || 8 : settings.tcp_retries2;
  const hasUserTimeout = c.options.userTimeoutNs !== 0 && c.probes > 0;
  if (c.probes >= limit || (hasUserTimeout && c.now - c.firstRetryNs >= c.options.userTimeoutNs)) {
    c.finish(c.softError === 0 ? ETIMEDOUT : c.softError);
    return;
  }
  if (c.probes === 0) c.firstRetryNs = c.now;
  c.probes++;
  const room = distance(unsent.sequence, advance(c.unacknowledged, c.sendWindow));
  if (room > 0 || unsent.payloadLength === 0) {
    // A small window is better than none, once waiting did not help.
    const limitBytes = Math.min(room, c.mss);
    if (unsent.payloadLength > limitBytes && limitBytes > 0) c.sendQueue.split(unsent, limitBytes);
    transmitSegment(c, unsent);
  } else {
    sendProbe(c);
  }
  const backedOff = Math.min(c.roundTrip.timeoutNs * 2 ** c.probes, MAXIMUM_RTO_NS);
  c.retransmitTimer.set(backedOff);
}

function keepAliveIdleNs(c: TcpConnection): number {
  return c.options.keepAliveIdleNs || c.context.settings.tcp_keepalive_time * NANOSECONDS_PER_SECOND;
}

export function startKeepalive(c: TcpConnection): void {
  if (c.state !== TCP_ESTABLISHED && c.state !== TCP_CLOSE_WAIT) return;
  if (c.options.keepAlive) c.keepaliveTimer.set(keepAliveIdleNs(c));
  else c.keepaliveTimer.clear();
}

/** An orphan in FIN-WAIT-2 does not wait for the far end for ever. */
export function startFinWait2(c: TcpConnection): void {
  const { finTimeoutNs } = c.options;
  if (finTimeoutNs < 0) c.finish(0);
  else c.keepaliveTimer.set(finTimeoutNs || c.context.settings.tcp_fin_timeout * NANOSECONDS_PER_SECOND);
}

export function enterTimeWait(c: TcpConnection): void {
  c.setState(TCP_TIME_WAIT);
  c.context.counters.tcpExtended.TW++;
  c.retransmitTimer.clear();
  c.delayedAckTimer.clear();
  c.sendQueue.clear();
  c.keepaliveTimer.set(TIME_WAIT_NS);
}

export function expireKeepalive(c: TcpConnection): void {
  if (c.state === TCP_TIME_WAIT || (c.state === TCP_FIN_WAIT2 && c.isOrphan)) {
    c.finish(0);
    return;
  }
  if (!c.options.keepAlive || c.state === TCP_CLOSED) return;
  const idle = keepAliveIdleNs(c);
  const quiet = c.now - Math.max(c.lastReceivedNs, 0);
  if (c.inFlight > 0 || c.sendQueue.unsent !== null) {
    c.keepaliveTimer.set(idle);
    return;
  }
  if (quiet < idle) {
    c.keepaliveProbes = 0;
    c.keepaliveTimer.set(idle - quiet);
    return;
  }
  const limit = c.options.keepAliveCount || c.context.settings.tcp_keepalive_probes;
  const { userTimeoutNs } = c.options;
  const isOver = userTimeoutNs === 0 ? c.keepaliveProbes >= limit : c.keepaliveProbes > 0 && quiet >= userTimeoutNs;
  if (isOver) {
    c.abort();
    c.error = ETIMEDOUT;
    return;
  }
  c.keepaliveProbes++;
  c.context.counters.tcpExtended.TCPKeepAlive++;
  sendProbe(c);
  c.keepaliveTimer.set(
    c.options.keepAliveIntervalNs || c.context.settings.tcp_keepalive_intvl * NANOSECONDS_PER_SECOND,
  );
}
