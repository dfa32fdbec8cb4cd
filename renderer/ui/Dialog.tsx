import './Dialog.css';
import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { classNames } from '../lib/classNames.ts';
import { IconButton } from './Button.tsx';

type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** The buttons, the main one last. */
  actions?: ReactNode;
  children?: ReactNode;
  width?: 'default' | 'wide';
  testId?: string;
};

export function Dialog({
  open,
  onClose,
  title,
  description,
  actions,
  children,
  width = 'default',
  testId,
}: DialogProps) {
  return (
    <Radix.Root
      open={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className="dialog__scrim" />
        <Radix.Content
          className={classNames('dialog', width === 'wide' && 'dialog--wide')}
          data-testid={testId}
          onOpenAutoFocus={(event) => {
            // The dialog itself, so that no button looks chosen and shows its tooltip.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
        >
          <header className="dialog__header">
            <Radix.Title className="dialog__title">{title}</Radix.Title>
            <IconButton label="Close" size="small" icon={<X size={14} />} onClick={onClose} />
          </header>
          <Radix.Description asChild>
            <div className="dialog__description">{description}</div>
          </Radix.Description>
          {children}
          {actions !== undefined && <footer className="dialog__actions">{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
