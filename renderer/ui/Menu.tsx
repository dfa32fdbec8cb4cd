import './Menu.css';
import type { ReactNode } from 'react';
import { ContextMenu as RadixContextMenu, DropdownMenu as RadixDropdownMenu } from 'radix-ui';
import { classNames } from '../lib/classNames.ts';
import { Keys } from './Keys.tsx';

/** One line of a menu; `'separator'` draws a line between groups. */
export type MenuItem =
  | 'separator'
  | {
      id: string;
      label: string;
      icon?: ReactNode;
      shortcut?: string | undefined;
      disabled?: boolean;
      danger?: boolean;
      /** Shown quietly after the label, for example the folder of a recent lab. */
      detail?: string;
      run: () => void;
    };

type MenuProps = { items: readonly MenuItem[]; children: ReactNode };

/** A menu that opens from a button (its child). */
export function DropdownMenu({ items, children, align = 'start' }: MenuProps & { align?: 'start' | 'end' }) {
  return (
    <RadixDropdownMenu.Root modal={false}>
      <RadixDropdownMenu.Trigger asChild>{children}</RadixDropdownMenu.Trigger>
      <RadixDropdownMenu.Portal>
        <RadixDropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          <MenuItems items={items} Item={RadixDropdownMenu.Item} Separator={RadixDropdownMenu.Separator} />
        </RadixDropdownMenu.Content>
      </RadixDropdownMenu.Portal>
    </RadixDropdownMenu.Root>
  );
}

/** A menu that opens where the pointer is, on the right button or the menu key. */
export function ContextMenu({ items, children }: MenuProps) {
  return (
    <RadixContextMenu.Root modal={false}>
      <RadixContextMenu.Trigger asChild>{children}</RadixContextMenu.Trigger>
      <RadixContextMenu.Portal>
        <RadixContextMenu.Content className="menu" collisionPadding={8}>
          <MenuItems items={items} Item={RadixContextMenu.Item} Separator={RadixContextMenu.Separator} />
        </RadixContextMenu.Content>
      </RadixContextMenu.Portal>
    </RadixContextMenu.Root>
  );
}

type Parts = {
  items: readonly MenuItem[];
  Item: typeof RadixDropdownMenu.Item | typeof RadixContextMenu.Item;
  Separator: typeof RadixDropdownMenu.Separator | typeof RadixContextMenu.Separator;
};

function MenuItems({ items, Item, Separator }: Parts) {
  return items.map((item, index) =>
    item === 'separator' ? (
      <Separator key={`separator-${String(index)}`} className="menu__separator" />
    ) : (
      <Item
        key={item.id}
        className={classNames('menu__item', item.danger && 'menu__item--danger')}
        disabled={item.disabled ?? false}
        data-testid={`menu-${item.id}`}
        onSelect={item.run}
      >
        <span className="menu__icon">{item.icon}</span>
        <span className="menu__label">{item.label}</span>
        {item.detail !== undefined && <span className="menu__detail">{item.detail}</span>}
        {item.shortcut !== undefined && <Keys keys={item.shortcut} />}
      </Item>
    ),
  );
}
