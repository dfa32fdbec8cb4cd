/** All that the window gets of the world outside: `window.umlaut`, and the ports of consoles. */
import { contextBridge, ipcRenderer } from 'electron';
import type { ConsolePortMessage } from '../ipc/contract/bridge.ts';
import { EVENT_CHANNEL, PORT_CHANNEL, REQUEST_CHANNEL } from '../ipc/contract/bridge.ts';
import type { WindowEvent } from '../ipc/contract/events.ts';
import type { RequestAnswer } from '../ipc/contract/answers.ts';

const bridge = {
  async request(name: string, parameters?: unknown): Promise<unknown> {
    const answer = (await ipcRenderer.invoke(REQUEST_CHANNEL, name, parameters)) as RequestAnswer;
    // Electron would prefix the message of a rejection with the name of the channel; the window shows it to a person.
    if (!answer.ok) throw new Error(answer.message);
    return answer.result;
  },
  onEvent(listener: (event: WindowEvent) => void): () => void {
    const receive = (_event: unknown, event: WindowEvent): void => listener(event);
    ipcRenderer.on(EVENT_CHANNEL, receive);
    return () => void ipcRenderer.off(EVENT_CHANNEL, receive);
  },
};

contextBridge.exposeInMainWorld('umlaut', bridge);

// A port cannot cross the context bridge, but the page and this script share one window.
ipcRenderer.on(PORT_CHANNEL, (event, message: ConsolePortMessage) => {
  window.postMessage(message, window.location.origin, event.ports);
});
