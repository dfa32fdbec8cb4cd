/**
 * What runs now: a read-only mirror that the engine's events feed. Nothing here is saved, undone or edited by the window;
 * it asks the engine, and the answer arrives as an event.
 */
import { create } from 'zustand';
import type { EngineEvent, LogLevel } from '../../../engine/api/engine.ts';
import type { MachineState, MachineStats } from '../../../engine/api/machine.ts';
import type { EngineHostState } from '../../../main/ipc/contract/events.ts';
import type { EngineReport } from '../../../main/ipc/contract/requests.ts';

export interface LogEntry {
  readonly id: number;
  readonly level: LogLevel;
  readonly machine?: string;
  readonly text: string;
}

export interface RunningState {
  readonly host: EngineHostState;
  /** By machine; one that is missing here is stopped. */
  readonly machines: Readonly<Record<string, MachineState>>;
  /** By machine; only of machines that are up. */
  readonly stats: Readonly<Record<string, MachineStats>>;
  /** The latest entries, oldest first. */
  readonly log: readonly LogEntry[];
  /** The engine died: stays until it was read, or the machines run again. */
  readonly interruption: Interruption | undefined;
}

export interface Interruption {
  /** What befell the engine, to go on from ‘The engine …’. */
  readonly reason: string;
  /** The machines that it took along. */
  readonly machines: readonly string[];
}

export const LOG_ENTRIES_KEPT = 500;

export const NOTHING_RUNS: RunningState = {
  host: { state: 'absent' },
  machines: {},
  stats: {},
  log: [],
  interruption: undefined,
};

const STOPPED: MachineState = { state: 'stopped' };

export const useRunning = create<RunningState>()(() => NOTHING_RUNS);

export function stateOf(running: Pick<RunningState, 'machines'>, machine: string): MachineState {
  return running.machines[machine] ?? STOPPED;
}

export function useMachineState(machine: string): MachineState {
  return useRunning((state) => stateOf(state, machine));
}

/** Whether the engine holds the machine: it has a kernel, or is about to get or lose it. */
export function isUp({ state }: MachineState): boolean {
  return state === 'booting' || state === 'running' || state === 'stopping';
}

export function afterEngineEvent(running: RunningState, event: EngineEvent): RunningState {
  switch (event.event) {
    case 'machineState': {
      const machines = { ...running.machines, [event.machine]: event.status };
      // Whoever starts machines again has understood.
      const interruption = event.status.state === 'booting' ? undefined : running.interruption;
      if (isUp(event.status)) return { ...running, machines, interruption };
      const { [event.machine]: _gone, ...stats } = running.stats;
      return { ...running, machines, stats, interruption };
    }
    case 'stats':
      return { ...running, stats: Object.fromEntries(event.machines.map((one) => [one.name, one])) };
    case 'log': {
      const { event: _kind, ...entry } = event;
      const id = (running.log.at(-1)?.id ?? 0) + 1;
      return { ...running, log: [...running.log, { id, ...entry }].slice(-LOG_ENTRIES_KEPT) };
    }
  }
}

/** When the host is gone, so are its machines, whether or not each of them was reported. */
export function afterHostChange(running: RunningState, host: EngineHostState): RunningState {
  switch (host.state) {
    case 'absent':
      return { ...running, host, machines: {}, stats: {} };
    case 'crashed': {
      const wereUp = Object.keys(running.machines).filter((name) => isUp(stateOf(running, name)));
      const ended: MachineState = { state: 'crashed', reason: `Its engine ${host.reason}.` };
      return {
        ...running,
        host,
        machines: { ...running.machines, ...Object.fromEntries(wereUp.map((name) => [name, ended])) },
        stats: {},
        interruption: { reason: host.reason, machines: wereUp },
      };
    }
    case 'starting':
    case 'running':
      return { ...running, host };
  }
}

export function dismissInterruption(): void {
  useRunning.setState({ interruption: undefined });
}

export function afterReport(running: RunningState, report: EngineReport): RunningState {
  const machines = Object.fromEntries(report.machines.map(({ name, status }) => [name, status]));
  return { ...running, host: report.host, machines };
}
