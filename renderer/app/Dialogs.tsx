import './Dialogs.css';
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import { COMMANDS, COMMAND_IDS, COMMAND_MENUS } from '../../main/ipc/contract/commands.ts';
import type { ApplicationInformation } from '../../main/ipc/contract/requests.ts';
import { bridge } from '../lib/bridge.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Glyph } from '../ui/Glyph.tsx';
import { Keys } from '../ui/Keys.tsx';
import { useLabMessages } from '../features/lab/labActions.ts';

type DialogName = 'keys' | 'about';

export const useDialogs = create<{ shown: DialogName | undefined }>()(() => ({ shown: undefined }));

function close(): void {
  useDialogs.setState({ shown: undefined });
}

export function Dialogs() {
  const shown = useDialogs((state) => state.shown);
  return (
    <>
      <FileFailure />
      <Dialog open={shown === 'keys'} onClose={close} title="Keyboard shortcuts" width="wide" testId="keys-dialog">
        <KeyTable />
      </Dialog>
      <Dialog open={shown === 'about'} onClose={close} title="Umlaut" testId="about-dialog">
        <About />
      </Dialog>
    </>
  );
}

/** Why a lab could not be read or written, with the places in its file. */
function FileFailure() {
  const failure = useLabMessages((messages) => messages.failure);
  const dismiss = () => {
    useLabMessages.setState({ failure: undefined });
  };
  return (
    <Dialog
      open={failure !== undefined}
      onClose={dismiss}
      title={failure?.title ?? ''}
      description={failure?.message}
      testId="failure-dialog"
      actions={
        <Button variant="primary" onClick={dismiss}>
          Close
        </Button>
      }
    >
      {failure !== undefined && failure.problems.length > 0 && (
        <ul className="file-problems">
          {failure.problems.map(({ file, line, column, message }) => (
            <li key={`${String(line)}:${String(column)}:${message}`}>
              <span className="file-problems__place mono">
                {file}:{line}:{column}
              </span>
              {message}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

const FURTHER_KEYS = [
  { title: 'Move what is selected', keys: 'ArrowLeft' },
  { title: 'Walk through the nodes', keys: 'Tab' },
  { title: 'Link what is selected', keys: 'L' },
  { title: 'Copy out of a console', keys: 'Mod+Shift+C' },
  { title: 'Paste into a console', keys: 'Mod+Shift+V' },
  { title: 'Find in a console', keys: 'Mod+Shift+F' },
  { title: 'Find or run, from a console', keys: 'Mod+Shift+K' },
];

type KeyGroup = { menu: string; entries: readonly { title: string; keys: string }[] };

const FURTHER: KeyGroup = { menu: 'Canvas and consoles', entries: FURTHER_KEYS };

function KeyTable() {
  const groups = COMMAND_MENUS.map((menu): KeyGroup => ({
    menu,
    entries: COMMAND_IDS.flatMap((id) => {
      const { title, keys, menu: own } = COMMANDS[id];
      return own === menu && keys !== undefined ? [{ title, keys }] : [];
    }),
  })).filter((group) => group.entries.length > 0);
  return (
    <div className="key-table">
      {[...groups, FURTHER].map(({ menu, entries }) => (
        <section key={menu}>
          <h3 className="label-text">{menu}</h3>
          {entries.map(({ title, keys }) => (
            <p key={title} className="key-table__row">
              {title}
              <Keys keys={keys} />
            </p>
          ))}
        </section>
      ))}
    </div>
  );
}

function About() {
  const [information, setInformation] = useState<ApplicationInformation>();
  useEffect(() => {
    void bridge.request('app.information').then(setInformation);
  }, []);
  return (
    <div className="about">
      <Glyph kind="umlaut" size={40} />
      <p>Networks of real little Linux machines, on a kernel of our own.</p>
      {information !== undefined && (
        <p className="label-text mono">
          {information.version} · Electron {information.electron} · Node {information.node}
        </p>
      )}
    </div>
  );
}
