import { existsSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MachineState, MachineStats, RootSource } from '../api/machine.ts';
import { hostTime } from '../host/hostPorts.ts';
import { ImageFile } from '../host/ImageFile.ts';
import { EthernetDevice } from '../net/link/EthernetDevice.ts';
import type { ShutDownKind } from '../process/Kernel.ts';
import { Timer, Timers } from '../sched/Timers.ts';
import type { Doorbell } from '../trap/Doorbell.ts';
import { Fabric } from './Fabric.ts';
import { NETWORK_MARKER, INIT_DIRECTORY } from './initSettings.ts';
import type { KernelThread } from './KernelThread.ts';
import { Machine } from './Machine.ts';
import { collectStatistics } from './collectStatistics.ts';
import type { MachineOptions } from './MachineOptions.ts';
import type { EngineResources } from './resources.ts';
import type { RootLayers } from './rootTree.ts';
import { Softirq } from './Softirq.ts';
import type { FromThread, ToThread } from './threadMessages.ts';

const STATS_INTERVAL_NS = 1e9;
const BOOT_POLL_NS = 2e6;
/** Lines of the kernel's log that come with a crash. */
const CRASH_LINES = 40;

interface Running {
  readonly machine: Machine;
  state: MachineState['state'];
  readonly inputTaken: Map<number, () => void>;
  lastBusyNs: number;
  /** On the host's clock: when it was told to start, and when its network was there (NaN before). */
  readonly startNs: number;
  runningNs: number;
}

/** A MAC address that stays the same for an interface of a lab: locally administered, unicast (IEEE 802, U/L bit). */
function stableMac(machine: string, device: string): number {
  const hash = createHash('sha256').update(`${machine}\0${device}`).digest();
  return 0x02_00_00_00_00_00 + hash.readUIntBE(0, 5);
}

/** What the machine's kernel logged last, for whoever wonders why it ended. */
function lastLines({ messages }: Machine): string {
  const lines = messages.from(messages.end - CRASH_LINES);
  return lines.map(({ text }) => text).join('\n');
}

/** The machines and switches of one kernel thread, as its owner orders them about. */
export class MachineHost {
  private readonly resources: EngineResources;
  private readonly doorbell: Doorbell;
  private readonly send: (message: FromThread) => void;
  private readonly machines = new Map<string, Running>();
  private readonly images = new Map<string, ImageFile>();
  private readonly timers = new Timers();
  private readonly softirq = new Softirq();
  private readonly fabric: Fabric;
  private readonly statsTimer: Timer;
  private lastStatsNs = 0;
  private thread: KernelThread | null = null;

  constructor(resources: EngineResources, doorbell: Doorbell, send: (message: FromThread) => void) {
    this.resources = resources;
    this.doorbell = doorbell;
    this.send = send;
    this.fabric = new Fabric({
      softirq: this.softirq,
      timers: {
        now: () => hostTime.monotonicNs(),
        schedule: (atNs, callback) => {
          const timer = new Timer(callback);
          this.timers.arm(timer, atNs);
          return { cancel: () => this.timers.cancel(timer) };
        },
      },
    });
    this.statsTimer = new Timer((nowNs) => this.reportStats(nowNs));
  }

  runOn(thread: KernelThread): void {
    this.thread = thread;
  }

  /** Work of the fabric and timers of the host; whether there was any. */
  runDeferred(): boolean {
    let any = false;
    if (this.softirq.hasWork) {
      any = true;
      this.softirq.run();
    }
    const nowNs = hostTime.monotonicNs();
    if (this.timers.nextDeadlineNs <= nowNs) this.timers.expire(nowNs);
    return any;
  }

  get wakeAtNs(): number {
    return this.timers.nextDeadlineNs;
  }

