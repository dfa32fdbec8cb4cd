import './Details.css';
import { ChevronRight } from 'lucide-react';

/** Long technical text that folds open. */
export function Details({ text, summary = 'Details' }: { text: string; summary?: string }) {
  return (
    <details className="details">
      <summary>
        <ChevronRight size={12} aria-hidden />
        {summary}
      </summary>
      <pre className="details__text mono">{text}</pre>
    </details>
  );
}
