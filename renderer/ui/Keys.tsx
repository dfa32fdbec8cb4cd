import './Keys.css';
import { keyLabels } from '../lib/keys.ts';

/** A key chord such as `Mod+K`, drawn as the keys that the user presses on this system. */
export function Keys({ keys }: { keys: string }) {
  return (
    <kbd className="keys">
      {keyLabels(keys).map((label) => (
        <span key={label} className="keys__key">
          {label}
        </span>
      ))}
    </kbd>
  );
}
