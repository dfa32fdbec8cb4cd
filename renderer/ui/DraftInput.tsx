import { useState, type KeyboardEvent } from 'react';
import { classNames } from '../lib/classNames.ts';
import { Field } from './Field.tsx';

type DraftInputProps = {
  label: string;
  value: string;
  /** Takes a valid text. */
  onCommit: (text: string) => void;
  /**
   * While the user types, so that nothing waits for the field to lose focus; or, for names, by which other things know
   * their owner, when the field is left or Enter pressed.
   */
  commitOn?: 'typing' | 'leaving';
  /** The user is done with the field. */
  onLeave?: () => void;
  /** Says in a sentence what is wrong with the text; undefined when nothing is. */
  validate?: (text: string) => string | undefined;
  hint?: string;
  placeholder?: string;
  mono?: boolean;
  multiline?: boolean;
  labelHidden?: boolean;
  layout?: 'above' | 'before';
  disabled?: boolean;
  autoFocus?: boolean;
  rows?: number;
  testId?: string;
};

/**
 * A text field whose text may be wrong for a while: a valid text is committed, an invalid one stays a draft with its
 * message. Escape goes back to the committed value.
 */
export function DraftInput({ value, onCommit, validate, commitOn = 'typing', onLeave, ...rest }: DraftInputProps) {
  const [draft, setDraft] = useState<string>();
  const text = draft ?? value;
  const error = draft === undefined ? undefined : validate?.(draft);

  const change = (next: string) => {
    setDraft(next);
    if (commitOn === 'typing' && validate?.(next) === undefined && next !== value) onCommit(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      setDraft(undefined);
    } else if (event.key === 'Enter' && rest.multiline !== true) {
      event.currentTarget.blur();
    }
  };
  const onBlur = () => {
    if (commitOn === 'leaving' && draft !== undefined && error === undefined && draft !== value) onCommit(draft);
    // A committed draft is the value by now; a wrong one stays in sight with its message.
    if (error === undefined) setDraft(undefined);
    onLeave?.();
  };

  return (
    <Field
      label={rest.label}
      error={error}
      hint={rest.hint}
      labelHidden={rest.labelHidden ?? false}
      layout={rest.layout ?? 'above'}
    >
      {(control) => {
        const shared = {
          ...control,
          className: classNames('input', rest.mono && 'input--mono'),
          value: text,
          placeholder: rest.placeholder,
          disabled: rest.disabled,
          autoFocus: rest.autoFocus,
          spellCheck: false,
          'data-testid': rest.testId,
          onKeyDown,
          onBlur,
        };
        return rest.multiline === true ? (
          <textarea
            {...shared}
            rows={rest.rows ?? 4}
            onChange={(event) => {
              change(event.target.value);
            }}
          />
        ) : (
          <input
            {...shared}
            type="text"
            autoComplete="off"
            onChange={(event) => {
              change(event.target.value);
            }}
          />
        );
      }}
    </Field>
  );
}
