import { Worker } from 'node:worker_threads';
import type { Engine, EngineObserver, MachineReport } from '../api/engine.ts';
import { EngineRefusal, STOP_GRACE_MS } from '../api/engine.ts';
import { formatLinkEnd } from '../api/lab/model.ts';
import type { Link, LinkEnd } from '../api/lab/model.ts';
import type { MachineConfig, MachineState } from '../api/machine.ts';
import type { MachineStatistics } from '../api/statistics.ts';
import { afterMs } from '../host/hostTimer.ts';
import { Doorbell } from '../trap/Doorbell.ts';
import type { MachineOptions } from './MachineOptions.ts';
import { findResources } from './resources.ts';
import type { EngineResources } from './resources.ts';
import type { FromThread, ThreadData, ToThread } from './threadMessages.ts';

/** What only those hear who hold the engine in their own process. */
export interface LocalObserver extends EngineObserver {
  /** Output of a command with `stdio: 'streams'`; call `done` when it has gone on: until then it counts against the guest. */
  streamOutput?(machine: string, fd: 1 | 2, bytes: Uint8Array, done: () => void): void;
  /** A line of the trace of a machine with `traceCalls`. */
  trace?(machine: string, line: string): void;
  /** Of a machine with `countCalls`: what it has done, told before it is said to have ended. */
  statistics?(machine: string, statistics: MachineStatistics): void;
  /** The machine has ended, by itself or not, and does not start again; `code` is the exit code of its command. */
  exited?(machine: string, code: number, reason: string): void;
}

export interface LocalEngineOptions {
  readonly resources?: EngineResources;
  /** First file of kernel threads, where the engine is bundled. */
  readonly workerFile?: URL | string;
  /** Where to write a CPU profile of the kernel thread when the engine is disposed of. */
  readonly cpuProfile?: string;
}

const isUp = (state: MachineState['state'] | undefined): boolean =>
  state === 'booting' || state === 'running' || state === 'stopping';

function endKey(end: LinkEnd): string {
  return `${end.node}\0${end.port}`;
}

/** The engine in this process: a kernel thread with all machines and switches, and what its owner has to know of them. */
export class LocalEngine implements Engine {
  private readonly observer: LocalObserver;
  private readonly worker: Worker;
  private readonly doorbell = new Doorbell();
  private readonly states = new Map<string, MachineState>();
  private readonly switches = new Set<string>();
  private readonly links = new Map<string, Link>();
  private readonly starts = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  private readonly inputs = new Map<number, () => void>();
  private readonly sizes = new Map<string, { columns: number; rows: number }>();
  private nextId = 1;
  private disposed = false;
  private failure: string | null = null;
  private readonly ended: Promise<void>;

