import type { ReactNode } from 'react';
import type { CommandId } from '../../main/ipc/contract/commands.ts';
import { isCommandEnabled, keysOf, runCommand, titleOf } from '../lib/commands.ts';
import type { MenuItem } from './Menu.tsx';

/** A command as a line of a menu; where the menu says enough, under a shorter label. */
export function commandItem(
  id: CommandId,
  icon?: ReactNode,
  change: { readonly label?: string; readonly danger?: boolean } = {},
): MenuItem {
  return {
    id,
    label: titleOf(id),
    icon,
    shortcut: keysOf(id),
    disabled: !isCommandEnabled(id),
    run: () => {
      runCommand(id);
    },
    ...change,
  };
}