  receive(message: ToThread): void {
    switch (message.type) {
      case 'start':
        this.start(message.id, message.options);
        break;
      case 'stop':
        this.stop(message.machine);
        break;
      case 'kill':
        this.kill(message.machine);
        break;
      case 'addSwitch':
        this.fabric.addSwitch(message.name);
        break;
      case 'removeSwitch':
        this.fabric.removeSwitch(message.name);
        break;
      case 'plug':
        this.fabric.plug(message.link);
        break;
      case 'unplug':
        this.fabric.unplug(message.link);
        break;
      case 'consoleInput':
        this.machines.get(message.machine)?.machine.console.input(message.bytes);
        break;
      case 'consoleResize':
        this.machines.get(message.machine)?.machine.console.resize(message.columns, message.rows);
        break;
      case 'consoleHold':
        this.machines.get(message.machine)?.machine.console.hold(message.held);
        break;
      case 'streamInput': {
        const running = this.machines.get(message.machine);
        const taken = (): void => this.send({ type: 'streamInputTaken', machine: message.machine, id: message.id });
        if (running === undefined) taken();
        else running.machine.input.push(message.bytes, taken);
        break;
      }
      case 'streamDelivered':
        this.machines.get(message.machine)?.machine.outputs[message.fd - 1].delivered(message.count);
        break;
      case 'dispose':
        for (const { machine } of this.machines.values()) machine.dispose();
        this.machines.clear();
        for (const image of this.images.values()) image.dispose();
        break;
    }
  }

  /** Whether it has been started; why not is told to who asked. */
  private start(id: number, options: MachineOptions): boolean {
    const { name } = options;
    const startNs = hostTime.monotonicNs();
    this.setState(name, { state: 'booting', progress: 'mounting the root file system' });
    let machine: Machine | null = null;
    try {
      machine = this.createMachine(options);
      machine.start();
    } catch (error) {
      machine?.dispose();
      this.fabric.removeDevices(name);
      const failure = error instanceof Error ? error.message : String(error);
      this.send({ type: 'started', id, failure });
      this.setState(name, { state: 'crashed', reason: failure });
      return false;
    }
    const running: Running = {
      machine,
      state: 'booting',
      inputTaken: new Map(),
      lastBusyNs: 0,
      startNs,
      runningNs: NaN,
    };
    this.machines.set(name, running);
    this.thread?.machines.add(machine);
    this.send({ type: 'started', id, failure: null });
    this.setState(name, { state: 'booting', progress: 'setting up the network' });
    this.awaitNetwork(running);
    if (!this.statsTimer.isArmed) this.timers.arm(this.statsTimer, hostTime.monotonicNs() + STATS_INTERVAL_NS);
    return true;
  }

  /** The machine runs when init has set the network up. */
  private awaitNetwork(running: Running): void {
    const { machine } = running;
    const look = (): void => {
      if (machine.isEnded || running.state !== 'booting') return;
      if (!machine.tree.exists(`${INIT_DIRECTORY}/${NETWORK_MARKER}`)) {
        machine.timers.arm(timer, machine.clock.monotonicNs() + BOOT_POLL_NS);
        return;
      }
      running.state = 'running';
      running.runningNs = hostTime.monotonicNs();
      this.setState(machine.options.name, { state: 'running' });
    };
    const timer = new Timer(look);
    machine.timers.arm(timer, machine.clock.monotonicNs() + BOOT_POLL_NS);
  }

  private createMachine(options: MachineOptions): Machine {
    const { name } = options;
    const { layers, image, hostTools } = this.rootOf(options.root);
    const mounts = hostTools
      ? [{ hostDirectory: '/usr', guestDirectory: '/usr', readOnly: true }, ...(options.mounts ?? [])]
      : options.mounts;
    const machine = new Machine(
      { ...options, ...(mounts !== undefined && { mounts }) },
      {
        doorbell: this.doorbell,
        launcherPath: this.resources.launcher,
        initPath: join(this.resources.images, 'init'),
        image,
        root: layers,
        trace: options.traceCalls === true ? (line) => this.send({ type: 'trace', machine: name, line }) : null,
        observer: {
          log: (text) => this.send({ type: 'log', level: 'info', machine: name, text }),
          streamOutput: (fd, bytes) => this.send({ type: 'streamOutput', machine: name, fd, bytes }),
          consoleOutput: (index, bytes) => this.send({ type: 'consoleOutput', machine: name, console: index, bytes }),
          consoleInputTaken: (index, count) =>
            this.send({ type: 'consoleInputTaken', machine: name, console: index, count }),
          ended: (how, reason, exitCode) => this.ended(name, how, reason, exitCode),
        },
      },
    );
    for (const { name: deviceName, mac } of options.interfaces) {
      const address = mac === undefined ? stableMac(name, deviceName) : parseInt(mac.replaceAll(':', ''), 16);
      const device = new EthernetDevice(deviceName, address);
      machine.net.link.addDevice(device);
      this.fabric.addDevice(name, device);
    }
    return machine;
  }

