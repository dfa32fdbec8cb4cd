import { beforeEach, expect, test } from 'vitest';
import type { EngineEvent } from '../../engine/api/engine.ts';
import type { Lab, Link, Machine } from '../../engine/api/lab/model.ts';
import { EMPTY_LAB } from '../../engine/api/lab/model.ts';
import type { MachineState } from '../../engine/api/machine.ts';
import type { EngineHostState } from '../ipc/contract/events.ts';
import { LabRuntime } from './labRuntime.ts';
import type { FromEngineHost, ToEngineHost } from './messages.ts';
import type { HostProcess } from './supervisor.ts';

/** A host process of the test: it notes what it is told, and says what the test lets it say. */
class ScriptedHost implements HostProcess<string> {
  readonly told: string[] = [];
  refuses: string | undefined;
  isKilled = false;
  #say: (message: FromEngineHost) => void = () => {};
  #exit: (reason: string) => void = () => {};

  send(message: ToEngineHost, ports: readonly string[] = []): void {
    if (message.type === 'console') {
      this.told.push(`console ${message.machine}:${message.console} ${ports.join()}`);
      return;
    }
    const { id, order, parameters } = message.order;
    const [subject] = parameters as [string | { name?: string; a?: { node: string; port: string } }];
    this.told.push(`${order} ${typeof subject === 'string' ? subject : (subject.name ?? subject.a?.node ?? '')}`);
    if (this.refuses === order) {
      const text = 'It does not want to.';
      this.say({ type: 'engine', message: { type: 'refusal', id, code: 'host-limit', message: text } });
    } else this.say({ type: 'engine', message: { type: 'answer', id, result: undefined } });
  }
  onMessage(listener: (message: FromEngineHost) => void): void {
    this.#say = listener;
  }
  onExit(listener: (reason: string) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.isKilled = true;
    this.die('was ended');
  }
  say(message: FromEngineHost): void {
    this.#say(message);
  }
  state(machine: string, status: MachineState): void {
    this.say({ type: 'engine', message: { type: 'event', event: { event: 'machineState', machine, status } } });
  }
  die(reason: string): void {
    this.#exit(reason);
  }
}

let hosts: ScriptedHost[];
let states: EngineHostState[];
let events: EngineEvent[];
let timers: { at: number; action: () => void }[];
let now: number;
let prepared: number;
let runtime: LabRuntime<string>;

