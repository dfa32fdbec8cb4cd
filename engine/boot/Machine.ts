import { BufferPool } from '../lib/BufferPool.ts';
import { registerMemoryDevices } from '../dev/memory/MemoryDevices.ts';
import { InputStreamFile, OutputStreamFile } from '../dev/stream/ByteStreams.ts';
import { StreamInode } from '../dev/stream/StreamInode.ts';
import type { ImageFile } from '../host/ImageFile.ts';
import { hostCpuInfo, HostRandom, hostTime, readHostFile } from '../host/hostPorts.ts';
import { utf8 } from '../lib/bytes.ts';
import { AddressSpace } from '../mm/AddressSpace.ts';
import { PhysicalMemory } from '../mm/PhysicalMemory.ts';
import { NetStack } from '../net/NetStack.ts';
import { addNetFiles } from '../net/proc/addNetFiles.ts';
import { Sockets } from '../net/socket/Sockets.ts';
import { vfsPathBinder } from '../net/socket/unix/UnixNames.ts';
import { rootCredentials } from '../process/Credentials.ts';
import { execute } from '../process/exec.ts';
import { endFutexes } from '../process/futex/exitFutexes.ts';
import { FutexTable } from '../process/futex/FutexTable.ts';
import { KernelLog, LOG_INFO, LOG_WARNING } from '../process/KernelLog.ts';
import type { Kernel, LogImportance, ShutDownKind, TaskObserver } from '../process/Kernel.ts';
import { ProcessTable } from '../process/ProcessTable.ts';
import { Scheduler } from '../process/Scheduler.ts';
import { signalInfo } from '../process/signals.ts';
import { sendSignalToProcess } from '../process/signalSend.ts';
import { Task } from '../process/Task.ts';
import { Clock } from '../sched/Clock.ts';
import { Timer, Timers } from '../sched/Timers.ts';
import { openProgram } from '../syscall/process.ts';
import { syscallHandlers } from '../syscall/table.ts';
import { CallStatistics, observeWithAll } from '../syscall/trace/CallStatistics.ts';
import { CallTrace } from '../syscall/trace/CallTrace.ts';
import { UserMode } from '../syscall/UserMode.ts';
import type { Doorbell } from '../trap/Doorbell.ts';
import { PAGE_SIZE, RAM_OFFSET } from '../trap/layout.ts';
import { TrapMachine } from '../trap/TrapMachine.ts';
import { createConsole } from '../tty/console/ConsoleDriver.ts';
import { Ptys } from '../tty/pty/Ptys.ts';
import { TtyRegistry } from '../tty/TtyRegistry.ts';
import { Devpts } from '../fs/devpts/Devpts.ts';
import { addSysctls } from '../fs/proc/sysctls.ts';
import { addSystemFiles } from '../fs/proc/systemFiles.ts';
import { addSystemEntries } from '../fs/sysfs/systemEntries.ts';
import { registerFileSystemTypes } from '../fs/fileSystemTypes.ts';
import { EINVAL } from '../abi/errno.ts';
import { MachineConsole } from './MachineConsole.ts';
import type { File } from '../vfs/File.ts';
import { FileTable } from '../vfs/FileTable.ts';
import { FsContext } from '../vfs/FsContext.ts';
import { O_RDWR } from '../abi/open.ts';
import { openFile } from '../vfs/open.ts';
import { Pipes } from '../vfs/pipe/Pipes.ts';
import { PseudoFileSystem } from '../vfs/PseudoFileSystem.ts';
import { Vfs } from '../vfs/Vfs.ts';
import { formatInitSettings, INIT_DIRECTORY, SCRIPT_FILE, SETTINGS_FILE } from './initSettings.ts';
import type { MachineOptions } from './MachineOptions.ts';
import { RootTree } from './rootTree.ts';
import type { RootLayers } from './rootTree.ts';
import { Softirq } from './Softirq.ts';

/** `st_dev` of pipes and sockets. */
const PIPE_DEVICE = 0x0e;
const SOCKET_DEVICE = 0x0f;
const PIPEFS_MAGIC = 0x50495045;
const PIPEFS_DEVICE = 0x0e;
const PIPE_BUFFER_LIMIT = 64 << 20;
/** How long a stub spins for an answer, in units of 1024 cycles: some 20 µs. */
const SPIN_CYCLES = 50;
const SIGPWR = 30;
/** This much freed memory is worth giving back, after this long. */
const TRIM_FRAMES = 1024;
const TRIM_DELAY_NS = 1e9;

