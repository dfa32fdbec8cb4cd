/** What the preload script puts into the window as `window.umlaut`. */
import type { WindowEvent } from './events.ts';
import type { RequestName, RequestParameters, RequestResults } from './requests.ts';

type Arguments<Name extends RequestName> =
  undefined extends RequestParameters<Name> ? [] : [parameters: RequestParameters<Name>];

export interface WindowBridge {
  request<Name extends RequestName>(name: Name, ...parameters: Arguments<Name>): Promise<RequestResults[Name]>;
  /** Returns what ends the subscription. */
  onEvent(listener: (event: WindowEvent) => void): () => void;
}

/**
 * Ports cannot pass the bridge. After `console.open` the window gets a `message` event from itself whose data is a
 * `ConsolePortMessage` and whose `ports[0]` is the console's port. It speaks `engine/api/console/messages.ts`:
 * the window receives `ConsoleToTerminal` and sends `TerminalToConsole`. Closing the port detaches the terminal.
 */
export interface ConsolePortMessage {
  readonly type: 'umlaut:console-port';
  readonly ticket: string;
}

export const CONSOLE_PORT_MESSAGE = 'umlaut:console-port';

export const REQUEST_CHANNEL = 'umlaut:request';
export const EVENT_CHANNEL = 'umlaut:event';
export const PORT_CHANNEL = 'umlaut:port';
