/**
 * The engine at the other end of a channel: requests with numbers, answers, and events, all plain data that structured
 * cloning carries. It works over a utility process, a worker, or two ends in one process.
 */
import { z } from 'zod';
import type { Engine, EngineEvent, EngineObserver, RefusalCode } from './engine.ts';
import { EngineRefusal } from './engine.ts';
import * as rules from './lab/rules.ts';
import { linkSchema, machineSchema } from './lab/schema.ts';
import type { MachineConfig, RootSource } from './machine.ts';

/** The orders that travel; console bytes have ports of their own, see `console/messages.ts`. */
type OrderName =
  | 'startMachine'
  | 'stopMachine'
  | 'killMachine'
  | 'restartMachine'
  | 'addSwitch'
  | 'removeSwitch'
  | 'plugLink'
  | 'unplugLink'
  | 'listMachines';

export type EngineOrders = Pick<Engine, OrderName>;

export interface OrderMessage {
  readonly id: number;
  readonly order: OrderName;
  readonly parameters: readonly unknown[];
}

export type EngineMessage =
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly code: RefusalCode; readonly message: string }
  | { readonly type: 'event'; readonly event: EngineEvent };

const name = z.string().refine((value) => rules.nodeName(value) === undefined, 'not a name of a node');
const absolutePath = z.string().max(4096).startsWith('/');
const root = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('standard') }),
  z.strictObject({ kind: z.literal('host-tools') }),
  z.strictObject({ kind: z.literal('path'), path: absolutePath }),
]) satisfies z.ZodType<RootSource>;

const machineShape = machineSchema.shape;
const machineConfig = z.strictObject({
  name,
  memoryBytes: machineShape.memoryBytes,
  cpus: machineShape.cpus,
  root,
  changesDirectory: absolutePath,
  interfaces: machineShape.interfaces,
  routes: machineShape.routes,
  forwarding: machineShape.forwarding,
  startupScript: z.string().optional(),
  environment: machineShape.environment,
}) satisfies z.ZodType<MachineConfig>;

const portCount = z.number().refine((value) => rules.switchPortCount(value) === undefined, 'not a number of ports');

const parametersOf = {
  startMachine: z.tuple([machineConfig]),
  stopMachine: z.tuple([name]),
  killMachine: z.tuple([name]),
  restartMachine: z.tuple([machineConfig]),
  addSwitch: z.tuple([name, portCount]),
  removeSwitch: z.tuple([name]),
  plugLink: z.tuple([linkSchema]),
  unplugLink: z.tuple([linkSchema]),
  listMachines: z.tuple([]),
} satisfies { [Name in OrderName]: z.ZodType<Parameters<Engine[Name]>> };

const orderSchema = z.strictObject({
  id: z.int(),
  order: z.enum(Object.keys(parametersOf) as [OrderName, ...OrderName[]]),
  parameters: z.array(z.unknown()),
});

type Send<Message> = (message: Message) => void;

function execute(engine: EngineOrders, order: OrderName, parameters: readonly unknown[]): Promise<unknown> {
  const checked = parametersOf[order].parse(parameters);
  const method = engine[order] as (...values: unknown[]) => Promise<unknown>;
  return method.apply(engine, checked);
}

/** The engine's side. Hand it every message that arrives; answers go out through `send`. */
export function serveOrders(engine: EngineOrders, send: Send<EngineMessage>): (message: unknown) => Promise<void> {
  return async (message) => {
    const parsed = orderSchema.safeParse(message);
    if (!parsed.success) {
      const text = `an order was not understood: ${z.prettifyError(parsed.error)}`;
      send({ type: 'event', event: { event: 'log', level: 'error', text } });
      return;
    }
    const { id, order, parameters } = parsed.data;
    try {
      send({ type: 'answer', id, result: await execute(engine, order, parameters) });
    } catch (error) {
      send({ type: 'refusal', id, ...describeFailure(error) });
    }
  };
}

function describeFailure(error: unknown): { code: RefusalCode; message: string } {
  if (error instanceof EngineRefusal) return { code: error.code, message: error.message };
  if (error instanceof z.ZodError) return { code: 'bad-configuration', message: z.prettifyError(error) };
  return { code: 'engine-failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export interface RemoteEngine {
  readonly orders: EngineOrders;
  /** Hand it every message that arrives. */
  receive(message: EngineMessage): void;
  /** The other side is gone: every order under way, and every later one, is refused with this reason. */
  abandon(reason: string): void;
}

interface PendingOrder {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The other side's view of the engine. */
export function remoteEngine(send: Send<OrderMessage>, onEvent: EngineObserver['event']): RemoteEngine {
  const pending = new Map<number, PendingOrder>();
  let nextId = 1;
  let abandoned: string | undefined;

  const give = (order: OrderName, parameters: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (abandoned !== undefined) {
        reject(new EngineRefusal('engine-failed', abandoned));
        return;
      }
      const id = nextId++;
      pending.set(id, { resolve, reject });
      send({ id, order, parameters });
    });

  const take = (id: number): PendingOrder | undefined => {
    const found = pending.get(id);
    pending.delete(id);
    return found;
  };

  const names = Object.keys(parametersOf) as OrderName[];
  const orders = Object.fromEntries(names.map((name) => [name, (...values: unknown[]) => give(name, values)]));
  return {
    orders: orders as unknown as EngineOrders,
    receive(message) {
      if (message.type === 'event') onEvent(message.event);
      else if (message.type === 'answer') take(message.id)?.resolve(message.result);
      else take(message.id)?.reject(new EngineRefusal(message.code, message.message));
    },
    abandon(reason) {
      abandoned = reason;
      for (const id of [...pending.keys()]) take(id)?.reject(new EngineRefusal('engine-failed', reason));
    },
  };
}
