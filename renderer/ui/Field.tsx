import './Field.css';
import { useId, type ReactNode } from 'react';
import { CircleAlert } from 'lucide-react';
import { classNames } from '../lib/classNames.ts';

/** What a control inside of a field must carry, so that label and message are read with it. */
export type FieldControl = { id: string; 'aria-invalid': boolean; 'aria-describedby': string | undefined };

type FieldProps = {
  label: string;
  /** Said in the same place as the error, while there is none. */
  hint?: ReactNode;
  error?: string | undefined;
  /** Keeps the label for screen readers only, where the surroundings say it already. */
  labelHidden?: boolean;
  /** Where the label stands: above the control, or before it to save height. */
  layout?: 'above' | 'before';
  children: (control: FieldControl) => ReactNode;
};

export function Field({ label, hint, error, labelHidden = false, layout = 'above', children }: FieldProps) {
  const id = useId();
  const messageId = `${id}-message`;
  const hasMessage = error !== undefined || hint !== undefined;
  return (
    <div className={classNames('field', layout === 'before' && 'field--before')}>
      <label htmlFor={id} className={classNames('field__label', labelHidden && 'visually-hidden')}>
        {label}
      </label>
      {children({ id, 'aria-invalid': error !== undefined, 'aria-describedby': hasMessage ? messageId : undefined })}
      {hasMessage && (
        <p id={messageId} className={classNames('field__message', error !== undefined && 'field__message--error')}>
          {error !== undefined && <CircleAlert size={12} aria-hidden />}
          <span>{error ?? hint}</span>
        </p>
      )}
    </div>
  );
}