/** What a machine tells whoever runs it. */
export interface MachineObserver {
  /** A line of the kernel's log. */
  log(message: string): void;
  streamOutput(fd: 1 | 2, bytes: Uint8Array): void;
  consoleOutput(index: number, bytes: Uint8Array): void;
  consoleInputTaken(index: number, count: number): void;
  ended(how: ShutDownKind, reason: string, exitCode: number): void;
}

export interface MachineParts {
  readonly doorbell: Doorbell;
  readonly launcherPath: string;
  readonly initPath: string;
  readonly image: ImageFile | null;
  readonly root: RootLayers;
  readonly observer: MachineObserver;
  /** Takes the lines of the trace, null for none. */
  readonly trace: ((line: string) => void) | null;
}

/** One machine, put together: its kernel, with everything that hangs on it, and its first process. */
export class Machine implements Kernel {
  hostName: string;
  domainName = '(none)';
  readonly options: MachineOptions;
  readonly memory: PhysicalMemory;
  readonly clock: Clock;
  readonly timers = new Timers();
  readonly random = new HostRandom();
  readonly trap: TrapMachine;
  readonly scheduler: Scheduler;
  readonly processes = new ProcessTable();
  readonly futexes = new FutexTable();
  readonly pipes: Pipes;
  readonly cpus: number;
  readonly vfs: Vfs;
  readonly net: NetStack;
  readonly sockets: Sockets;
  readonly ttys: TtyRegistry;
  readonly ptys: Ptys;
  readonly commandLine = 'root=/dev/root console=tty1';
  readonly softirq = new Softirq();
  readonly taskObserver: TaskObserver | null;
  /** Null when nobody has asked for it. */
  readonly callStatistics: CallStatistics | null;
  readonly userMode: UserMode;
  readonly tree: RootTree;
  readonly console: MachineConsole;
  readonly input = new InputStreamFile();
  readonly outputs: readonly [OutputStreamFile, OutputStreamFile];
  readonly messages = new KernelLog();
  private readonly observer: MachineObserver;
  private readonly initPath: string;
  private anonymousInode = 0;
  private ending: { how: ShutDownKind; reason: string; exitCode: number } | null = null;
  /** Gives memory that was freed back to the host, a moment after it was: it may be wanted again at once. */
  private readonly trimTimer = new Timer(() =>
    this.memory.trim((frame, count) => this.trap.region.discard(RAM_OFFSET + frame * PAGE_SIZE, count * PAGE_SIZE)),
  );
  private disposed = false;

