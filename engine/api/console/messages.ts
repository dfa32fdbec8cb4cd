/**
 * What travels over a console's port between a terminal and the engine host. Each side counts the bytes that it may
 * still send; the other side grants more as it consumes. So neither a busy guest nor a large paste fills any queue.
 */
import { z } from 'zod';

/** How many unconsumed bytes either side may have under way when the port opens. */
export const CONSOLE_WINDOW_BYTES = 256 * 1024;

/** How much of a console's output is kept for terminals that attach later. */
export const CONSOLE_SCROLLBACK_BYTES = 1024 * 1024;

export type ConsoleToTerminal =
  /** First on every port, and again when the machine starts anew: the terminal resets itself. */
  | { readonly type: 'begin' }
  /** Output. What the console kept from before the terminal attached comes first and counts like the rest. */
  | { readonly type: 'output'; readonly bytes: Uint8Array }
  /** The terminal may send so many bytes of input more. */
  | { readonly type: 'credit'; readonly bytes: number };

export type TerminalToConsole =
  | { readonly type: 'input'; readonly bytes: Uint8Array }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** So many bytes of output were drawn. */
  | { readonly type: 'credit'; readonly bytes: number };

const credit = z.strictObject({ type: z.literal('credit'), bytes: z.int().min(0).max(CONSOLE_WINDOW_BYTES) });
const bytes = z.instanceof(Uint8Array).refine((value) => value.byteLength <= CONSOLE_WINDOW_BYTES, 'too many bytes');

export const terminalToConsoleSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input'), bytes }),
  z.strictObject({
    type: z.literal('resize'),
    columns: z.int().min(1).max(4096),
    rows: z.int().min(1).max(4096),
  }),
  credit,
]) satisfies z.ZodType<TerminalToConsole>;
