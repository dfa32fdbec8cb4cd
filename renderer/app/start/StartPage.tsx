import './StartPage.css';
import { useEffect, useState, type ReactNode } from 'react';
import { FilePlus2, FolderOpen, Sparkles, X } from 'lucide-react';
import type { RecentLab, SampleLab } from '../../../main/ipc/contract/documents.ts';
import { bridge } from '../../lib/bridge.ts';
import { keysOf } from '../../lib/commands.ts';
import { orToast } from '../../lib/toasts.ts';
import { IconButton } from '../../ui/Button.tsx';
import { Glyph } from '../../ui/Glyph.tsx';
import { Keys } from '../../ui/Keys.tsx';
import { newLab, openLab, openSample } from '../../features/lab/labActions.ts';

/** What the window shows without a lab: three ways to one, and those of late. */
export function StartPage() {
  const [samples, setSamples] = useState<readonly SampleLab[]>([]);
  const [recent, setRecent] = useState<readonly RecentLab[]>([]);
  useEffect(() => {
    void orToast('The samples could not be listed.', bridge.request('lab.samples').then(setSamples));
    void orToast('The recent labs could not be listed.', bridge.request('lab.recent').then(setRecent));
  }, []);

  const forget = (folder: string) => {
    setRecent((labs) => labs.filter((lab) => lab.folder !== folder));
    void orToast('The lab could not be forgotten.', bridge.request('lab.forgetRecent', { folder }));
  };

  return (
    <main className="start-page" data-testid="start-page">
      <div className="start-page__column">
        <header className="start-page__head">
          <Glyph kind="umlaut" size={36} />
          <div>
            <h1 className="start-page__title">Umlaut</h1>
            <p className="start-page__subtitle">Draw a network. Press start. Log in.</p>
          </div>
        </header>

        <div className="start-page__ways">
          <Way icon={<FilePlus2 size={18} />} name="New lab" keys={keysOf('lab.new')} testId="start-new" run={newLab}>
            Begin with an empty canvas
          </Way>
          <Way
            icon={<FolderOpen size={18} />}
            name="Open a lab"
            keys={keysOf('lab.open')}
            testId="start-open"
            run={() => {
              openLab();
            }}
          >
            A folder with a lab.yaml
          </Way>
        </div>

        {samples.length > 0 && (
          <section>
            <h2 className="start-page__heading">Samples</h2>
            <div className="start-page__ways">
              {samples.map(({ id, name, description }) => (
                <Way
                  key={id}
                  icon={<Sparkles size={18} />}
                  name={name}
                  testId={`sample-${id}`}
                  run={() => {
                    openSample(id);
                  }}
                >
                  {description}
                </Way>
              ))}
            </div>
          </section>
        )}

        {recent.length > 0 && (
          <section>
            <h2 className="start-page__heading">Recent</h2>
            <ul className="recent">
              {recent.map(({ folder, name }) => (
                <li key={folder} className="recent__lab">
                  <button
                    type="button"
                    className="recent__open"
                    onClick={() => {
                      openLab(folder);
                    }}
                  >
                    <span className="recent__name">{name}</span>
                    <span className="recent__folder">{folder}</span>
                  </button>
                  <IconButton
                    label={`Forget ${name}`}
                    size="small"
                    side="left"
                    icon={<X size={13} />}
                    onClick={() => {
                      forget(folder);
                    }}
                  />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </main>
  );
}

type WayProps = {
  icon: ReactNode;
  name: string;
  keys?: string | undefined;
  testId: string;
  run: () => void;
  children: ReactNode;
};

function Way({ icon, name, keys, testId, run, children }: WayProps) {
  return (
    <button type="button" className="way" data-testid={testId} onClick={run}>
      <span className="way__icon">{icon}</span>
      <span className="way__words">
        <span className="way__name">{name}</span>
        <span className="way__what">{children}</span>
      </span>
      {keys !== undefined && <Keys keys={keys} />}
    </button>
  );
}