  constructor(options: MachineOptions, parts: MachineParts) {
    this.options = options;
    this.observer = parts.observer;
    this.hostName = options.name;
    this.cpus = options.cpus;
    this.clock = new Clock(hostTime);
    const memorySize = Math.floor(options.memoryBytes / 4096) * 4096;
    this.trap = new TrapMachine({
      memorySize,
      launcherPath: parts.launcherPath,
      doorbell: parts.doorbell,
      imageFd: parts.image?.fd ?? null,
      spinCycles: SPIN_CYCLES,
      hostNs: () => hostTime.monotonicNs(),
    });
    this.memory = new PhysicalMemory(this.trap.region.bytes.subarray(RAM_OFFSET), parts.image?.bytes);
    this.scheduler = new Scheduler(options.cpus, this.timers, this.clock);
    this.vfs = new Vfs(this.memory, this.clock);
    this.pipes = new Pipes({
      buffers: new BufferPool(PIPE_BUFFER_LIMIT),
      clock: this.clock,
      device: PIPE_DEVICE,
      nextInode: () => this.nextAnonymousInode(),
    });
    this.vfs.openFifo = (inode, flags, actor) => this.pipes.openFifo(inode, flags, actor);
    this.memory.addShrinker(this.vfs.pageCaches);
    this.ttys = new TtyRegistry(this.vfs.devices);
    this.console = new MachineConsole(
      (bytes) => this.observer.consoleOutput(0, bytes),
      (count) => this.observer.consoleInputTaken(0, count),
    );
    this.ttys.add(createConsole(1, this.console));
    const devpts = new Devpts(this.clock);
    this.vfs.registerType({
      name: 'devpts',
      needsDevice: false,
      mount: (_actor, _source, data) => (data === '' || devpts.setOptions(data) ? devpts : -EINVAL),
    });
    this.ptys = new Ptys(this.ttys, this.vfs.devices, devpts);
    registerFileSystemTypes(this, new Map());
    addSystemFiles(this, hostCpuInfo());
    addSysctls(this);
    addSystemEntries(this.vfs.sys, this.cpus);
    registerMemoryDevices(this);
    this.net = new NetStack({
      timers: {
        now: () => this.clock.monotonicNs(),
        schedule: (atNs, callback) => this.schedule(atNs, callback),
      },
      random: this.random,
      softirq: this.softirq,
      wallClockNs: () => {
        const { seconds, nanoseconds } = this.clock.realtime();
        return seconds * 1e9 + nanoseconds;
      },
    });
    this.sockets = new Sockets({
      net: this.net,
      clock: this.clock,
      device: SOCKET_DEVICE,
      nextInode: () => this.nextAnonymousInode(),
      ringMemory: this.memory,
      unixPaths: vfsPathBinder,
    });
    addNetFiles(this.vfs, this.net, this.sockets.all);
    const trace = parts.trace === null ? null : new CallTrace(parts.trace);
    this.taskObserver = trace;
    this.callStatistics = options.countCalls === true ? new CallStatistics(() => hostTime.monotonicNs()) : null;
    const observers = [trace, this.callStatistics].filter((observer) => observer !== null);
    this.userMode = new UserMode(this, syscallHandlers, observeWithAll(observers));
    this.scheduler.serveWith(this.userMode);
    this.outputs = [
      new OutputStreamFile((bytes) => this.observer.streamOutput(1, bytes)),
      new OutputStreamFile((bytes) => this.observer.streamOutput(2, bytes)),
    ];
    this.initPath = parts.initPath;
    const { changesDirectory } = options;
    try {
      this.tree = new RootTree(this.vfs, parts.root, changesDirectory ?? null);
    } catch (error) {
      this.trap.dispose();
      throw error;
    }
  }

  private schedule(atNs: number, callback: () => void): { cancel(): void } {
    const timer = new Timer(callback);
    this.timers.arm(timer, atNs);
    return { cancel: () => this.timers.cancel(timer) };
  }

  nextAnonymousInode(): number {
    return ++this.anonymousInode;
  }

  log(message: string, importance: LogImportance = 'info'): void {
    this.messages.add(this.clock.monotonicNs(), importance === 'warning' ? LOG_WARNING : LOG_INFO, message);
    this.observer.log(message);
    if (importance === 'warning') {
      const seconds = (this.clock.monotonicNs() / 1e9).toFixed(6).padStart(12);
      this.console.print(`[${seconds}] ${message}\r\n`);
    }
  }

  taskEnding(task: Task): void {
    endFutexes(task);
  }

  shutDown(how: ShutDownKind, reason: string, exitCode: number): void {
    this.ending ??= { how, reason, exitCode };
  }

  /** Mounts the tree and starts the first process. Throws a sentence when that cannot be. */
  start(): void {
    this.tree.mountStandard();
    for (const mount of this.options.mounts ?? []) {
      this.tree.mountHostDirectory(mount.hostDirectory, utf8(mount.guestDirectory), mount.readOnly);
    }
    const task = this.createInit();
    const { options } = this;
    this.tree.makeDirectories(INIT_DIRECTORY);
    this.tree.writeFile(task, `${INIT_DIRECTORY}/${SETTINGS_FILE}`, utf8(formatInitSettings(options)), 0o644);
    if (options.startupScript !== undefined) {
      this.tree.writeFile(task, `${INIT_DIRECTORY}/${SCRIPT_FILE}`, utf8(options.startupScript), 0o755);
    }
    this.runInit(task);
  }