  private rootOf(root: RootSource): { layers: RootLayers; image: ImageFile | null; hostTools: boolean } {
    const standard = join(this.resources.images, 'standard.img');
    const tools = join(this.resources.images, 'host-tools.img');
    let path: string;
    if (root.kind === 'path') path = root.path;
    else if (root.kind === 'host-tools' || !existsSync(standard)) path = tools;
    else path = standard;
    if (root.kind === 'path' && !existsSync(path)) throw new Error(`there is no ${path}`);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      return { layers: { kind: 'directory', path }, image: null, hostTools: false };
    }
    let image = this.images.get(path);
    if (image === undefined) {
      const opened = ImageFile.open(path);
      if (typeof opened === 'string') throw new Error(opened);
      image = opened;
      this.images.set(path, image);
    }
    return { layers: { kind: 'image', image: image.reader }, image, hostTools: path === tools };
  }

  private stop(name: string): void {
    const running = this.machines.get(name);
    if (running === undefined || running.state === 'stopping') return;
    running.state = 'stopping';
    this.setState(name, { state: 'stopping' });
    running.machine.powerButton();
  }

  private kill(name: string): void {
    const running = this.machines.get(name);
    if (running === undefined) return;
    this.forget(name, running.machine);
    this.setState(name, { state: 'stopped' });
    this.send({ type: 'exited', machine: name, code: 137, reason: 'killed' });
  }

  private forget(name: string, machine: Machine): void {
    this.reportStatistics(name);
    this.machines.delete(name);
    this.thread?.machines.delete(machine);
    this.fabric.removeDevices(name);
    machine.dispose();
  }

  private reportStatistics(name: string): void {
    const running = this.machines.get(name);
    const calls = running?.machine.callStatistics ?? null;
    if (running === undefined || calls === null) return;
    const { machine, startNs, runningNs } = running;
    const bootNs = Number.isNaN(runningNs) ? null : runningNs - startNs;
    const statistics = collectStatistics(machine, calls, bootNs, hostTime.monotonicNs() - startNs);
    this.send({ type: 'statistics', machine: name, statistics });
  }

  private ended(name: string, how: ShutDownKind, reason: string, exitCode: number): void {
    const running = this.machines.get(name);
    if (running === undefined) return;
    this.forget(name, running.machine);
    // In this order: whoever hears of the end has heard all output before.
    if (how === 'panic') {
      this.setState(name, { state: 'crashed', reason, details: lastLines(running.machine) });
    } else this.setState(name, { state: 'stopped' });
    // A machine that starts again has not ended.
    if (how === 'reboot' && this.start(0, running.machine.options)) return;
    this.send({ type: 'exited', machine: name, code: exitCode, reason });
  }

  /** An error of the engine itself: it ends this machine only, which says where it was. */
  panic(machine: Machine, error: unknown): void {
    const { name } = machine.options;
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
    machine.console.print(`\r\nKernel panic: ${details.replaceAll('\n', '\r\n')}\r\n`);
    this.send({ type: 'log', level: 'error', machine: name, text: `kernel panic: ${details}` });
    this.forget(name, machine);
    this.setState(name, { state: 'crashed', reason: 'The kernel of this machine has failed.', details });
    this.send({ type: 'exited', machine: name, code: 134, reason: 'kernel panic' });
  }

  private setState(machine: string, status: MachineState): void {
    this.send({ type: 'state', machine, status });
  }

  private reportStats(nowNs: number): void {
    if (this.machines.size === 0) return;
    const elapsed = Math.max(1, nowNs - this.lastStatsNs);
    this.lastStatsNs = nowNs;
    const stats: MachineStats[] = [];
    for (const [name, running] of this.machines) {
      const { machine } = running;
      machine.checkHost();
      const busy = machine.scheduler.busyNs - running.lastBusyNs;
      running.lastBusyNs = machine.scheduler.busyNs;
      const { frameCount, freeFrames } = machine.memory;
      stats.push({
        name,
        cpuPercent: Math.min(100 * machine.cpus, (100 * busy) / elapsed),
        memoryBytes: (frameCount - freeFrames) * 4096,
      });
    }
    this.send({ type: 'stats', machines: stats });
    this.timers.arm(this.statsTimer, nowNs + STATS_INTERVAL_NS);
  }
}
