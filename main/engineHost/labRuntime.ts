/** The running side of an open lab: its engine host, and what its machines are doing. */
import type { EngineEvent, MachineReport } from '../../engine/api/engine.ts';
import type { Lab, Machine } from '../../engine/api/lab/model.ts';
import { diffTopology } from '../../engine/api/lab/topology.ts';
import type { MachineConfig, MachineState } from '../../engine/api/machine.ts';
import type { EngineOrders } from '../../engine/api/protocol.ts';
import type { EngineHostState } from '../ipc/contract/events.ts';
import type { EngineReport } from '../ipc/contract/requests.ts';
import type { SupervisorOptions } from './supervisor.ts';
import { EngineSupervisor } from './supervisor.ts';

export interface LabRuntimeOptions<Port> extends Omit<SupervisorOptions<Port>, 'onState' | 'onEvent'> {
  onHost(state: EngineHostState): void;
  onEvent(event: EngineEvent): void;
  /** The machine as the engine starts it. */
  configure(machine: Machine): Promise<MachineConfig>;
  /** Called before a machine starts while none runs. */
  prepare(): Promise<void>;
}

type Wiring = Pick<Lab, 'switches' | 'links'>;
const NOTHING_WIRED: Wiring = { switches: [], links: [] };

export class LabRuntime<Port> {
  readonly #options: LabRuntimeOptions<Port>;
  readonly #supervisor: EngineSupervisor<Port>;
  readonly #machines = new Map<string, MachineState>();
  /** What the present engine knows of switches and links. */
  #wired: Wiring = NOTHING_WIRED;
  #wiring: Promise<void> = Promise.resolve();

  constructor(options: LabRuntimeOptions<Port>) {
    this.#options = options;
    this.#supervisor = new EngineSupervisor({
      ...options,
      onState: (state) => this.#hostChanged(state),
      onEvent: (event) => this.#receive(event),
    });
  }

  /** Whether no machine is up. */
  get isIdle(): boolean {
    return ![...this.#machines.values()].some(isUp);
  }

  report(): EngineReport {
    const machines: MachineReport[] = [...this.#machines].map(([name, status]) => ({ name, status }));
    return { host: this.#supervisor.state, machines };
  }

  async start(lab: Lab, names: readonly string[]): Promise<void> {
    await this.#boot(lab, names, 'startMachine');
  }

  async restart(lab: Lab, names: readonly string[]): Promise<void> {
    await this.#boot(lab, names, 'restartMachine');
  }

  async stop(names: readonly string[]): Promise<void> {
    const engine = this.#supervisor.runningEngine();
    if (engine !== undefined) await together(names, (name) => engine.stopMachine(name));
  }

  async kill(names: readonly string[]): Promise<void> {
    const engine = this.#supervisor.runningEngine();
    if (engine !== undefined) await together(names, (name) => engine.killMachine(name));
  }

  /** The lab was edited: what changed is plugged and unplugged while it runs, and machines taken out are switched off. */
  async follow(lab: Lab): Promise<void> {
    const engine = this.#supervisor.runningEngine();
    if (engine === undefined) return;
    const present = new Set(lab.machines.map((machine) => machine.name));
    const removed = [...this.#machines].filter(([name, status]) => isUp(status) && !present.has(name));
    await Promise.all([this.#wire(engine, lab), this.kill(removed.map(([name]) => name))]);
  }

  async revive(): Promise<void> {
    await this.#supervisor.engine();
  }

  async openConsole(machine: string, console: number, port: Port): Promise<void> {
    await this.#supervisor.engine();
    if (!this.#supervisor.connectConsole(machine, console, port)) throw new Error('The engine is not running.');
  }

  dispose(): void {
    this.#supervisor.dispose();
  }

  async #boot(lab: Lab, names: readonly string[], order: 'startMachine' | 'restartMachine'): Promise<void> {
    if (this.isIdle) await this.#options.prepare();
    const engine = await this.#supervisor.engine();
    await this.#wire(engine, lab);
    await together(names, async (name) => {
      const machine = lab.machines.find((candidate) => candidate.name === name);
      if (machine === undefined) throw new Error('There is no machine of that name.');
      await engine[order](await this.#options.configure(machine));
    });
  }

  /** Changes of the wiring are made one after the other, for each is a difference to the one before. */
  #wire(engine: EngineOrders, lab: Wiring): Promise<void> {
    const turn = this.#wiring.then(() => this.#applyWiring(engine, lab));
    this.#wiring = turn.catch(() => undefined);
    return turn;
  }

  async #applyWiring(engine: EngineOrders, lab: Wiring): Promise<void> {
    // The engine may have died, and another come up, while this change waited.
    if (this.#supervisor.runningEngine() !== engine) return;
    const change = diffTopology(this.#wired, lab);
    this.#wired = { switches: lab.switches, links: lab.links };
    // Within a step the order does not matter, and a lab may have thousands of links.
    await Promise.all(change.removedLinks.map((link) => engine.unplugLink(link)));
    await Promise.all(change.removedSwitches.map((name) => engine.removeSwitch(name)));
    await Promise.all(change.addedSwitches.map((one) => engine.addSwitch(one.name, one.ports)));
    await Promise.all(change.addedLinks.map((link) => engine.plugLink(link)));
  }

  #receive(event: EngineEvent): void {
    if (event.event === 'machineState') this.#machines.set(event.machine, event.status);
    this.#options.onEvent(event);
  }

  #hostChanged(host: EngineHostState): void {
    // The host before its machines: the window notes which ones it took along.
    this.#options.onHost(host);
    if (host.state === 'crashed') {
      this.#wired = NOTHING_WIRED;
      for (const [machine, status] of this.#machines) {
        if (!isUp(status)) continue;
        const reason = `Its engine ${host.reason}.`;
        this.#receive({ event: 'machineState', machine, status: { state: 'crashed', reason } });
      }
    }
  }
}

function isUp(status: MachineState): boolean {
  return status.state !== 'stopped' && status.state !== 'crashed';
}

/** Does it for all, and then fails with what failed: `h2: There is no …`. */
async function together(names: readonly string[], action: (name: string) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  await Promise.all(
    names.map((name) =>
      action(name).catch((error: unknown) => {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }),
    ),
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
}
