/** What the outside tells the engine about one machine, and what it hears of it. Plain data, cloned across processes. */
import type { NetworkInterface, Route } from './lab/model.ts';

/** Where a machine's read-only root file system comes from. */
export type RootSource =
  /** The standard guest image; host tools where it has not been built. */
  | { readonly kind: 'standard' }
  /** The host's `/usr`, read-only over hostfs, with a small `/etc` of ours. */
  | { readonly kind: 'host-tools' }
  /** A directory or an image at an absolute host path. */
  | { readonly kind: 'path'; readonly path: string };

/** A machine as the engine starts it: nothing in here is relative to a lab any more. */
export interface MachineConfig {
  readonly name: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly root: RootSource;
  /** Absolute host path of the directory that keeps what the machine changes; made when it is not there. */
  readonly changesDirectory: string;
  readonly interfaces: readonly NetworkInterface[];
  readonly routes: readonly Route[];
  readonly forwarding: boolean;
  /** Shell text that runs once the network is up. */
  readonly startupScript?: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type MachineState =
  | { readonly state: 'stopped' }
  /** `progress` is a short sentence for a person: `mounting the root file system`. */
  | { readonly state: 'booting'; readonly progress: string }
  | { readonly state: 'running' }
  | { readonly state: 'stopping' }
  /** `reason` is a sentence; `details` a stack or a register dump, when there is one. */
  | { readonly state: 'crashed'; readonly reason: string; readonly details?: string };

export interface MachineStats {
  readonly name: string;
  /** Of one host core; a machine with two busy processors has 200. */
  readonly cpuPercent: number;
  /** Host memory that the machine holds now. */
  readonly memoryBytes: number;
}
