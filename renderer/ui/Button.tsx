import './Button.css';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '../lib/classNames.ts';
import { Tooltip } from './Tooltip.tsx';

type ButtonProps = ComponentProps<'button'> & {
  /** `primary` is for the one thing that a view is about; `danger` for what loses something. */
  variant?: 'default' | 'primary' | 'ghost' | 'danger';
  icon?: ReactNode;
};

export function Button({ variant = 'default', icon, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classNames('button', `button--${variant}`, className)} {...rest}>
      {icon}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  /** Read out by screen readers and shown as the tooltip. */
  label: string;
  shortcut?: string | undefined;
  icon: ReactNode;
  size?: 'default' | 'small';
  side?: 'top' | 'right' | 'bottom' | 'left';
};

export function IconButton({ label, shortcut, icon, size = 'default', side, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut} side={side}>
      <button
        type="button"
        aria-label={label}
        className={classNames('icon-button', size === 'small' && 'icon-button--small', className)}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
