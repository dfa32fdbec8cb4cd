import { useEffect, useState } from 'react';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { IconButton } from '../../ui/Button.tsx';
import type { TerminalSession } from './TerminalSession.ts';
import { searchColours } from './terminalTheme.ts';

type Matches = { resultIndex: number; resultCount: number };

/** Finds text in the scrollback: Enter goes up to the one before, as the newest lines are at the bottom. */
export function ConsoleSearch({ session, onClose }: { session: TerminalSession; onClose: () => void }) {
  const [text, setText] = useState('');
  const [matches, setMatches] = useState<Matches>();

  useEffect(() => {
    const results = session.search.onDidChangeResults(setMatches);
    return () => {
      results.dispose();
      session.clearSearch();
    };
  }, [session]);

  const find = (direction: 'up' | 'down', term: string, incremental: boolean) => {
    const options = { decorations: searchColours(), incremental };
    if (direction === 'up') session.search.findPrevious(term, options);
    else session.search.findNext(term, options);
  };

  return (
    <div
      className="console-search"
      role="search"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') onClose();
        if (event.key === 'Enter') find(event.shiftKey ? 'down' : 'up', text, false);
      }}
    >
      <input
        className="input"
        aria-label="Find in the console"
        placeholder="Find"
        data-testid="console-search"
        autoFocus
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          find('up', event.target.value, true);
        }}
      />
      <span className="console-search__count" aria-live="polite">
        {text === '' || matches === undefined ? '' : countOf(matches)}
      </span>
      <IconButton
        label="Previous match"
        size="small"
        icon={<ArrowUp size={14} />}
        onClick={() => {
          find('up', text, false);
        }}
      />
      <IconButton
        label="Next match"
        size="small"
        icon={<ArrowDown size={14} />}
        onClick={() => {
          find('down', text, false);
        }}
      />
      <IconButton label="Close" shortcut="Escape" size="small" icon={<X size={14} />} onClick={onClose} />
    </div>
  );
}

function countOf({ resultIndex, resultCount }: Matches): string {
  return resultCount === 0 ? 'none' : `${String(resultIndex + 1)} of ${String(resultCount)}`;
}
