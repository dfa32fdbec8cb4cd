/** The engine host's first file. Electron runs it in a utility process. */
import { LocalEngine } from '../../engine/boot/LocalEngine.ts';
import { findResources } from '../../engine/boot/resources.ts';
import type { HostPort } from './serve.ts';
import { serveEngineHost } from './serve.ts';

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: readonly HostPort[] }) => void): void;
}

const { parentPort } = process as unknown as { parentPort: ParentPort };

// Where a packaged application has the engine's files; in a source tree they are found.
const resources = findResources(process.argv.at(2));

serveEngineHost(
  {
    send: (message) => parentPort.postMessage(message),
    onMessage: (listener) => parentPort.on('message', (event) => listener(event.data, event.ports)),
  },
  (observer) => {
    // The main process reads the reason from here, and starts a new host.
    const failed = (reason: string): never => {
      console.error(reason);
      process.exit(1);
    };
    return new LocalEngine({ ...observer, failed }, { resources });
  },
);
