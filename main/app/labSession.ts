/** An open lab as a window holds it: the document, and the machines that run of it. */
import type { MessagePortMain } from 'electron';
import { machineConfig } from '../../engine/boot/labFolder.ts';
import { STOP_GRACE_MS } from '../../engine/api/engine.ts';
import { LabRuntime } from '../engineHost/labRuntime.ts';
import { startUtilityHost } from '../engineHost/utilityHost.ts';
import type { LabDocument } from '../files/labDocument.ts';
import { describeSystemError } from '../../engine/api/systemErrors.ts';
import type { Edit } from '../ipc/contract/documents.ts';
import type { WindowEvent } from '../ipc/contract/events.ts';

export class LabSession {
  readonly document: LabDocument;
  readonly runtime: LabRuntime<MessagePortMain>;

  constructor(document: LabDocument, emit: (event: WindowEvent) => void) {
    this.document = document;
    const documentId = document.id;
    this.runtime = new LabRuntime({
      start: startUtilityHost,
      onHost: (host) => emit({ type: 'engineHost', documentId, host }),
      onEvent: (event) => {
        emit({ type: 'engine', documentId, event });
        if (event.event === 'machineState') void this.settle();
      },
      configure: (machine) => machineConfig(document.contentsFolder, machine),
      prepare: () => document.prepareToRun(),
      now: () => performance.now(),
      after: (milliseconds, action) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
    });
    this.#emit = emit;
  }

  readonly #emit: (event: WindowEvent) => void;

  edit({ lab, revision }: Edit): void {
    this.document.edit(lab, revision);
    this.runtime.follow(lab).catch((error: unknown) => {
      const text = `A change could not be made while the lab runs: ${describeSystemError(error)}`;
      this.#emit({ type: 'engine', documentId: this.document.id, event: { event: 'log', level: 'error', text } });
    });
  }

  /** Stops the machines, in an orderly way where they let themselves be stopped, and ends the engine host. */
  async close(): Promise<void> {
    const up = this.runtime.report().machines.filter(({ status }) => status.state === 'running');
    if (up.length > 0) await Promise.race([this.#stopped(up.map(({ name }) => name)), pause(STOP_GRACE_MS)]);
    this.runtime.dispose();
    await this.settle();
  }

  async #stopped(names: readonly string[]): Promise<void> {
    await this.runtime.stop(names).catch(() => undefined);
    while (!this.runtime.isIdle) await pause(50);
  }

  /** After a save elsewhere the machines' directories follow when the last machine has stopped. */
  async settle(): Promise<void> {
    if (!this.runtime.isIdle) return;
    try {
      await this.document.settleContents();
    } catch (error) {
      const { contentsFolder, folder } = this.document;
      const text = `The machines' files are still in ${contentsFolder} and not in ${folder}: ${describeSystemError(error)}`;
      this.#emit({ type: 'engine', documentId: this.document.id, event: { event: 'log', level: 'error', text } });
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
