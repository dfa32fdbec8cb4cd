/** What main process and engine host say to each other besides the engine's own protocol. */
import { z } from 'zod';
import type { EngineMessage, OrderMessage } from '../../engine/api/protocol.ts';

export type ToEngineHost =
  | { readonly type: 'order'; readonly order: OrderMessage }
  /** Comes with a port, on which the console speaks `engine/api/console/messages.ts`. */
  | { readonly type: 'console'; readonly machine: string; readonly console: number };

export type FromEngineHost = { readonly type: 'ready' } | { readonly type: 'engine'; readonly message: EngineMessage };

export const toEngineHostSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('order'), order: z.unknown() }),
  z.strictObject({ type: z.literal('console'), machine: z.string(), console: z.int().min(0) }),
]);
