import { EngineRefusal } from '../../engine/api/engine.ts';
import { suggestion } from '../../engine/api/lab/suggest.ts';
import type { MachineConfig } from '../../engine/api/machine.ts';
import { UsageError } from './arguments/model.ts';
import { terminalEnvironment } from './bootMachine.ts';
import { EngineSession } from './EngineSession.ts';
import { EXIT_NOT_STARTED } from './exitCodes.ts';
import { GuestRun } from './guest/GuestRun.ts';
import { StopRequests } from './host/StopRequests.ts';
import { openLab, wire } from './lab/openLab.ts';
import type { OpenLab } from './lab/openLab.ts';
import { describeState } from './lab/StateBoard.ts';

export interface ExecRequest {
  readonly lab: string;
  readonly machine: string;
  readonly command: readonly string[];
  readonly traceCalls: boolean;
  /** Also tell what the machines are doing. */
  readonly verbose: boolean;
}

function choose({ configs }: OpenLab, machine: string, path: string): MachineConfig {
  const config = configs.find(({ name }) => name === machine);
  if (config !== undefined) return config;
  const names = configs.map(({ name }) => name);
  const advice = suggestion(machine, names) || (names.length > 0 ? `; it has ${names.join(', ')}.` : '; it has none.');
  throw new UsageError(`${path} has no machine ${machine}${advice}`);
}

/** Starts every machine but one, and waits until their networks are up. What stood in the way, a sentence each. */
async function startOthers(session: EngineSession, others: readonly MachineConfig[]): Promise<string[]> {
  const problems: string[] = [];
  await Promise.all(
    others.map(async (config) => {
      const { name } = config;
      try {
        await session.engine.startMachine(config);
      } catch (error) {
        if (!(error instanceof EngineRefusal)) throw error;
        problems.push(`${name} could not be started: ${error.message}`);
        return;
      }
      const hasEnded = (): boolean => session.exitOf(name) !== undefined;
      await session.until(() => session.stateOf(name).state === 'running' || hasEnded());
      if (!hasEnded()) return;
      const status = session.stateOf(name);
      const reason = status.state === 'crashed' ? status.reason : (session.exitOf(name)?.reason ?? '');
      problems.push(`${name} ended before its network was up: ${reason}`);
    }),
  );
  return problems;
}

/** `umlaut exec`: one command on one machine of a lab, with all the others running. */
export async function execInLab(request: ExecRequest): Promise<number> {
  const open = await openLab(request.lab);
  const config = choose(open, request.machine, request.lab);
  const others = open.configs.filter((other) => other !== config);

  const say = (sentence: string): void => guest.stdio.note(`umlaut: ${sentence}`);
  const session: EngineSession = new EngineSession({
    machineState: (machine, status) => {
      if (request.verbose) say(`${machine}: ${describeState(status)}`);
    },
    problem: say,
  });
  const { engine } = session;
  const guest = new GuestRun(session, config.name, request.command);
  const stopOthers = async (): Promise<void> => {
    await Promise.all(others.map(({ name }) => engine.stopMachine(name)));
  };
  // Until the command runs, nothing is worth an orderly end.
  const stopped = { byRequest: false };
  const requests = new StopRequests(() => {
    stopped.byRequest = true;
    for (const { name } of others) void engine.killMachine(name);
  });
  try {
    await wire(session, open.lab);
    const problems = await startOthers(session, others);
    requests.dispose();
    if (!stopped.byRequest) for (const problem of problems) say(problem);
    if (problems.length > 0 || stopped.byRequest) {
      await guest.stdio.end();
      return EXIT_NOT_STARTED;
    }
    const code = await guest.run({
      ...config,
      environment: { ...terminalEnvironment(), ...config.environment },
      command: request.command,
      traceCalls: request.traceCalls,
    });
    await stopOthers();
    return code;
  } finally {
    requests.dispose();
    await engine.dispose();
  }
}
