/** The engine host as one of Electron's utility processes. */
import type { MessagePortMain } from 'electron';
import { app, utilityProcess } from 'electron';
import { fileURLToPath } from 'node:url';
import type { FromEngineHost } from './messages.ts';
import { describeExit } from './describeExit.ts';
import type { HostProcess } from './supervisor.ts';

const entry = fileURLToPath(new URL('./process.ts', import.meta.url));

/** As much of the end of what a host wrote to its standard error as may say why it died. */
const KEPT_ERROR_CHARACTERS = 4000;

export function startUtilityHost(): HostProcess<MessagePortMain> {
  const resources = app.isPackaged ? [process.resourcesPath] : [];
  const child = utilityProcess.fork(entry, resources, {
    serviceName: 'Umlaut engine',
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    process.stderr.write(text);
    lastWords = (lastWords + text).slice(-KEPT_ERROR_CHARACTERS);
  });
  return {
    send: (message, ports) => child.postMessage(message, ports === undefined ? undefined : [...ports]),
    onMessage: (listener) => child.on('message', (message: FromEngineHost) => listener(message)),
    onExit: (listener) => child.once('exit', (code) => listener(describeExit(code, lastWords))),
    kill: () => void child.kill(),
  };
}
