import { useState } from 'react';
import { refusesName, rename } from './topologyActions.ts';
import { stopRenaming } from './selectionStore.ts';
import { focusCanvas } from './canvasView.ts';

/** Edits a node's name on its card: Enter takes it, Escape leaves it as it was. */
export function NameEditor({ name }: { name: string }) {
  const [draft, setDraft] = useState(name);
  const problem = refusesName(name, draft);
  const take = () => {
    if (problem === undefined) rename(name, draft);
    stopRenaming();
  };
  return (
    <div className="name-editor__place">
      <input
        className="name-editor input nodrag nopan"
        aria-label={`Name of ${name}`}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : 'name-problem'}
        data-testid="name-editor"
        value={draft}
        autoFocus
        spellCheck={false}
        onFocus={(event) => {
          event.target.select();
        }}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') stopRenaming();
          if (event.key === 'Enter' && problem === undefined) take();
          if (event.key === 'Escape' || event.key === 'Enter') focusCanvas();
        }}
      />
      {problem !== undefined && (
        <p id="name-problem" className="name-editor__problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
