// Hot code: `acknowledge` runs once an acknowledgement.

/**
 * What acknowledgements say about what arrived: the SACK scoreboard (RFC 2018, RFC 6675), NewReno where there is no SACK
 * (RFC 6582), round-trip samples, and which segments count as lost.
 */

import { TCP_SYN } from '../../wire/tcp.ts';
import { retransmitLost } from './output.ts';
import { after, before, distance } from './sequence.ts';
import type { SendSegment } from './SendQueue.ts';
import { CONGESTION_DISORDER, CONGESTION_LOSS, CONGESTION_OPEN, CONGESTION_RECOVERY } from './state.ts';
import type { TcpConnection } from './TcpConnection.ts';
import type { TcpSegment } from './TcpSegment.ts';

/** RFC 5681: this many duplicates are taken for a loss. */
const DUPLICATE_THRESHOLD = 3;

/** Processes an acceptable acknowledgement. `isDuplicate`: it carries nothing else and acknowledges nothing new. */
export function acknowledge(c: TcpConnection, s: TcpSegment, isDuplicate: boolean): void {
  const { congestion } = c;
  const newlyAcknowledged = distance(c.unacknowledged, s.acknowledgement);
  const sackedBefore = congestion.sackedBytes;
  const hasSack = c.usesSack && s.options.sackBlocks > 0;
  if (hasSack) markSacked(c, s);
  if (newlyAcknowledged > 0) removeAcknowledged(c, s, newlyAcknowledged);
  const sackedNew = congestion.sackedBytes > sackedBefore;
  if (!c.usesSack) countDuplicates(c, isDuplicate, newlyAcknowledged);
  if (congestion.state === CONGESTION_OPEN && congestion.sackedBytes === 0 && !isDuplicate) {
    if (newlyAcknowledged > 0) congestion.grow(newlyAcknowledged);
    return;
  }
  recover(c, newlyAcknowledged, sackedNew || isDuplicate);
}

function recover(c: TcpConnection, newlyAcknowledged: number, isSignal: boolean): void {
  const { congestion } = c;
  const isInTrouble = congestion.state === CONGESTION_RECOVERY || congestion.state === CONGESTION_LOSS;
  if (isInTrouble && !before(c.unacknowledged, congestion.highSequence)) {
    congestion.leaveTrouble();
    if (!c.usesSack) congestion.sackedBytes = 0;
  }
  if (congestion.state === CONGESTION_LOSS) {
    if (newlyAcknowledged > 0) congestion.grow(newlyAcknowledged);
    if (c.usesSack) markLost(c);
    retransmitLost(c, newlyAcknowledged > 0 ? 1 : 0);
    return;
  }
  if (congestion.state === CONGESTION_RECOVERY) {
    if (c.usesSack) markLost(c);
    // NewReno: a partial acknowledgement says that the next segment is lost too.
    else if (newlyAcknowledged > 0) markHeadLost(c);
    retransmitLost(c, newlyAcknowledged > 0 ? 1 : 0);
    return;
  }
  if (congestion.sackedBytes > 0 || isSignal) congestion.state = CONGESTION_DISORDER;
  else congestion.state = CONGESTION_OPEN;
  if (newlyAcknowledged > 0) congestion.grow(newlyAcknowledged);
  const lost = c.usesSack ? markLost(c) : congestion.duplicateAcks >= DUPLICATE_THRESHOLD && markHeadLost(c);
  if (lost) {
    const { tcpExtended } = c.context.counters;
    if (c.usesSack) tcpExtended.TCPSackRecovery++;
    else tcpExtended.TCPRenoRecovery++;
    tcpExtended.TCPFastRetrans++;
    congestion.enterRecovery();
    retransmitLost(c, 1);
  } else if (congestion.sackedBytes === 0) {
    congestion.state = CONGESTION_OPEN;
  }
}

