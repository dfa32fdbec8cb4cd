import type { WindowBridge } from '../../main/ipc/contract/bridge.ts';

declare global {
  interface Window {
    readonly umlaut: WindowBridge;
  }
}

/** The one way to the main process; the preload script puts it into the window. */
export const bridge: WindowBridge = window.umlaut;
