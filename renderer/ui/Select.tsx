import './Select.css';
import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import { Field } from './Field.tsx';

type Option<Value extends string> = { value: Value; label: string; disabled?: boolean };

type SelectProps<Value extends string> = {
  label: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  disabled?: boolean;
  testId?: string;
};

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, disabled = false, testId } = props;
  const choose = (chosen: string) => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <Field label={label}>
      {(control) => (
        <Radix.Root value={value} onValueChange={choose} disabled={disabled}>
          <Radix.Trigger {...control} className="input select" data-testid={testId}>
            <Radix.Value />
            <Radix.Icon>
              <ChevronDown size={14} aria-hidden />
            </Radix.Icon>
          </Radix.Trigger>
          <Radix.Portal>
            <Radix.Content className="menu" position="popper" sideOffset={4}>
              <Radix.Viewport>
                {options.map((option) => (
                  <Radix.Item
                    key={option.value}
                    className="menu__item"
                    value={option.value}
                    disabled={option.disabled ?? false}
                  >
                    <span className="menu__icon">
                      <Radix.ItemIndicator>
                        <Check size={14} aria-hidden />
                      </Radix.ItemIndicator>
                    </span>
                    <Radix.ItemText>{option.label}</Radix.ItemText>
                  </Radix.Item>
                ))}
              </Radix.Viewport>
            </Radix.Content>
          </Radix.Portal>
        </Radix.Root>
      )}
    </Field>
  );
}
