import './Dialog.css';
import type { ReactNode } from 'react';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { IconButton } from './Button.tsx';

type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  /** The buttons, the main one last. */
  actions?: ReactNode;
  children?: ReactNode;
  testId?: string;
};

export function Dialog({ open, onClose, title, description, actions, children, testId }: DialogProps) {
  return (
    <Radix.Root
      open={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className="dialog__scrim" />
        <Radix.Content className="dialog" data-testid={testId}>
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
