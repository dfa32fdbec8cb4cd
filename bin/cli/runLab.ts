import { EngineRefusal } from '../../engine/api/engine.ts';
import type { MachineConfig } from '../../engine/api/machine.ts';
import { EngineSession } from './EngineSession.ts';
import { EXIT_FAILED } from './exitCodes.ts';
import { OutputSink } from './host/OutputSink.ts';
import { StopRequests } from './host/StopRequests.ts';
import { openLab, wire } from './lab/openLab.ts';
import { StateBoard } from './lab/StateBoard.ts';

/** `umlaut run`: all machines of a lab, until they have ended or somebody asks them to. */
export async function runLab(path: string): Promise<number> {
  const { lab, configs } = await openLab(path);
  const names = configs.map((config) => config.name);
  const output = new OutputSink(process.stdout);
  const { stdout } = process;
  const board = new StateBoard(
    output,
    names,
    stdout.isTTY ? () => ({ columns: stdout.columns, rows: stdout.rows }) : null,
  );
  if (names.length === 0) {
    board.say(`${lab.name} has no machines.`);
    return 0;
  }
  const crashed = new Set<string>();
  const session = new EngineSession({
    machineState: (machine, status) => {
      board.update(machine, status);
      if (status.state === 'crashed') crashed.add(machine);
    },
    problem: (sentence) => board.say(`umlaut: ${sentence}`),
  });
  const { engine } = session;
  const requests = new StopRequests((nth) => {
    if (nth === 'first') {
      board.say('Stopping. ^C once more pulls the plug.');
      for (const name of names) void engine.stopMachine(name);
    } else for (const name of names) void engine.killMachine(name);
  });
  output.onClosed = () => requests.request();
  const start = async (config: MachineConfig): Promise<boolean> => {
    try {
      await engine.startMachine(config);
      return true;
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      crashed.add(config.name);
      board.update(config.name, { state: 'crashed', reason: error.message });
      return false;
    }
  };
  try {
    await wire(session, lab);
    const started = await Promise.all(configs.map(start));
    const running = names.filter((_, index) => started[index]);
    await session.until(() => running.every((name) => session.exitOf(name) !== undefined));
  } finally {
    requests.dispose();
    await engine.dispose();
    await output.drained();
  }
  return crashed.size > 0 ? EXIT_FAILED : 0;
}