beforeEach(() => {
  hosts = [];
  states = [];
  events = [];
  timers = [];
  now = 0;
  prepared = 0;
  runtime = new LabRuntime<string>({
    start() {
      const host = new ScriptedHost();
      hosts.push(host);
      queueMicrotask(() => host.say({ type: 'ready' }));
      return host;
    },
    onHost: (state) => states.push(state),
    onEvent: (event) => events.push(event),
    configure: (machine) =>
      Promise.resolve({
        name: machine.name,
        memoryBytes: machine.memoryBytes,
        cpus: 1,
        root: { kind: 'standard' },
        changesDirectory: `/labs/${machine.name}`,
        interfaces: [],
        routes: [],
        forwarding: false,
        environment: {},
      }),
    prepare() {
      prepared++;
      return Promise.resolve();
    },
    now: () => now,
    after(milliseconds, action) {
      const timer = { at: now + milliseconds, action };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
});

const position = { x: 0, y: 0 };
const machine = (name: string): Machine => ({
  name,
  kind: 'host',
  memoryBytes: 64 * 1024 * 1024,
  cpus: 1,
  root: 'standard',
  interfaces: [{ name: 'eth0', addresses: [] }],
  routes: [],
  forwarding: false,
  environment: {},
  position,
});
const cable = (node: string, port: string): Link => ({ a: { node, port: 'eth0' }, b: { node: 'sw1', port } });
const lab: Lab = {
  ...EMPTY_LAB,
  machines: [machine('h1'), machine('h2')],
  switches: [{ name: 'sw1', ports: 8, position }],
  links: [cable('h1', '1'), cable('h2', '2')],
};

function passTime(milliseconds: number): void {
  now += milliseconds;
  for (const timer of timers.filter(({ at }) => at <= now)) {
    timers.splice(timers.indexOf(timer), 1);
    timer.action();
  }
}

test('a start brings up the host, the wiring, and then the machines', async () => {
  await runtime.start(lab, ['h1', 'h2']);
  expect(states).toEqual([{ state: 'starting' }, { state: 'running' }]);
  expect(hosts[0].told).toEqual(['addSwitch sw1', 'plugLink h1', 'plugLink h2', 'startMachine h1', 'startMachine h2']);
  expect(prepared).toBe(1);
});

test('an edit plugs and unplugs what changed, and switches off what was taken out', async () => {
  await runtime.start(lab, ['h1', 'h2']);
  hosts[0].state('h1', { state: 'running' });
  hosts[0].state('h2', { state: 'running' });
  hosts[0].told.length = 0;
  await runtime.follow({ ...lab, machines: [lab.machines[0]], links: [cable('h1', '3')] });
  expect(hosts[0].told.sort()).toEqual(['killMachine h2', 'plugLink h1', 'unplugLink h1', 'unplugLink h2']);
});

test('an edit of a lab that does not run starts nothing', async () => {
  await runtime.follow(lab);
  expect(hosts).toEqual([]);
});

test('while machines run nothing is prepared', async () => {
  await runtime.start(lab, ['h1']);
  hosts[0].state('h1', { state: 'running' });
  expect(runtime.isIdle).toBe(false);
  await runtime.start(lab, ['h2']);
  expect(prepared).toBe(1);
});

test('what failed is told by machine, and the others start', async () => {
  await expect(runtime.start(lab, ['h1', 'h9'])).rejects.toThrow('h9: There is no machine of that name.');
  expect(hosts[0].told).toContain('startMachine h1');
  hosts[0].refuses = 'startMachine';
  await expect(runtime.start(lab, ['h2'])).rejects.toThrow('h2: It does not want to.');
});

test('a host that is killed takes its machines down, says why, and comes back with its wiring at the next start', async () => {
  await runtime.start(lab, ['h1']);
  hosts[0].state('h1', { state: 'running' });
  hosts[0].state('h2', { state: 'stopped' });
  hosts[0].die('was killed by SIGKILL');
  expect(states.at(-1)).toEqual({ state: 'crashed', reason: 'was killed by SIGKILL', retryInMs: 500 });
  expect(runtime.report().machines).toEqual([
    { name: 'h1', status: { state: 'crashed', reason: 'Its engine was killed by SIGKILL.' } },
    { name: 'h2', status: { state: 'stopped' } },
  ]);
  expect(events.at(-1)).toMatchObject({ event: 'machineState', machine: 'h1', status: { state: 'crashed' } });
  passTime(500);
  expect(hosts).toHaveLength(2);
  await runtime.start(lab, ['h1']);
  expect(hosts).toHaveLength(2);
  expect(hosts[1].told).toEqual(['addSwitch sw1', 'plugLink h1', 'plugLink h2', 'startMachine h1']);
});

test('a host that keeps dying is started again ever later, until it has lived for long', async () => {
  await runtime.revive();
  const pauses: (number | undefined)[] = [];
  for (let round = 0; round < 9; round++) {
    hosts.at(-1)?.die('failed');
    const state = states.at(-1);
    const pause = state?.state === 'crashed' ? state.retryInMs : undefined;
    pauses.push(pause);
    passTime(pause ?? 0);
    await Promise.resolve();
  }
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  now += 100_000;
  hosts.at(-1)?.die('failed');
  expect(states.at(-1)).toMatchObject({ retryInMs: 500 });
});

test('the person does not have to wait for the next attempt', async () => {
  await runtime.revive();
  hosts[0].die('failed');
  await runtime.revive();
  expect(hosts).toHaveLength(2);
  expect(timers).toEqual([]);
  expect(states.at(-1)).toEqual({ state: 'running' });
});

test('orders under way when the host dies fail with the reason', async () => {
  await runtime.revive();
  hosts[0].send = () => {};
  const waiting = runtime.start(lab, ['h1']);
  await new Promise((resolve) => setTimeout(resolve, 0));
  hosts[0].die('was killed by SIGKILL');
  await expect(waiting).rejects.toThrow('The engine was killed by SIGKILL.');
});

test('consoles are connected to a running host', async () => {
  await runtime.openConsole('h1', 0, 'the port');
  expect(hosts[0].told).toEqual(['console h1:0 the port']);
});

test('a closed lab ends its host for good', async () => {
  await runtime.revive();
  runtime.dispose();
  expect(hosts[0].isKilled).toBe(true);
  expect(states.at(-1)).toEqual({ state: 'absent' });
  expect(timers).toEqual([]);
  await expect(runtime.revive()).rejects.toThrow('closed lab');
});
