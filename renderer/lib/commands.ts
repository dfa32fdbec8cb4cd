/**
 * Where commands meet what carries them out. The table of titles and keys is in the contract with the main process; each
 * feature provides the handlers for its own, and menus, keys, buttons and the command palette only know ids.
 */
import type { CommandId } from '../../main/ipc/contract/commands.ts';
import { COMMAND_IDS, COMMANDS } from '../../main/ipc/contract/commands.ts';

export interface CommandHandler {
  run(): void;
  /** Always, when absent. */
  isEnabled?(): boolean;
  /** For what is switched on and off. */
  isChecked?(): boolean;
}

const handlers = new Map<CommandId, CommandHandler>();

export function provideCommands(part: Partial<Record<CommandId, CommandHandler>>): void {
  for (const id of COMMAND_IDS) {
    const handler = part[id];
    if (handler !== undefined) handlers.set(id, handler);
  }
}

export function isCommandEnabled(id: CommandId): boolean {
  const handler = handlers.get(id);
  return handler !== undefined && (handler.isEnabled?.() ?? true);
}

export function isCommandChecked(id: CommandId): boolean {
  return handlers.get(id)?.isChecked?.() ?? false;
}

/** Does nothing when the command makes no sense now. Answers whether it ran. */
export function runCommand(id: CommandId): boolean {
  if (!isCommandEnabled(id)) return false;
  handlers.get(id)?.run();
  return true;
}

export function keysOf(id: CommandId): string | undefined {
  return COMMANDS[id].keys;
}

export function titleOf(id: CommandId): string {
  return COMMANDS[id].title;
}
