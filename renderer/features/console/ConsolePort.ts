/**
 * The line between a terminal and a machine's console: a MessagePort that speaks `engine/api/console/messages.ts`. Both
 * directions have flow control, so that neither a busy guest nor a large paste fills a queue.
 */
import type { ConsoleToTerminal, TerminalToConsole } from '../../../engine/api/console/messages.ts';
import { CONSOLE_WINDOW_BYTES } from '../../../engine/api/console/messages.ts';
import { CONSOLE_PORT_MESSAGE, type ConsolePortMessage } from '../../../main/ipc/contract/bridge.ts';
import { bridge } from '../../lib/bridge.ts';

/** What the port needs of a terminal. */
export interface ConsoleScreen {
  reset(): void;
  /** Calls back when the bytes are drawn. */
  write(bytes: Uint8Array, drawn: () => void): void;
}

/** Fewer and larger grants: a grant for every chunk would double the messages. */
const GRANT_BYTES = CONSOLE_WINDOW_BYTES / 8;
const MAIN_CONSOLE = 0;

export class ConsolePort {
  private readonly screen: ConsoleScreen;
  private readonly port: MessagePort;
  private inputCredit = CONSOLE_WINDOW_BYTES;
  private waitingInput: Uint8Array[] = [];
  private drawnBytes = 0;

  constructor(port: MessagePort, screen: ConsoleScreen, onClose: () => void) {
    this.port = port;
    this.screen = screen;
    port.addEventListener('message', (event: MessageEvent<ConsoleToTerminal>) => {
      this.receive(event.data);
    });
    port.addEventListener('close', onClose);
    port.start();
  }

  /** Keystrokes and pastes; what exceeds the credit waits here, in order. */
  send(bytes: Uint8Array): void {
    this.waitingInput.push(bytes);
    this.flush();
  }

  resize(columns: number, rows: number): void {
    this.post({ type: 'resize', columns, rows });
  }

  /** Detaches the terminal. The console and what it keeps of its output go on. */
  close(): void {
    this.port.close();
  }

  private receive(message: ConsoleToTerminal): void {
    switch (message.type) {
      case 'begin':
        this.screen.reset();
        break;
      case 'output': {
        const { bytes } = message;
        this.screen.write(bytes, () => {
          this.grant(bytes.byteLength);
        });
        break;
      }
      case 'credit':
        this.inputCredit += message.bytes;
        this.flush();
        break;
    }
  }

  private grant(drawn: number): void {
    this.drawnBytes += drawn;
    if (this.drawnBytes < GRANT_BYTES) return;
    this.post({ type: 'credit', bytes: this.drawnBytes });
    this.drawnBytes = 0;
  }

  private flush(): void {
    for (let next = this.waitingInput.shift(); next !== undefined; next = this.waitingInput.shift()) {
      const now = next.subarray(0, this.inputCredit);
      if (now.byteLength > 0) this.post({ type: 'input', bytes: now.slice() });
      this.inputCredit -= now.byteLength;
      if (now.byteLength < next.byteLength) {
        this.waitingInput.unshift(next.subarray(now.byteLength));
        return;
      }
    }
  }

  private post(message: TerminalToConsole): void {
    this.port.postMessage(message);
  }
}

/** Asks for the line to a machine's main console. It may be asked for before the machine runs. */
export function requestConsolePort(documentId: string, machine: string): Promise<MessagePort> {
  const ticket = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const onMessage = (event: MessageEvent<unknown>) => {
      const [port] = event.ports;
      if (event.source !== window || !isPortMessage(event.data, ticket) || port === undefined) return;
      window.removeEventListener('message', onMessage);
      resolve(port);
    };
    window.addEventListener('message', onMessage);
    bridge.request('console.open', { documentId, machine, console: MAIN_CONSOLE, ticket }).catch((error: unknown) => {
      window.removeEventListener('message', onMessage);
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

function isPortMessage(data: unknown, ticket: string): data is ConsolePortMessage {
  const message = data as Partial<ConsolePortMessage> | null;
  return message?.type === CONSOLE_PORT_MESSAGE && message.ticket === ticket;
}
