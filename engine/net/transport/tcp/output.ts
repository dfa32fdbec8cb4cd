// Hot code: `pushPending` and `transmitSegment` run once a sent packet.

import { EMSGSIZE } from '../../../abi/errno.ts';
import { SEND_DONT_FRAGMENT } from '../../ip/Ipv4.ts';
import { Packet } from '../../link/Packet.ts';
import { IPPROTO_TCP } from '../../wire/ipv4.ts';
import {
  TCP_ACK,
  TCP_HEADER_SIZE,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  TCP_TIMESTAMPS_SIZE,
  emitMss,
  emitSackEdge,
  emitSackHeader,
  emitSackPermitted,
  emitTcp,
  emitTimestamps,
  emitWindowScale,
  setUrgentPointer,
} from '../../wire/tcp.ts';
import { advance, after, distance } from './sequence.ts';
import { SEGMENT_HEADROOM, type SendSegment } from './SendQueue.ts';
import { CONGESTION_OPEN, TCP_SYN_RECEIVED } from './state.ts';
import type { TcpConnection } from './TcpConnection.ts';

/** Blocks of a SACK option beside time stamps: 40 bytes of options hold no more. */
const MAXIMUM_SACK_BLOCKS = 3;
const sackEdges = new Uint32Array(2 * (MAXIMUM_SACK_BLOCKS + 1));

/** Sends what windows, Nagle's rule and the peer allow (RFC 9293 section 3.8.6.2.1). `more` holds a last short segment back. */
export function pushPending(c: TcpConnection, more: 0 | 1): void {
  const { sendQueue, congestion } = c;
  if (sendQueue.unsent !== null && c.inFlight === 0 && c.lastSentNs !== 0) {
    congestion.restartAfterIdle(c.now - c.lastSentNs, c.roundTrip.timeoutNs);
  }
  let sent = false;
  for (let segment = sendQueue.unsent; segment !== null; segment = sendQueue.unsent) {
    const { mss } = c;
    const room = distance(segment.sequence, advance(c.unacknowledged, c.sendWindow));
    const quota = congestion.quota;
    const length = segment.payloadLength;
    congestion.isLimiting = quota < length || congestion.window < 2 * congestion.pipe;
    if (quota <= 0 || (quota < Math.min(length, mss) && c.inFlight > 0)) {
      congestion.isLimiting = true;
      break;
    }
    if (room < Math.min(length, mss) && !isWorthSending(c, room, length)) break;
    let limit = Math.min(c.largestPayload, Math.max(quota, mss), room);
    if (limit < length) {
      if (limit > mss) limit -= limit % mss;
      sendQueue.split(segment, limit);
    }
    if (mustWait(c, segment, mss, more)) {
      const whole = segment.payloadLength - (segment.payloadLength % mss);
      if (whole === 0) break;
      sendQueue.split(segment, whole);
    }
    transmitSegment(c, segment);
    sent = true;
  }
  if (sent && !c.retransmitTimer.isSet) c.retransmitTimer.set(c.roundTrip.timeoutNs);
  // Nothing in flight will bring an answer that opens the window: ask for it (RFC 9293 section 3.8.6.1).
  if (sendQueue.unsent !== null && c.inFlight === 0 && !c.retransmitTimer.isSet) {
    c.retransmitTimer.set(c.roundTrip.timeoutNs);
  }
}

/** A window smaller than a segment is used only when it is half of the largest ever seen, or all that there is to send. */
function isWorthSending(c: TcpConnection, room: number, length: number): boolean {
  if (room <= 0) return length === 0 && room === 0;
  return room >= length || 2 * room >= c.maximumSendWindow;
}

/** Nagle's rule in Minshall's version: a short last segment waits while another short one is unacknowledged. */
function mustWait(c: TcpConnection, segment: SendSegment, mss: number, more: 0 | 1): boolean {
  if (segment.next !== null || segment.controlLength > 0) return false;
  const short = segment.payloadLength % mss;
  if (short === 0) return false;
  if (more === 1 || c.options.cork) return true;
  if (c.options.noDelay || c.inFlight === 0 || c.urgent.pointerFrom(segment.sequence) > 0) return false;
  return after(c.smallSegmentEnd, c.unacknowledged);
}

