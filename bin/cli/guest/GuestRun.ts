import { EngineRefusal } from '../../../engine/api/engine.ts';
import type { MachineOptions } from '../../../engine/boot/MachineOptions.ts';
import type { EngineSession } from '../EngineSession.ts';
import { EXIT_NOT_STARTED, EXIT_READER_GONE } from '../exitCodes.ts';
import { StopRequests } from '../host/StopRequests.ts';
import { chooseStdio } from './chooseStdio.ts';
import type { GuestStdio } from './GuestPort.ts';

/** One machine that has this process's standard streams; its exit code is to be ours. */
export class GuestRun {
  private readonly machine: string;
  private readonly session: EngineSession;
  readonly stdio: GuestStdio;
  private readerIsGone = false;

  constructor(session: EngineSession, machine: string, command: readonly string[] | undefined) {
    this.session = session;
    this.machine = machine;
    const kill = (): void => void session.engine.killMachine(machine);
    this.stdio = chooseStdio({
      machine,
      hasCommand: command !== undefined,
      onEscape: kill,
      onClosed: () => {
        this.readerIsGone = true;
        kill();
      },
    });
    session.connect(machine, this.stdio);
  }

  /** Runs the machine to its end. */
  async run(options: MachineOptions): Promise<number> {
    const { session, machine, stdio } = this;
    const requests = new StopRequests(
      (nth) => void (nth === 'first' ? session.engine.stopMachine(machine) : session.engine.killMachine(machine)),
    );
    try {
      const started = session.engine.startMachineWith({ ...options, stdio: stdio.kind });
      // In this order: the engine drops what is typed at a machine that it does not know.
      stdio.begin(session.engine);
      await started;
    } catch (error) {
      await stdio.end();
      if (!(error instanceof EngineRefusal)) throw error;
      stdio.note(`umlaut: ${machine} could not be started: ${error.message}`);
      requests.dispose();
      return EXIT_NOT_STARTED;
    }
    const { code } = await session.untilExit(machine);
    await stdio.end();
    requests.dispose();
    if (this.readerIsGone) return EXIT_READER_GONE;
    const status = session.stateOf(machine);
    if (status.state === 'crashed') {
      stdio.note(`umlaut: ${machine} has crashed: ${status.reason}`);
      if (status.details !== undefined) stdio.note(status.details);
    }
    return code;
  }
}
