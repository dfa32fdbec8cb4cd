import type { EngineEvent } from '../../engine/api/engine.ts';
import type { MachineState } from '../../engine/api/machine.ts';
import { LocalEngine } from '../../engine/boot/LocalEngine.ts';
import type { LocalEngineOptions, LocalObserver } from '../../engine/boot/LocalEngine.ts';
import type { MachineStatistics } from '../../engine/api/statistics.ts';
import type { GuestStdio } from './guest/GuestPort.ts';

export interface MachineExit {
  readonly code: number;
  readonly reason: string;
}

export interface SessionListener {
  machineState?(machine: string, status: MachineState): void;
  machineStatistics?(machine: string, statistics: MachineStatistics): void;
  machineExit?(machine: string, exit: MachineExit): void;
  /** Something went wrong that is nobody's exit code. */
  problem(sentence: string): void;
}

/** An engine of our own, and whom its events concern: one machine may have this process's standard streams. */
export class EngineSession implements LocalObserver {
  readonly engine: LocalEngine;
  private readonly listener: SessionListener;
  private readonly states = new Map<string, MachineState>();
  private readonly exits = new Map<string, MachineExit>();
  private readonly waiters = new Set<() => void>();
  private connected: { machine: string; stdio: GuestStdio } | null = null;

  constructor(listener: SessionListener, options: LocalEngineOptions = {}) {
    this.listener = listener;
    this.engine = new LocalEngine(this, options);
  }

  connect(machine: string, stdio: GuestStdio): void {
    this.connected = { machine, stdio };
  }

  stateOf(machine: string): MachineState {
    return this.states.get(machine) ?? { state: 'stopped' };
  }

  exitOf(machine: string): MachineExit | undefined {
    return this.exits.get(machine);
  }

  /** Resolves when the condition holds; it is looked at whenever a machine changes its state. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.waiters.delete(look);
        resolve();
      };
      this.waiters.add(look);
    });
  }

  async untilExit(machine: string): Promise<MachineExit> {
    await this.until(() => this.exits.has(machine));
    return this.exits.get(machine) ?? { code: 1, reason: 'it has never run' };
  }

  event(event: EngineEvent): void {
    if (event.event === 'machineState') {
      this.states.set(event.machine, event.status);
      this.listener.machineState?.(event.machine, event.status);
      this.changed();
    } else if (event.event === 'log' && event.level === 'error') {
      this.listener.problem(event.machine === undefined ? event.text : `${event.machine}: ${event.text}`);
    }
  }

  statistics(machine: string, statistics: MachineStatistics): void {
    this.listener.machineStatistics?.(machine, statistics);
  }

  exited(machine: string, code: number, reason: string): void {
    const exit = { code, reason };
    this.exits.set(machine, exit);
    this.listener.machineExit?.(machine, exit);
    this.changed();
  }

  private changed(): void {
    for (const look of [...this.waiters]) look();
  }

  private stdioOf(machine: string): GuestStdio | undefined {
    return this.connected?.machine === machine ? this.connected.stdio : undefined;
  }

  consoleOutput(machine: string, console: number, bytes: Uint8Array): void {
    if (console === 0) this.stdioOf(machine)?.consoleOutput(bytes);
  }

  consoleInputTaken(machine: string, console: number, byteCount: number): void {
    if (console === 0) this.stdioOf(machine)?.consoleInputTaken(byteCount);
  }

  streamOutput(machine: string, fd: 1 | 2, bytes: Uint8Array, done: () => void): void {
    const stdio = this.stdioOf(machine);
    if (stdio === undefined) done();
    else stdio.streamOutput(fd, bytes, done);
  }

  trace(machine: string, line: string): void {
    this.stdioOf(machine)?.note(line);
  }
}
