import './Switch.css';
import { useId } from 'react';
import { Switch as Radix } from 'radix-ui';

type SwitchProps = {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  testId?: string;
};

export function Switch({ label, hint, checked, onChange, testId }: SwitchProps) {
  const id = useId();
  return (
    <div className="switch-row">
      <label htmlFor={id}>
        {label}
        {hint !== undefined && <span className="label-text">{hint}</span>}
      </label>
      <Radix.Root id={id} className="switch" checked={checked} onCheckedChange={onChange} data-testid={testId}>
        <Radix.Thumb className="switch__thumb" />
      </Radix.Root>
    </div>
  );
}
