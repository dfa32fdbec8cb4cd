import { expect, test } from 'vitest';
import type { EngineEvent } from './engine.ts';
import { EngineRefusal } from './engine.ts';
import type { MachineConfig } from './machine.ts';
import type { EngineMessage, EngineOrders, OrderMessage } from './protocol.ts';
import { remoteEngine, serveOrders } from './protocol.ts';

const config: MachineConfig = {
  name: 'h1',
  memoryBytes: 64 * 1024 * 1024,
  cpus: 1,
  root: { kind: 'standard' },
  changesDirectory: '/tmp/lab/h1',
  interfaces: [{ name: 'eth0', addresses: ['10.0.0.1/24'] }],
  routes: [],
  forwarding: false,
  environment: {},
};

/** Both sides, with everything cloned on the way as between processes. `given` lists the orders that arrived. */
function connect(answers: Partial<Record<keyof EngineOrders, () => unknown>> = {}) {
  const given: unknown[][] = [];
  const engine = new Proxy({} as EngineOrders, {
    get:
      (_target, order: keyof EngineOrders) =>
      (...parameters: unknown[]) => {
        given.push([order, ...parameters]);
        return Promise.resolve().then(() => answers[order]?.());
      },
  });
  const events: EngineEvent[] = [];
  const remote = remoteEngine(
    (message: OrderMessage) => void serve(structuredClone(message)),
    (event) => events.push(event),
  );
  const toRemote = (message: EngineMessage): void => remote.receive(structuredClone(message));
  const serve = serveOrders(engine, toRemote);
  return { remote, given, events, serve };
}

test('an order arrives with its parameters, and its answer comes back', async () => {
  const { remote, given } = connect({ listMachines: () => [{ name: 'h1', status: { state: 'running' } }] });
  await remote.orders.startMachine(config);
  expect(await remote.orders.listMachines()).toEqual([{ name: 'h1', status: { state: 'running' } }]);
  expect(given).toEqual([['startMachine', config], ['listMachines']]);
});

test('a refusal keeps its code and its sentence', async () => {
  const { remote } = connect({
    stopMachine: () => {
      throw new EngineRefusal('unknown-machine', 'There is no machine h9.');
    },
  });
  await expect(remote.orders.stopMachine('h9')).rejects.toMatchObject({
    code: 'unknown-machine',
    message: 'There is no machine h9.',
  });
});

test('parameters that are not in order never reach the engine', async () => {
  const { remote, given } = connect();
  await expect(remote.orders.startMachine({ ...config, name: '../h1' })).rejects.toMatchObject({
    code: 'bad-configuration',
  });
  await expect(remote.orders.addSwitch('s1', 0)).rejects.toMatchObject({ code: 'bad-configuration' });
  expect(given).toEqual([]);
});

test('a message that is no order is logged, not answered', async () => {
  const { events, serve } = connect();
  await serve({ order: 'constructor', id: 1, parameters: [] });
  expect(events).toMatchObject([{ event: 'log', level: 'error' }]);
});

test('when the other side is gone every order is refused with the reason', async () => {
  const remote = remoteEngine(
    () => {},
    () => {},
  );
  const waiting = remote.orders.killMachine('h1');
  remote.abandon('the engine was killed');
  await expect(waiting).rejects.toThrow('the engine was killed');
  await expect(remote.orders.killMachine('h1')).rejects.toThrow('the engine was killed');
});
