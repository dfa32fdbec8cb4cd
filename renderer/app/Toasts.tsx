import './Toasts.css';
import { CircleAlert, X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { dismissToast, useToasts } from '../lib/toasts.ts';
import { IconButton } from '../ui/Button.tsx';
import { Details } from '../ui/Details.tsx';

const SHOWN_MS = 8000;

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <Radix.Provider duration={SHOWN_MS} label="Message">
      {toasts.map(({ id, title, details }) => (
        <Radix.Root
          key={id}
          className="toast"
          data-testid="toast"
          onOpenChange={(isOpen) => {
            if (!isOpen) dismissToast(id);
          }}
        >
          <CircleAlert size={15} aria-hidden />
          <div className="toast__words">
            <Radix.Title className="toast__title">{title}</Radix.Title>
            {details !== undefined && <Reason text={details} />}
          </div>
          <Radix.Close asChild>
            <IconButton label="Dismiss" size="small" icon={<X size={14} />} />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="toasts" />
    </Radix.Provider>
  );
}

/** One sentence is shown at once; what is longer folds open. */
function Reason({ text }: { text: string }) {
  const isSentence = text.length < 160 && !text.includes('\n');
  return isSentence ? <p className="toast__reason">{text}</p> : <Details text={text} />;
}
