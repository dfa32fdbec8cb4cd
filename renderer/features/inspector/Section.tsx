import type { ReactNode } from 'react';

/** A part of the inspector under a quiet title, with what acts on the whole part at its right. */
export function Section({ title, action, children }: { title?: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      {title !== undefined && (
        <header className="section__header">
          <h3 className="section__title">{title}</h3>
          {action}
        </header>
      )}
      {children}
    </section>
  );
}
