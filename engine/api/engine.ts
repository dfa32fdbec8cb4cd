/**
 * The engine as the outside sees it: a network of switches and links with machines on it. `engine/boot` implements
 * `Engine`; the command line holds one directly, the application speaks to one through `protocol.ts`.
 */
import type { Link } from './lab/model.ts';
import type { MachineConfig, MachineState, MachineStats } from './machine.ts';

/**
 * Every promise settles when the engine has accepted or refused the order; how it goes on is told by events. A refusal
 * is an `EngineRefusal`. All of it may be called at any time, in any state of the machines concerned.
 */
export interface Engine {
  /**
   * Boots the machine. Refused as `already-running` unless it is unknown, stopped or crashed. Its interfaces come up
   * with those links plugged that the engine knows at that time.
   */
  startMachine(config: MachineConfig): Promise<void>;
  /** Shuts the machine down in an orderly way; after `STOP_GRACE_MS` it is killed. Stopped machines are left as they are. */
  stopMachine(name: string): Promise<void>;
  /** Pulls the power cord. */
  killMachine(name: string): Promise<void>;
  /** Stops the machine in an orderly way when it runs, then starts it with this configuration. */
  restartMachine(config: MachineConfig): Promise<void>;

  addSwitch(name: string, ports: number): Promise<void>;
  /** Links at the switch are unplugged with it. */
  removeSwitch(name: string): Promise<void>;
  /**
   * Plugs a cable between two ports. An end may name a machine that does not run or an interface that it has not got
   * yet: the cable hangs there and carries when the interface appears. A port that is taken is refused as `port-taken`.
   */
  plugLink(link: Link): Promise<void>;
  /** Both interfaces lose their carrier. Which end is `a` does not matter. */
  unplugLink(link: Link): Promise<void>;

  listMachines(): Promise<MachineReport[]>;

  /**
   * Bytes typed at a console; console 0 is the main console. What the tty has no room for is kept, and `consoleInputTaken`
   * tells when it went in. When the machine does not run they are dropped, and told as taken.
   */
  consoleInput(machine: string, console: number, bytes: Uint8Array): void;
  /** Sets the window size of the console's tty (`SIGWINCH`); remembered for the next start of the machine. */
  resizeConsole(machine: string, console: number, columns: number, rows: number): void;
  /**
   * While held, guests block in their writes to this console instead of reaching the observer. What is under way may
   * still arrive. New consoles are released.
   */
  holdConsole(machine: string, console: number): void;
  releaseConsole(machine: string, console: number): void;

  /** Kills every machine and frees every host resource: stub processes, threads, memory files. */
  dispose(): Promise<void>;
}

export interface MachineReport {
  readonly name: string;
  readonly status: MachineState;
}

export type EngineEvent =
  | { readonly event: 'machineState'; readonly machine: string; readonly status: MachineState }
  /** About once a second while any machine is up; only machines that are up. */
  | { readonly event: 'stats'; readonly machines: readonly MachineStats[] }
  | { readonly event: 'log'; readonly level: LogLevel; readonly machine?: string; readonly text: string };

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Given to the engine when it is made; it calls these for as long as it lives, and never from inside a call to it. */
export interface EngineObserver {
  event(event: EngineEvent): void;
  /** The bytes belong to the observer from then on. */
  consoleOutput(machine: string, console: number, bytes: Uint8Array): void;
  /** So many of the bytes given to `consoleInput` have left the engine's keeping: more may be given. */
  consoleInputTaken(machine: string, console: number, byteCount: number): void;
  /** The engine itself has failed, and every later order is refused: whoever holds it had better begin with a new one. */
  failed?(reason: string): void;
}

/** How long an orderly stop may take before the machine is killed. */
export const STOP_GRACE_MS = 5000;

export type RefusalCode =
  | 'already-running'
  | 'unknown-machine'
  | 'unknown-switch'
  | 'unknown-link'
  | 'port-taken'
  | 'name-taken'
  | 'bad-configuration'
  | 'host-limit'
  | 'unsupported-host'
  | 'engine-failed';

/** An order that the engine did not take. The message is a sentence that the window may show as it is. */
export class EngineRefusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = 'EngineRefusal';
    this.code = code;
  }
}
