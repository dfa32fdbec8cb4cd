/** The engine host's first file. Electron runs it in a utility process. */
import type { Engine } from '../../engine/api/engine.ts';
import { EngineRefusal } from '../../engine/api/engine.ts';
import type { HostPort } from './serve.ts';
import { serveEngineHost } from './serve.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: readonly HostPort[] }) => void): void;
}

const { parentPort } = process as unknown as { parentPort: ParentPort };

// The engine is under construction beside this: until it is there every order is refused, and says so.
const refuse = (): Promise<never> =>
  Promise.reject(new EngineRefusal('engine-failed', 'This build of Umlaut has no engine.'));
const engine: Engine = {
  startMachine: refuse,
  stopMachine: refuse,
  killMachine: refuse,
  restartMachine: refuse,
  addSwitch: refuse,
  removeSwitch: refuse,
  plugLink: refuse,
  unplugLink: refuse,
  listMachines: () => Promise.resolve([]),
  consoleInput: () => {},
  resizeConsole: () => {},
  holdConsole: () => {},
  releaseConsole: () => {},
  dispose: () => Promise.resolve(),
};

serveEngineHost(
  {
    send: (message) => parentPort.postMessage(message),
    onMessage: (listener) => parentPort.on('message', (event) => listener(event.data, event.ports)),
  },
  () => engine,
);
