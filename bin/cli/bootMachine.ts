import type { NetworkInterface } from '../../engine/api/lab/model.ts';
import { DEFAULTS } from '../../engine/api/lab/model.ts';
import type { RootSource } from '../../engine/api/machine.ts';
import type { MachineStatistics } from '../../engine/api/statistics.ts';
import type { HostMount } from '../../engine/boot/MachineOptions.ts';
import { EngineSession } from './EngineSession.ts';
import { GuestRun } from './guest/GuestRun.ts';
import { formatStatistics } from './statistics.ts';
import type { Network } from './values.ts';

const MACHINE = 'umlaut';
const SWITCH = 'sw1';
/** On a switch of its own, a machine has the first address of a private network. */
const DEVICE: NetworkInterface = { name: 'eth0', addresses: ['10.0.0.1/24'] };

export interface BootRequest {
  readonly root: RootSource | undefined;
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly mounts: readonly HostMount[];
  readonly network: Network;
  readonly traceCalls: boolean;
  /** Say at the end what the machine has done. */
  readonly showStatistics: boolean;
  /** Where to write a CPU profile of the machine's kernel. */
  readonly cpuProfile: string | undefined;
  /** Empty for the console's shell. */
  readonly command: readonly string[];
}

/** What programs in the guest have to know of the terminal that they are shown on. */
export function terminalEnvironment(): Readonly<Record<string, string>> {
  const known = ['TERM', 'COLORTERM'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}

/** `umlaut boot`: one machine, on this terminal or these pipes. */
export async function bootMachine(request: BootRequest): Promise<number> {
  const reports: MachineStatistics[] = [];
  const session: EngineSession = new EngineSession(
    {
      problem: (sentence) => guest.stdio.note(`umlaut: ${sentence}`),
      machineStatistics: (_machine, reported) => {
        reports.push(reported);
      },
    },
    request.cpuProfile === undefined ? {} : { cpuProfile: request.cpuProfile },
  );
  const command = request.command.length > 0 ? request.command : undefined;
  const guest = new GuestRun(session, MACHINE, command);
  const hasSwitch = request.network === 'switch';
  if (hasSwitch) {
    await session.engine.addSwitch(SWITCH, DEFAULTS.switchPorts);
    await session.engine.plugLink({ a: { node: MACHINE, port: DEVICE.name }, b: { node: SWITCH, port: '1' } });
  }
  try {
    const code = await guest.run({
      name: MACHINE,
      memoryBytes: request.memoryBytes ?? DEFAULTS.memoryBytes,
      cpus: request.cpus ?? DEFAULTS.cpus,
      root: request.root ?? { kind: 'standard' },
      interfaces: hasSwitch ? [DEVICE] : [],
      routes: [],
      forwarding: false,
      environment: terminalEnvironment(),
      mounts: request.mounts,
      traceCalls: request.traceCalls,
      countCalls: request.showStatistics,
      ...(command !== undefined && { command }),
    });
    for (const statistics of reports) process.stderr.write(formatStatistics(statistics));
    return code;
  } finally {
    await session.engine.dispose();
  }
}
