import { EAGAIN } from '../../abi/errno.ts';
import { KernelIo } from '../../mm/Io.ts';
import type { NetStack } from '../NetStack.ts';
import { makeSendSettings } from '../transport/endpoint.ts';
import { TcpConnection } from '../transport/tcp/TcpConnection.ts';
import { TcpListener } from '../transport/tcp/TcpListener.ts';
import { makeTcpOptionsSetting, type TcpOptionsSetting } from '../transport/tcp/TcpOptionsSetting.ts';

export function makeConnection(stack: NetStack, options?: Partial<TcpOptionsSetting>): TcpConnection {
  return new TcpConnection(stack.tcp, makeSendSettings(), { ...makeTcpOptionsSetting(), ...options }, 0);
}

export function listen(stack: NetStack, port: number, backlog = 16, options?: Partial<TcpOptionsSetting>): TcpListener {
  const holder = makeConnection(stack, options);
  if (holder.bind(0, port) !== 0) throw new Error('port in use');
  const listener = new TcpListener(stack.tcp, holder, holder.send, holder.options, backlog);
  stack.tcp.addListener(listener);
  return listener;
}

/** Reproducible content in which every place looks different. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Writes as much as is taken now; returns how much. */
export function writeSome(connection: TcpConnection, bytes: Uint8Array, from: number): number {
  let written = 0;
  while (from + written < bytes.length) {
    const count = connection.write(new KernelIo(bytes, from + written), 0);
    if (count === -EAGAIN) break;
    if (count < 0) throw new Error(`write failed: ${count}`);
    written += count;
  }
  return written;
}

/** Pumps `bytes` from one end to the other whenever readiness changes. */
export class Transfer {
  readonly #from: TcpConnection;
  readonly #to: TcpConnection;
  readonly #bytes: Uint8Array;
  readonly received: Uint8Array;
  sent = 0;
  length = 0;
  ended = false;

  constructor(from: TcpConnection, to: TcpConnection, bytes: Uint8Array) {
    this.#from = from;
    this.#to = to;
    this.#bytes = bytes;
    this.received = new Uint8Array(bytes.length);
    from.observer = { readinessChanged: () => this.#write() };
    to.observer = { readinessChanged: () => this.#read() };
    this.#write();
    this.#read();
  }

  #write(): void {
    if (this.sent === this.#bytes.length) return;
    this.sent += writeSome(this.#from, this.#bytes, this.sent);
    if (this.sent === this.#bytes.length) this.#from.shutdown(false, true);
  }

  #read(): void {
    for (;;) {
      const count = this.#to.read(
        new KernelIo(this.received, this.length),
        this.received.length - this.length || 1,
        'take',
      );
      if (count === -EAGAIN) return;
      if (count === 0) {
        this.ended = true;
        return;
      }
      if (count < 0) throw new Error(`read failed: ${count}`);
      this.length += count;
    }
  }
}
