/** What the engine's owner and a kernel thread tell each other. Both are our own code: plain data, no checks. */
import type { LogLevel } from '../api/engine.ts';
import type { Link } from '../api/lab/model.ts';
import type { MachineState, MachineStats } from '../api/machine.ts';
import type { MachineStatistics } from '../api/statistics.ts';
import type { SharedHandle } from '../host/SharedRegion.unsafe.ts';
import type { MachineOptions } from './MachineOptions.ts';
import type { EngineResources } from './resources.ts';

export interface ThreadData {
  readonly resources: EngineResources;
  readonly doorbell: SharedHandle;
  /** Where to write a CPU profile of the thread, null for nowhere. */
  readonly cpuProfile: string | null;
}

export type ToThread =
  | { readonly type: 'start'; readonly id: number; readonly options: MachineOptions }
  | { readonly type: 'stop'; readonly machine: string }
  | { readonly type: 'kill'; readonly machine: string }
  | { readonly type: 'addSwitch'; readonly name: string; readonly ports: number }
  | { readonly type: 'removeSwitch'; readonly name: string }
  | { readonly type: 'plug'; readonly link: Link }
  | { readonly type: 'unplug'; readonly link: Link }
  | { readonly type: 'consoleInput'; readonly machine: string; readonly console: number; readonly bytes: Uint8Array }
  | {
      readonly type: 'consoleResize';
      readonly machine: string;
      readonly console: number;
      readonly columns: number;
      readonly rows: number;
    }
  | { readonly type: 'consoleHold'; readonly machine: string; readonly console: number; readonly held: boolean }
  | { readonly type: 'streamInput'; readonly machine: string; readonly id: number; readonly bytes: Uint8Array | null }
  | { readonly type: 'streamDelivered'; readonly machine: string; readonly fd: 1 | 2; readonly count: number }
  | { readonly type: 'dispose' };

export type FromThread =
  /** The machine begins to boot, or cannot: `failure` is a sentence. */
  | { readonly type: 'started'; readonly id: number; readonly failure: string | null }
  | { readonly type: 'state'; readonly machine: string; readonly status: MachineState }
  | { readonly type: 'exited'; readonly machine: string; readonly code: number; readonly reason: string }
  | { readonly type: 'consoleOutput'; readonly machine: string; readonly console: number; readonly bytes: Uint8Array }
  | { readonly type: 'consoleInputTaken'; readonly machine: string; readonly console: number; readonly count: number }
  | { readonly type: 'streamOutput'; readonly machine: string; readonly fd: 1 | 2; readonly bytes: Uint8Array }
  | { readonly type: 'streamInputTaken'; readonly machine: string; readonly id: number }
  | { readonly type: 'trace'; readonly machine: string; readonly line: string }
  /** Of a machine with `countCalls`, before it is said to have exited. */
  | { readonly type: 'statistics'; readonly machine: string; readonly statistics: MachineStatistics }
  | { readonly type: 'log'; readonly level: LogLevel; readonly machine?: string; readonly text: string }
  | { readonly type: 'stats'; readonly machines: readonly MachineStats[] }
  | { readonly type: 'disposed' };