  constructor(observer: LocalObserver, options: LocalEngineOptions = {}) {
    this.observer = observer;
    const workerData: ThreadData = {
      resources: options.resources ?? findResources(),
      doorbell: this.doorbell.region.handle,
      cpuProfile: options.cpuProfile ?? null,
    };
    this.worker = new Worker(options.workerFile ?? new URL('./kernelWorker.ts', import.meta.url), { workerData });
    this.worker.on('message', (message: FromThread) => this.receive(message));
    this.worker.on('error', (error: Error) => this.fail(error.stack ?? error.message));
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        if (!this.disposed) this.fail('the kernel thread has ended');
        resolve();
      });
    });
  }

  private post(message: ToThread): void {
    if (this.failure !== null) throw new EngineRefusal('engine-failed', this.failure);
    this.worker.postMessage(message);
    this.doorbell.ring();
  }

  /** The kernel thread is gone, and every machine with it. */
  private fail(reason: string): void {
    if (this.failure !== null || this.disposed) return;
    this.failure = reason;
    this.observer.event({ event: 'log', level: 'error', text: reason });
    for (const { reject } of this.starts.values()) reject(new EngineRefusal('engine-failed', reason));
    this.starts.clear();
    for (const [machine, { state }] of this.states) {
      if (!isUp(state)) continue;
      this.setState(machine, { state: 'crashed', reason: 'The engine has failed.', details: reason });
      this.observer.exited?.(machine, 134, reason);
    }
    this.observer.failed?.(reason);
  }

  private receive(message: FromThread): void {
    const { observer } = this;
    switch (message.type) {
      case 'started': {
        const start = this.starts.get(message.id);
        this.starts.delete(message.id);
        if (message.failure === null) start?.resolve();
        else start?.reject(new EngineRefusal('bad-configuration', message.failure));
        break;
      }
      case 'state':
        this.setState(message.machine, message.status);
        // It may have started again by itself.
        if (message.status.state === 'booting') this.postSizes(message.machine);
        break;
      case 'exited':
        observer.exited?.(message.machine, message.code, message.reason);
        break;
      case 'consoleOutput':
        observer.consoleOutput(message.machine, message.console, message.bytes);
        break;
      case 'consoleInputTaken':
        observer.consoleInputTaken(message.machine, message.console, message.count);
        break;
      case 'streamOutput': {
        const { machine, fd, bytes } = message;
        const count = bytes.length;
        const done = (): void => {
          if (!this.disposed && this.failure === null) this.post({ type: 'streamDelivered', machine, fd, count });
        };
        if (observer.streamOutput === undefined) done();
        else observer.streamOutput(machine, fd, bytes, done);
        break;
      }
      case 'streamInputTaken':
        this.inputs.get(message.id)?.();
        this.inputs.delete(message.id);
        break;
      case 'trace':
        observer.trace?.(message.machine, message.line);
        break;
      case 'statistics':
        observer.statistics?.(message.machine, message.statistics);
        break;
      case 'log':
        observer.event({
          event: 'log',
          level: message.level,
          text: message.text,
          ...(message.machine !== undefined && { machine: message.machine }),
        });
        break;
      case 'stats':
        observer.event({ event: 'stats', machines: message.machines });
        break;
      case 'disposed':
        break;
    }
  }

  private setState(machine: string, status: MachineState): void {
    this.states.set(machine, status);
    this.observer.event({ event: 'machineState', machine, status });
    for (const waiting of [...this.stateWaiters]) waiting(machine, status);
  }

  private readonly stateWaiters = new Set<(machine: string, status: MachineState) => void>();

  /** Resolves when the machine is not up any more, or after `limitMs`; whether it went down. */
  private awaitDown(machine: string, limitMs: number): Promise<boolean> {
    if (!isUp(this.states.get(machine)?.state)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (down: boolean): void => {
        cancel();
        this.stateWaiters.delete(look);
        resolve(down);
      };
      const look = (name: string, { state }: MachineState): void => {
        if (name === machine && !isUp(state)) finish(true);
      };
      const cancel = afterMs(limitMs, () => finish(false));
      this.stateWaiters.add(look);
    });
  }

  /** A console that has just been made gets the size that its window has. */
  private postSizes(name: string): void {
    for (const [key, { columns, rows }] of this.sizes) {
      const [machine, console] = key.split('\0');
      if (machine === name) this.post({ type: 'consoleResize', machine, console: Number(console), columns, rows });
    }
  }

  startMachine(config: MachineConfig): Promise<void> {
    return this.startMachineWith(config);
  }

  startMachineWith(options: MachineOptions): Promise<void> {
    if (isUp(this.states.get(options.name)?.state)) {
      return Promise.reject(new EngineRefusal('already-running', `${options.name} runs already.`));
    }
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.starts.set(id, { resolve, reject });
      this.states.set(options.name, { state: 'booting', progress: 'starting' });
      try {
        this.post({ type: 'start', id, options });
      } catch (error) {
        this.starts.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.postSizes(options.name);
    });
  }

  async stopMachine(name: string): Promise<void> {
    if (!isUp(this.states.get(name)?.state)) return;
    this.post({ type: 'stop', machine: name });
    if (!(await this.awaitDown(name, STOP_GRACE_MS))) await this.killMachine(name);
  }

  async killMachine(name: string): Promise<void> {
    if (!isUp(this.states.get(name)?.state)) return;
    this.post({ type: 'kill', machine: name });
    await this.awaitDown(name, STOP_GRACE_MS);
  }

  async restartMachine(config: MachineConfig): Promise<void> {
    await this.stopMachine(config.name);
    await this.startMachine(config);
  }

  addSwitch(name: string, ports: number): Promise<void> {
    if (this.switches.has(name))
      return Promise.reject(new EngineRefusal('name-taken', `There is a switch ${name} already.`));
    this.switches.add(name);
    this.post({ type: 'addSwitch', name, ports });
    return Promise.resolve();
  }

  removeSwitch(name: string): Promise<void> {
    if (!this.switches.delete(name)) {
      return Promise.reject(new EngineRefusal('unknown-switch', `There is no switch ${name}.`));
    }
    for (const [key, link] of [...this.links]) {
      if (link.a.node === name || link.b.node === name) this.links.delete(key);
    }
    this.post({ type: 'removeSwitch', name });
    return Promise.resolve();
  }

  plugLink(link: Link): Promise<void> {
    for (const end of [link.a, link.b]) {
      if (this.links.has(endKey(end))) {
        return Promise.reject(new EngineRefusal('port-taken', `${formatLinkEnd(end)} has a cable already.`));
      }
    }
    this.links.set(endKey(link.a), link);
    this.links.set(endKey(link.b), link);
    this.post({ type: 'plug', link });
    return Promise.resolve();
  }

  unplugLink(link: Link): Promise<void> {
    const known = this.links.get(endKey(link.a));
    if (known === undefined || known !== this.links.get(endKey(link.b))) {
      const text = `There is no cable between ${formatLinkEnd(link.a)} and ${formatLinkEnd(link.b)}.`;
      return Promise.reject(new EngineRefusal('unknown-link', text));
    }
    this.links.delete(endKey(known.a));
    this.links.delete(endKey(known.b));
    this.post({ type: 'unplug', link: known });
    return Promise.resolve();
  }

  listMachines(): Promise<MachineReport[]> {
    return Promise.resolve([...this.states].map(([name, status]) => ({ name, status })));
  }

  consoleInput(machine: string, console: number, bytes: Uint8Array): void {
    if (isUp(this.states.get(machine)?.state)) this.post({ type: 'consoleInput', machine, console, bytes });
    else this.observer.consoleInputTaken(machine, console, bytes.length);
  }

  resizeConsole(machine: string, console: number, columns: number, rows: number): void {
    this.sizes.set(`${machine}\0${console}`, { columns, rows });
    if (isUp(this.states.get(machine)?.state)) this.post({ type: 'consoleResize', machine, console, columns, rows });
  }

  holdConsole(machine: string, console: number): void {
    if (isUp(this.states.get(machine)?.state)) this.post({ type: 'consoleHold', machine, console, held: true });
  }

  releaseConsole(machine: string, console: number): void {
    if (isUp(this.states.get(machine)?.state)) this.post({ type: 'consoleHold', machine, console, held: false });
  }

  /** Input of a command with `stdio: 'streams'`; null is its end. Resolves when the guest has read it. */
  streamInput(machine: string, bytes: Uint8Array | null): Promise<void> {
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.inputs.set(id, resolve);
      this.post({ type: 'streamInput', machine, id, bytes });
    });
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    if (this.failure === null) this.post({ type: 'dispose' });
    await this.ended;
    this.doorbell.dispose();
  }
}
