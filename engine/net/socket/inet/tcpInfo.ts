import { writeU32Host, writeU64Host } from '../../wire/bytes.ts';
import type { TcpConnection } from '../../transport/tcp/TcpConnection.ts';

const OPTION_TIMESTAMPS = 1;
const OPTION_SACK = 2;
const OPTION_WINDOW_SCALE = 4;
const NANOSECONDS_PER_MICROSECOND = 1000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** `struct tcp_info` as Linux 6.1 has it (linux/tcp.h), for TCP_INFO and sock_diag. */
export function makeTcpInfo(c: TcpConnection): Uint8Array {
  const bytes = new Uint8Array(232);
  const { congestion, roundTrip, now, mss } = c;
  const segments = (count: number): number => Math.ceil(count / mss);
  const sinceMs = (thenNs: number): number => Math.floor((now - thenNs) / NANOSECONDS_PER_MILLISECOND);
  bytes[0] = c.state;
  bytes[1] = congestion.state;
  bytes[2] = c.retries;
  bytes[3] = c.probes;
  bytes[4] = roundTrip.backoff;
  bytes[5] =
    (c.usesTimestamps ? OPTION_TIMESTAMPS : 0) |
    (c.usesSack ? OPTION_SACK : 0) |
    (c.usesWindowScale ? OPTION_WINDOW_SCALE : 0);
  bytes[6] = c.sendWindowScale | (c.window.scale << 4);
  const words: readonly number[] = [
    roundTrip.timeoutNs / NANOSECONDS_PER_MICROSECOND,
    40_000,
    mss,
    c.receiveMss,
    segments(c.inFlight),
    segments(congestion.sackedBytes),
    segments(congestion.lostBytes),
    segments(congestion.retransmittedBytes),
    0,
    sinceMs(c.lastSentNs),
    0,
    sinceMs(c.lastReceivedNs),
    sinceMs(c.lastReceivedNs),
    c.route?.mtu ?? 0,
    c.window.limit,
    roundTrip.smoothedNs / NANOSECONDS_PER_MICROSECOND,
    roundTrip.variationNs / NANOSECONDS_PER_MICROSECOND,
    congestion.threshold === 0x7fff_ffff ? 0x7fff_ffff : segments(congestion.threshold),
    segments(congestion.window),
    c.advertisedMss,
    3,
    0,
    c.window.limit,
    c.totalRetransmissions,
  ];
  words.forEach((word, at) => writeU32Host(bytes, 8 + 4 * at, Math.floor(word)));
  // From tcpi_pacing_rate on (offset 104): pacing is not done, its rates are unlimited.
  writeU64Host(bytes, 104, 2 ** 53);
  writeU64Host(bytes, 112, 2 ** 53);
  writeU64Host(bytes, 120, c.bytesAcknowledged);
  writeU64Host(bytes, 128, c.bytesReceived);
  writeU32Host(bytes, 136, c.segmentsOut);
  writeU32Host(bytes, 140, c.segmentsIn);
  writeU32Host(bytes, 144, c.sendQueue.unsentBytes(c.writeSequence));
  const { minimumNs } = roundTrip;
  writeU32Host(bytes, 148, Number.isFinite(minimumNs) ? Math.floor(minimumNs / NANOSECONDS_PER_MICROSECOND) : 0);
  writeU32Host(bytes, 152, c.dataSegmentsIn);
  writeU32Host(bytes, 156, c.dataSegmentsOut);
  writeU64Host(bytes, 200, c.bytesSent);
  writeU64Host(bytes, 208, c.bytesRetransmitted);
  writeU32Host(bytes, 228, c.sendWindow);
  return bytes;
}
