import type { NetworkInterface, Route } from '../api/lab/model.ts';
import type { RootSource } from '../api/machine.ts';

/** A host directory shown to the guest. */
export interface HostMount {
  readonly hostDirectory: string;
  readonly guestDirectory: string;
  readonly readOnly: boolean;
}

/** All that makes up one machine: what a lab says of it, and what only the command line can ask for. Plain data. */
export interface MachineOptions {
  readonly name: string;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly root: RootSource;
  /** Absolute host path that keeps what the machine changes; without one, changes live in its memory and go with it. */
  readonly changesDirectory?: string;
  readonly interfaces: readonly NetworkInterface[];
  readonly routes: readonly Route[];
  readonly forwarding: boolean;
  readonly startupScript?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts?: readonly HostMount[];
  /** Runs this instead of the shell; its exit code is the machine's. */
  readonly command?: readonly string[];
  /** What the command has as descriptors 0, 1 and 2: the console, or byte streams to and from the engine's owner. */
  readonly stdio?: 'console' | 'streams';
  /** Report every system call as strace(1) prints it. */
  readonly traceCalls?: boolean;
  /** Count calls and time them, and tell of it when the machine ends. */
  readonly countCalls?: boolean;
}
