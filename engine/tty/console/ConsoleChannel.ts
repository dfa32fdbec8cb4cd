/**
 * The far end of a console: a terminal of the app, the terminal that the engine was started in, a file, nothing. Whoever
 * makes the machine gives one to each console; the console sets the callbacks.
 */
export interface ConsoleChannel {
  /** Takes bytes for the screen, valid during the call only; how many it took. With less than all, `onDrain` comes later. */
  write(bytes: Uint8Array): number;
  /** Stop, or go on, calling `onInput`: the console has enough that nobody reads. A channel may ignore it for a while. */
  setInputPaused(isPaused: boolean): void;
  /** The channel takes bytes again. */
  onDrain: () => void;
  /** Bytes that were typed. */
  onInput: (bytes: Uint8Array) => void;
  /** The window has this size now. */
  onResize: (rows: number, columns: number) => void;
}
