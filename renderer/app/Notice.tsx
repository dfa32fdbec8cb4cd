import './EngineBanner.css';
import { Info, X } from 'lucide-react';
import { IconButton } from '../ui/Button.tsx';
import { useLabMessages } from '../features/lab/labActions.ts';

/** What the main process has to say about the lab that it opened, for instance that edits were recovered. */
export function Notice() {
  const notice = useLabMessages((messages) => messages.notice);
  if (notice === undefined) return null;
  return (
    <div className="banner banner--notice" role="status" data-testid="lab-notice">
      <Info size={15} aria-hidden />
      <div className="banner__words">{notice}</div>
      <IconButton
        label="Dismiss"
        size="small"
        icon={<X size={14} />}
        onClick={() => {
          useLabMessages.setState({ notice: undefined });
        }}
      />
    </div>
  );
}