/** Sends a segment, for the first time or again. */
export function transmitSegment(c: TcpConnection, segment: SendSegment): void {
  const isFirst = segment.transmissions === 0;
  const isSyn = (segment.flags & TCP_SYN) !== 0;
  const length = segment.payloadLength;
  const headerSize = headerSizeFor(c, isSyn);
  let bytes = segment.bytes;
  let start = segment.start;
  // The first time, headers go right before the payload and the bytes leave as they are; later, receivers may hold them.
  if (!isFirst || !segment.ownsHeadroom) {
    bytes = new Uint8Array(SEGMENT_HEADROOM + length);
    bytes.set(segment.bytes.subarray(segment.start, segment.end), SEGMENT_HEADROOM);
    start = SEGMENT_HEADROOM;
  }
  const packet = new Packet(bytes, start, start + length);
  packet.transport = start - headerSize;
  const { mss } = c;
  if (length > mss) packet.gsoSize = mss;
  let flags = segment.flags;
  if (!isSyn) flags |= TCP_ACK;
  else if (c.state === TCP_SYN_RECEIVED) flags |= TCP_ACK;
  if (length > 0 && (segment.next === null || c.sendWindow <= length)) flags |= TCP_PSH;
  segment.sentNs = c.now;
  segment.transmissions++;
  const { tcp } = c.context.counters;
  const count = length > mss ? Math.ceil(length / mss) : 1;
  tcp.OutSegs += count;
  c.segmentsOut += count;
  if (length > 0) c.dataSegmentsOut += count;
  c.bytesSent += length;
  if (isFirst) {
    c.sendQueue.noteSent(segment);
    c.nextSequence = segment.endSequence;
    if (length % mss !== 0) c.smallSegmentEnd = segment.endSequence;
  } else {
    tcp.RetransSegs += count;
    c.totalRetransmissions += count;
    c.bytesRetransmitted += length;
    segment.retransmittedAt = c.nextSequence;
  }
  c.lastSentNs = segment.sentNs;
  emitSegment(c, packet, headerSize, segment.sequence, flags);
}

/** An acknowledgement without data. */
export function sendAck(c: TcpConnection): void {
  sendBare(c, c.nextSequence, TCP_ACK);
}

/** A probe that must be answered: an old sequence number (keep-alive and zero-window probes; RFC 9293 section 3.8.4). */
export function sendProbe(c: TcpConnection): void {
  sendBare(c, advance(c.unacknowledged, -1), TCP_ACK);
}

export function sendReset(c: TcpConnection, sequence = c.nextSequence): void {
  c.context.counters.tcp.OutRsts++;
  sendBare(c, sequence, TCP_RST | TCP_ACK);
}

function sendBare(c: TcpConnection, sequence: number, flags: number): void {
  const bytes = new Uint8Array(SEGMENT_HEADROOM);
  const packet = new Packet(bytes, SEGMENT_HEADROOM, SEGMENT_HEADROOM);
  const headerSize = headerSizeFor(c, false);
  packet.transport = SEGMENT_HEADROOM - headerSize;
  c.context.counters.tcp.OutSegs++;
  c.segmentsOut++;
  emitSegment(c, packet, headerSize, sequence, flags);
}

function headerSizeFor(c: TcpConnection, isSyn: boolean): number {
  if (isSyn) {
    const settings = c.context.settings;
    const isAnswer = c.state === TCP_SYN_RECEIVED;
    let size = TCP_HEADER_SIZE + 4;
    if (isAnswer ? c.usesTimestamps : settings.tcp_timestamps !== 0) size += TCP_TIMESTAMPS_SIZE;
    if (isAnswer ? c.usesSack : settings.tcp_sack !== 0) size += 4;
    if (isAnswer ? c.usesWindowScale : settings.tcp_window_scaling !== 0) size += 4;
    return size;
  }
  let size = TCP_HEADER_SIZE;
  if (c.usesTimestamps) size += TCP_TIMESTAMPS_SIZE;
  const blocks = c.usesSack ? sackBlockCount(c) : 0;
  return blocks === 0 ? size : size + 4 + 8 * blocks;
}

function sackBlockCount(c: TcpConnection): number {
  const hasDuplicate = c.duplicateSackLeft !== c.duplicateSackRight;
  if (!hasDuplicate && !c.receiveQueue.hasEarly) return 0;
  let count = 0;
  if (hasDuplicate) {
    sackEdges[0] = c.duplicateSackLeft;
    sackEdges[1] = c.duplicateSackRight;
    count = 1;
  }
  const ranges = c.receiveQueue.sackRanges(c.latestEarly, MAXIMUM_SACK_BLOCKS - count, sackEdges.subarray(2 * count));
  return count + ranges;
}