  private createInit(): Task {
    const space = this.trap.spawnSpace();
    if (space === null) throw new Error('no stub process for init');
    const memory = new AddressSpace(this.memory, space);
    const pid = this.processes.allocatePid();
    const process = this.processes.createProcess(this, pid, null, memory);
    const fs = new FsContext(this.tree.rootMount.rootPath);
    const task = new Task(process, pid, space.threads[0], new FileTable(), fs, rootCredentials);
    process.threads.push(task);
    this.processes.tasks.set(pid, task);
    return task;
  }

  private runInit(task: Task): void {
    const { options } = this;
    for (const file of this.standardFiles(task)) task.files.install(file, 0, 1024, false);
    const command = options.command === undefined ? [] : ['--', ...options.command.map(utf8)];
    const candidates = ['/init', this.installInit(task)];
    for (const path of candidates) {
      const program = openProgram(task, path);
      if (typeof program === 'number') continue;
      // execve(2) of a process that does not run yet: its registers wait until its host thread is there.
      const result: number = execute(
        task,
        program,
        {
          path,
          argv: ['init', ...command],
          envp: ['HOME=/', 'TERM=xterm-256color', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
        },
        openProgram,
      );
      if (result === 0) {
        this.scheduler.start(task);
        return;
      }
    }
    throw new Error('the root file system has no init that could be run');
  }

  /** Our own init, for roots that know nothing of us. */
  private installInit(task: Task): string {
    const path = `${INIT_DIRECTORY}/init`;
    if (!this.tree.exists('/init')) this.tree.writeFile(task, path, readHostFile(this.initPath), 0o755);
    return path;
  }

  private standardFiles(task: Task): File[] {
    if (this.options.stdio === 'streams') return this.streams();
    const console = openFile(this.vfs, task, null, '/dev/console', O_RDWR, 0);
    if (typeof console === 'number') throw new Error(`cannot open /dev/console: errno ${-console}`);
    return [console, console.retain(), console.retain()];
  }

  private streams(): File[] {
    const fs = new PseudoFileSystem('pipefs', PIPEFS_MAGIC, PIPEFS_DEVICE, this.clock);
    const files: File[] = [this.input, ...this.outputs];
    for (const file of files) file.inode = new StreamInode(fs, this.nextAnonymousInode(), file);
    return files;
  }

  /** Asks init to shut the machine down in an orderly way. */
  powerButton(): void {
    const init = this.processes.init;
    if (init !== null) sendSignalToProcess(init, signalInfo(SIGPWR, 0));
  }

  /** Does what there is to do now; whether there was anything. */
  step(): boolean {
    const nowNs = this.clock.monotonicNs();
    this.scheduler.tick(nowNs);
    if (this.timers.nextDeadlineNs <= nowNs) this.timers.expire(nowNs);
    if (this.memory.freedSinceTrim > TRIM_FRAMES && !this.trimTimer.isArmed) {
      this.timers.arm(this.trimTimer, nowNs + TRIM_DELAY_NS);
    }
    if (this.trap.hasDeaths) this.pollDeaths();
    let busy = this.scheduler.poll();
    if (this.softirq.hasWork) {
      busy = true;
      this.softirq.run();
    }
    if (this.ending !== null) this.end();
    return busy;
  }

  private pollDeaths(): void {
    this.trap.pollDeaths((space) => {
      for (const task of [...this.processes.tasks.values()]) {
        if (task.thread.space === space && task.state !== 'dead') this.userMode.killLost(task);
      }
    });
  }

  /** Once in a while: a machine whose host processes were all killed would say nothing any more. */
  checkHost(): void {
    if (this.trap.isLauncherGone) this.shutDown('panic', 'the host has killed its processes', 137);
  }

  get isEnded(): boolean {
    return this.disposed;
  }

  private end(): void {
    const { ending } = this;
    if (ending === null || this.disposed) return;
    this.dispose();
    this.observer.ended(ending.how, ending.reason, ending.exitCode);
  }

  /** Nanoseconds on the host's clock at which the machine needs its thread again, or Infinity. */
  get wakeAtNs(): number {
    const deadline = this.scheduler.nextDeadlineNs();
    return deadline === Infinity ? Infinity : deadline - this.clock.monotonicNs() + hostTime.monotonicNs();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.tree.dispose();
    this.trap.dispose();
  }
}
