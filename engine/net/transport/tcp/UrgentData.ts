import { POLLPRI } from '../../../abi/poll.ts';
import type { IoTarget } from '../../../mm/Io.ts';
import { EAGAIN, EINVAL } from '../../../abi/errno.ts';
import { TCP_URG, readUrgentPointer } from '../../wire/tcp.ts';
import { advance, after, before, distance } from './sequence.ts';
import { TCP_CLOSED } from './state.ts';
import type { TcpConnection } from './TcpConnection.ts';
import type { TcpSegment } from './TcpSegment.ts';

/**
 * Urgent data as sockets know it (tcp(7), RFC 9293 section 3.8.5): one byte of the stream, the last one that was announced,
 * is taken out of line; the place where it was is the mark. The pointer leads behind it, as everybody understood it.
 */
export class UrgentData {
  readonly #connection: TcpConnection;
  /** Sequence number behind the last urgent byte written. */
  #sendEnd = 0;
  #isSending = false;
  /** Sequence number of the urgent byte. */
  #mark = 0;
  #state: 'none' | 'announced' | 'here' | 'taken' = 'none';
  #byte = 0;

  constructor(connection: TcpConnection) {
    this.#connection = connection;
  }

  /** An urgent byte can be received. */
  get isHere(): boolean {
    return this.#state === 'here';
  }

  /** Everything written up to now is urgent, as far as its last byte. */
  noteWritten(): void {
    this.#sendEnd = this.#connection.writeSequence;
    this.#isSending = true;
  }

  /** The urgent pointer for a segment; 0 when nothing urgent lies ahead. */
  pointerFrom(sequence: number): number {
    if (!this.#isSending) return 0;
    if (!after(this.#sendEnd, this.#connection.unacknowledged)) this.#isSending = false;
    return after(this.#sendEnd, sequence) ? Math.min(distance(sequence, this.#sendEnd), 0xffff) : 0;
  }

  /** Looks at a segment with payload: announces, and keeps the byte when it is in there. */
  arrives(s: TcpSegment): void {
    const c = this.#connection;
    if ((s.flags & TCP_URG) !== 0) this.#announce(s);
    if (this.#state !== 'announced') return;
    const at = distance(s.sequence, this.#mark);
    if (at < 0 || at >= s.payloadLength) return;
    this.#byte = s.bytes[s.payloadStart + at];
    this.#state = 'here';
    c.observer.readinessChanged(POLLPRI);
  }

  /** Bytes that can be read before the mark ends the read; `limit` when no mark lies ahead. */
  limitRead(limit: number): number {
    const c = this.#connection;
    if (this.#state === 'none' || before(this.#mark, c.readNext)) return limit;
    const ahead = distance(c.readNext, this.#mark);
    return ahead === 0 ? limit : Math.min(limit, ahead);
  }

  /** The next byte to read is the urgent one, which is out of line: it is to be passed over. */
  get isToBeSkipped(): boolean {
    return this.isAtMark && !this.#connection.options.urgentInline;
  }

  /** SIOCATMARK. */
  get isAtMark(): boolean {
    return this.#state !== 'none' && this.#mark === this.#connection.readNext;
  }

  /** recv(2) with MSG_OOB: 1, or a negative errno. */
  receive(target: IoTarget, isPeek: boolean): number {
    const c = this.#connection;
    if (c.options.urgentInline || this.#state === 'none' || this.#state === 'taken') return -EINVAL;
    if (this.#state === 'announced') return c.state === TCP_CLOSED || c.isReadShut ? 0 : -EAGAIN;
    if (target.remaining > 0) {
      const put = target.put(Uint8Array.of(this.#byte), 0, 1);
      if (put < 0) return put;
    }
    if (!isPeek) this.#state = 'taken';
    return 1;
  }

  #announce(s: TcpSegment): void {
    const c = this.#connection;
    const pointer = s.packet === null ? 0 : readUrgentPointer(s.bytes, s.packet.transport);
    if (pointer === 0) return;
    const mark = advance(s.sequence, pointer - 1);
    // What came already is not announced again.
    if (before(mark, c.readNext) || before(mark, c.receiveNext)) return;
    if (this.#state !== 'none' && !after(mark, this.#mark)) return;
    this.#mark = mark;
    this.#state = 'announced';
  }
}