function emitSegment(c: TcpConnection, packet: Packet, headerSize: number, sequence: number, flags: number): void {
  const { bytes, transport } = packet;
  const isSyn = (flags & TCP_SYN) !== 0;
  const window = c.window.advertise(isSyn ? 1 : 0);
  const acknowledgement = (flags & TCP_ACK) !== 0 ? c.receiveNext : 0;
  emitTcp(bytes, transport, headerSize, c.localPort, c.remotePort, sequence, acknowledgement, flags, window);
  const option = transport + TCP_HEADER_SIZE;
  if (isSyn) emitSynOptions(c, bytes, option, (flags & TCP_ACK) !== 0);
  else emitOptions(c, bytes, option, transport + headerSize);
  const urgent = c.urgent.pointerFrom(sequence);
  if (urgent > 0) setUrgentPointer(bytes, transport, urgent);
  packet.lacksChecksum = true;
  packet.mark = c.send.mark;
  const { route } = c;
  if ((flags & TCP_ACK) !== 0) noteAcknowledged(c);
  if (route === null) return;
  const how = c.dontFragment ? SEND_DONT_FRAGMENT : 0;
  const ttl = c.send.ttl === 0 ? c.context.settings.ip_default_ttl : c.send.ttl;
  const error = c.context.ipv4.output(packet, route, IPPROTO_TCP, c.localAddress, c.send.tos, ttl, how);
  // The path became narrower between cutting the segment and sending it: the retransmission is cut anew.
  if (error === -EMSGSIZE) c.invalidateMss();
}

/** Whatever was owed to the peer went out with this segment. */
function noteAcknowledged(c: TcpConnection): void {
  c.ackIsDue = false;
  c.delayedAckTimer.clear();
  c.duplicateSackLeft = 0;
  c.duplicateSackRight = 0;
  if (c.quickAcks > 0) c.quickAcks--;
}

function emitSynOptions(c: TcpConnection, bytes: Uint8Array, at: number, isAnswer: boolean): void {
  const settings = c.context.settings;
  let option = emitMss(bytes, at, c.advertisedMss);
  if (isAnswer ? c.usesSack : settings.tcp_sack !== 0) option = emitSackPermitted(bytes, option);
  if (isAnswer ? c.usesTimestamps : settings.tcp_timestamps !== 0) {
    option = emitTimestamps(bytes, option, c.timestamp, c.recentTimestamp);
  }
  if (isAnswer ? c.usesWindowScale : settings.tcp_window_scaling !== 0) {
    if (!isAnswer) c.window.scale = c.windowScaleToOffer;
    emitWindowScale(bytes, option, c.window.scale);
  }
}

function emitOptions(c: TcpConnection, bytes: Uint8Array, at: number, end: number): void {
  let option = at;
  if (c.usesTimestamps) option = emitTimestamps(bytes, option, c.timestamp, c.recentTimestamp);
  if (option === end) return;
  // `headerSizeFor` counted the blocks and left them in `sackEdges`.
  const blocks = (end - option - 4) / 8;
  option = emitSackHeader(bytes, option, blocks);
  for (let edge = 0; edge < 2 * blocks; edge++) option = emitSackEdge(bytes, option, sackEdges[edge]);
}

/** Sends again what is lost, as far as the congestion window goes; the first segment always when `force`. */
export function retransmitLost(c: TcpConnection, force: 0 | 1): void {
  const { congestion, sendQueue } = c;
  if (congestion.state === CONGESTION_OPEN || congestion.lostBytes === 0) return;
  let mustSend = force === 1;
  for (let segment = sendQueue.head; segment?.isSent === true; segment = segment.next) {
    if (!segment.isLost || segment.isRetransmitted || segment.isSacked) continue;
    const { mss } = c;
    if (!mustSend && congestion.quota < Math.min(segment.length, mss)) return;
    retransmitSegment(c, segment, Math.max(congestion.quota, mss));
    mustSend = false;
  }
}

/** Sends a segment again, at most `limit` bytes of it. */
export function retransmitSegment(c: TcpConnection, segment: SendSegment, limit: number): void {
  const { mss, sendQueue, congestion } = c;
  let room = Math.min(limit, c.largestPayload);
  // What lies beyond the peer's window, which may have shrunk, would be dropped.
  const window = distance(segment.sequence, advance(c.unacknowledged, c.sendWindow));
  if (c.sendWindow > 0) room = Math.min(room, Math.max(window, mss));
  if (room > mss) room -= room % mss;
  if (segment.payloadLength > room) sendQueue.split(segment, room);
  if (segment.isLost && !segment.isRetransmitted) congestion.retransmittedBytes += segment.length;
  segment.isRetransmitted = segment.isLost;
  transmitSegment(c, segment);
  if (!c.retransmitTimer.isSet) c.retransmitTimer.set(c.roundTrip.timeoutNs);
}

/** RFC 5961 section 5: at most one challenge in half a second a connection, so that a flood of forgeries causes no storm. */
export function sendChallengeAck(c: TcpConnection): void {
  const { now } = c;
  if (c.lastChallengeNs !== 0 && now - c.lastChallengeNs < 500_000_000) return;
  c.lastChallengeNs = now;
  c.context.counters.tcpExtended.TCPChallengeACK++;
  sendAck(c);
}