/** Without SACK, each duplicate acknowledgement stands for a segment that arrived out of order. */
function countDuplicates(c: TcpConnection, isDuplicate: boolean, newlyAcknowledged: number): void {
  const { congestion } = c;
  if (newlyAcknowledged > 0) {
    congestion.duplicateAcks = 0;
    congestion.sackedBytes = Math.max(0, Math.min(congestion.sackedBytes - newlyAcknowledged, c.inFlight));
    if (congestion.state === CONGESTION_OPEN || congestion.state === CONGESTION_DISORDER) congestion.sackedBytes = 0;
  } else if (isDuplicate) {
    congestion.duplicateAcks++;
    congestion.sackedBytes = Math.min(congestion.sackedBytes + c.mss, Math.max(0, c.inFlight - c.mss));
  }
}

function markSacked(c: TcpConnection, s: TcpSegment): void {
  const { sackBlocks, sackEdges } = s.options;
  for (let block = 0; block < sackBlocks; block++) {
    const left = sackEdges[2 * block];
    const right = sackEdges[2 * block + 1];
    // What lies below the acknowledgement reports a duplicate (RFC 2883); what was never sent is nonsense.
    if (!before(left, right) || before(left, s.acknowledgement) || after(right, c.nextSequence)) continue;
    markRange(c, left, right);
  }
}

function markRange(c: TcpConnection, left: number, right: number): void {
  const { sendQueue, congestion } = c;
  for (let segment = sendQueue.head; segment?.isSent === true; segment = segment.next) {
    if (!before(segment.sequence, right)) return;
    if (segment.isSacked || !after(segment.endSequence, left)) continue;
    // A block may begin or end within a large segment, when something on the way cut it.
    if (before(segment.sequence, left)) {
      splitSent(c, segment, distance(segment.sequence, left));
      continue;
    }
    if (after(segment.endSequence, right)) splitSent(c, segment, distance(segment.sequence, right));
    segment.isSacked = true;
    congestion.sackedBytes += segment.length;
    if (segment.isLost) congestion.lostBytes -= segment.length;
    if (segment.isRetransmitted) congestion.retransmittedBytes -= segment.length;
    segment.isLost = false;
    segment.isRetransmitted = false;
    if (segment.transmissions === 1) c.roundTrip.sample(c.now - segment.sentNs);
  }
}

function splitSent(c: TcpConnection, segment: SendSegment, payload: number): void {
  if (payload < segment.payloadLength) c.sendQueue.split(segment, payload);
}

/** RFC 6675's IsLost: three segments' worth of what was sent later has arrived. True when it found new losses. */
function markLost(c: TcpConnection): boolean {
  const { congestion, sendQueue, mss } = c;
  const threshold = (DUPLICATE_THRESHOLD - 1) * mss;
  let sackedAbove = congestion.sackedBytes;
  if (sackedAbove === 0) return false;
  const highest = highestSacked(c);
  let found = false;
  for (let segment = sendQueue.head; segment?.isSent === true && sackedAbove > threshold; segment = segment.next) {
    if (segment.isSacked) {
      sackedAbove -= segment.length;
      continue;
    }
    if (!segment.isLost) {
      segment.isLost = true;
      congestion.lostBytes += segment.length;
      found = true;
    } else if (segment.isRetransmitted && distance(segment.retransmittedAt, highest) > threshold) {
      // What was sent after the retransmission has arrived: it is lost again.
      segment.isRetransmitted = false;
      congestion.retransmittedBytes -= segment.length;
    }
  }
  return found;
}

function highestSacked(c: TcpConnection): number {
  let highest = c.unacknowledged;
  for (let segment = c.sendQueue.head; segment?.isSent === true; segment = segment.next) {
    if (segment.isSacked) highest = segment.endSequence;
  }
  return highest;
}

function markHeadLost(c: TcpConnection): boolean {
  const { head } = c.sendQueue;
  if (head?.isSent !== true || head.isLost) return false;
  if (head.payloadLength > c.mss) c.sendQueue.split(head, c.mss);
  head.isLost = true;
  c.congestion.lostBytes += head.length;
  return true;
}

