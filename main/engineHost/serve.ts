/** The inside of the engine host: an engine, its orders and its consoles, on the channel to the main process. */
import { ConsoleHub } from '../../engine/api/console/hub.ts';
import type { Engine, EngineEvent, EngineObserver } from '../../engine/api/engine.ts';
import { serveOrders } from '../../engine/api/protocol.ts';
import type { FromEngineHost } from './messages.ts';
import { toEngineHostSchema } from './messages.ts';

/** A message port as Electron makes them, and as worker threads have them. */
export interface HostPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

export interface HostChannel {
  send(message: FromEngineHost): void;
  /** The listener gets every message, with the ports that came with it. */
  onMessage(listener: (message: unknown, ports: readonly HostPort[]) => void): void;
}

/** Makes the engine and serves it for as long as the process lives. */
export function serveEngineHost(channel: HostChannel, createEngine: (observer: EngineObserver) => Engine): Engine {
  const sendEvent = (event: EngineEvent): void => channel.send({ type: 'engine', message: { type: 'event', event } });
  const engine = createEngine({
    event(event) {
      if (event.event === 'machineState' && event.status.state === 'booting') beginOnce(event.machine);
      else if (event.event === 'machineState') booting.delete(event.machine);
      sendEvent(event);
    },
    consoleOutput: (machine, index, bytes) => hub.output(machine, index, bytes),
    consoleInputTaken: (machine, index, byteCount) => hub.inputTaken(machine, index, byteCount),
  });
  const hub = new ConsoleHub(engine);
  // A machine reports its progress through several events of the same state; its consoles begin with the first.
  const booting = new Set<string>();
  const beginOnce = (machine: string): void => {
    if (booting.has(machine)) return;
    booting.add(machine);
    hub.begin(machine);
  };
  const receiveOrder = serveOrders(engine, (message) => channel.send({ type: 'engine', message }));
  channel.onMessage((message, ports) => {
    const parsed = toEngineHostSchema.safeParse(message);
    if (!parsed.success) {
      sendEvent({ event: 'log', level: 'error', text: 'a message to the engine host was not understood' });
    } else if (parsed.data.type === 'order') void receiveOrder(parsed.data.order);
    else connectTerminal(hub, parsed.data.machine, parsed.data.console, ports);
  });
  channel.send({ type: 'ready' });
  return engine;
}

function connectTerminal(hub: ConsoleHub, machine: string, console: number, ports: readonly HostPort[]): void {
  const port = ports.at(0);
  if (port === undefined) return;
  const terminal = hub.attach(machine, console, { send: (message) => port.postMessage(message) });
  port.on('message', (event) => terminal.receive(event.data));
  port.on('close', () => terminal.detach());
  port.start();
}
