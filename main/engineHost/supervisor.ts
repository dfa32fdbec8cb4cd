/** Keeps an engine host alive: starts it, notices when it dies and why, and starts it again after a while. */
import type { EngineEvent } from '../../engine/api/engine.ts';
import type { EngineOrders, RemoteEngine } from '../../engine/api/protocol.ts';
import { remoteEngine } from '../../engine/api/protocol.ts';
import type { EngineHostState } from '../ipc/contract/events.ts';
import type { FromEngineHost, ToEngineHost } from './messages.ts';

/** A running process. `Port` is whatever the process can be handed. */
export interface HostProcess<Port> {
  send(message: ToEngineHost, ports?: readonly Port[]): void;
  onMessage(listener: (message: FromEngineHost) => void): void;
  /** Once, with a sentence on how it ended. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

export interface SupervisorOptions<Port> {
  start(): HostProcess<Port>;
  onState(state: EngineHostState): void;
  onEvent(event: EngineEvent): void;
  now(): number;
  /** Returns what calls the timer off. */
  after(milliseconds: number, action: () => void): () => void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** Having lived so long, a host that dies is started again at once, not after the pause that its forerunners earned. */
const STEADY_MS = 60_000;

interface Incarnation<Port> {
  readonly process: HostProcess<Port>;
  readonly remote: RemoteEngine;
  readonly startedAt: number;
  readonly ready: Promise<EngineOrders>;
}

export class EngineSupervisor<Port> {
  readonly #options: SupervisorOptions<Port>;
  #state: EngineHostState = { state: 'absent' };
  #incarnation: Incarnation<Port> | undefined;
  #crashes = 0;
  #cancelRetry: (() => void) | undefined;
  #disposed = false;

  constructor(options: SupervisorOptions<Port>) {
    this.#options = options;
  }

  get state(): EngineHostState {
    return this.#state;
  }

  /** The engine, started if need be. Rejects when it dies before it is ready. */
  engine(): Promise<EngineOrders> {
    return (this.#incarnation ?? this.#start()).ready;
  }

  /** The engine only where it runs already. */
  runningEngine(): EngineOrders | undefined {
    return this.#state.state === 'running' ? this.#incarnation?.remote.orders : undefined;
  }

  /** Hands a port to the host; false where there is no host that could take it. */
  connectConsole(machine: string, console: number, port: Port): boolean {
    if (this.#incarnation === undefined || this.#state.state !== 'running') return false;
    this.#incarnation.process.send({ type: 'console', machine, console }, [port]);
    return true;
  }

  /** Ends the host and all of its machines. A host that ended so is not started again. */
  dispose(): void {
    this.#disposed = true;
    this.#cancelRetry?.();
    this.#incarnation?.process.kill();
  }

  #start(): Incarnation<Port> {
    if (this.#disposed) throw new Error('The engine of a closed lab is not started again.');
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const process = this.#options.start();
    const remote = remoteEngine(
      (order) => process.send({ type: 'order', order }),
      (event) => this.#options.onEvent(event),
    );
    const { promise: ready, resolve, reject } = Promise.withResolvers<EngineOrders>();
    // Whoever waits gets the rejection; when nobody does, the state tells the same.
    ready.catch(() => undefined);
    const incarnation: Incarnation<Port> = { process, remote, startedAt: this.#options.now(), ready };
    this.#incarnation = incarnation;
    process.onMessage((message) => {
      if (message.type === 'engine') remote.receive(message.message);
      else {
        this.#change({ state: 'running' });
        resolve(remote.orders);
      }
    });
    process.onExit((reason) => {
      const sentence = `The engine ${reason}.`;
      remote.abandon(sentence);
      reject(new Error(sentence));
      this.#exited(incarnation, reason);
    });
    this.#change({ state: 'starting' });
    return incarnation;
  }

  #exited(incarnation: Incarnation<Port>, reason: string): void {
    if (this.#incarnation !== incarnation) return;
    this.#incarnation = undefined;
    if (this.#disposed) {
      this.#change({ state: 'absent' });
      return;
    }
    if (this.#options.now() - incarnation.startedAt >= STEADY_MS) this.#crashes = 0;
    const retryInMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#crashes);
    this.#crashes++;
    this.#cancelRetry = this.#options.after(retryInMs, () => this.#start());
    this.#change({ state: 'crashed', reason, retryInMs });
  }

  #change(state: EngineHostState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