/** A retransmission timeout: everything that was not selectively acknowledged is lost (RFC 6675 section 5.1). */
export function markAllLost(c: TcpConnection): void {
  const { congestion, sendQueue } = c;
  // A receiver that acknowledged the first segment selectively, and does not acknowledge it now, dropped it after all.
  const isReneging = sendQueue.head?.isSacked === true;
  congestion.lostBytes = 0;
  congestion.retransmittedBytes = 0;
  congestion.sackedBytes = 0;
  for (let segment = sendQueue.head; segment?.isSent === true; segment = segment.next) {
    if (isReneging) segment.isSacked = false;
    segment.isRetransmitted = false;
    segment.isLost = !segment.isSacked;
    if (segment.isSacked) congestion.sackedBytes += segment.length;
    else congestion.lostBytes += segment.length;
  }
}

function removeAcknowledged(c: TcpConnection, s: TcpSegment, newlyAcknowledged: number): void {
  const { sendQueue, congestion, now } = c;
  const acknowledgement = s.acknowledgement;
  let sampleNs = -1;
  let hasRetransmitted = false;
  let payload = newlyAcknowledged;
  for (let segment = sendQueue.head; segment?.isSent === true; segment = sendQueue.head) {
    const length = segment.length;
    const covered = Math.min(length, distance(segment.sequence, acknowledgement));
    if (covered <= 0) break;
    if (segment.isSacked) congestion.sackedBytes -= covered;
    if (segment.isLost) congestion.lostBytes -= covered;
    if (segment.isRetransmitted) congestion.retransmittedBytes -= covered;
    if (covered < length) {
      sendQueue.trimHead(covered);
      break;
    }
    // Karn's rule: a retransmitted segment tells nothing about the round trip.
    if (segment.transmissions > 1) hasRetransmitted = true;
    else if (!segment.isSacked) sampleNs = now - segment.sentNs;
    if ((segment.flags & TCP_SYN) !== 0 || segment.controlLength > 0) payload--;
    sendQueue.shift();
  }
  c.unacknowledged = acknowledgement;
  c.bytesAcknowledged += Math.max(payload, 0);
  c.retries = 0;
  c.probes = 0;
  c.firstRetryNs = 0;
  if (sampleNs >= 0 && !hasRetransmitted) {
    c.roundTrip.backoff = 0;
    c.roundTrip.sample(sampleNs);
  } else if (c.usesTimestamps && s.options.hasTimestamps && s.options.timestampEcho !== 0) {
    const elapsedMs = distance(s.options.timestampEcho, c.timestamp);
    if (elapsedMs >= 0) {
      c.roundTrip.backoff = 0;
      c.roundTrip.sample(elapsedMs * 1_000_000);
    }
  }
  if (c.inFlight > 0) c.retransmitTimer.set(c.roundTrip.timeoutNs);
  else c.retransmitTimer.clear();
}

/** The path's MTU shrank: what is in flight and too large will not arrive (RFC 1191 section 6.4). */
export function resegment(c: TcpConnection): void {
  const { congestion, sendQueue } = c;
  const oldMss = c.mss;
  c.invalidateMss();
  if (c.mss >= oldMss) return;
  let lost = false;
  for (let segment = sendQueue.head; segment?.isSent === true; segment = segment.next) {
    if (segment.isSacked || segment.payloadLength <= c.mss) continue;
    if (segment.isRetransmitted) congestion.retransmittedBytes -= segment.length;
    segment.isRetransmitted = false;
    if (!segment.isLost) congestion.lostBytes += segment.length;
    segment.isLost = true;
    lost = true;
  }
  if (!lost) return;
  // No congestion: only the size was wrong.
  if (congestion.state === CONGESTION_OPEN || congestion.state === CONGESTION_DISORDER) {
    congestion.state = CONGESTION_LOSS;
    congestion.highSequence = c.nextSequence;
    congestion.threshold = congestion.window;
  }
  retransmitLost(c, 1);
}
