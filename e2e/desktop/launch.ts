/** Starts the real application for a test, with data of its own, and makes sure that nothing of it outlives the test. */
import type { ElectronApplication, Page } from '@playwright/test';
import { test as base, _electron as electron } from '@playwright/test';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { electronDirectory, repository } from '../../scripts/electronPath.ts';
import { sandboxFlags } from '../../scripts/sandboxFlags.ts';
import { descendants, isAlive, waitUntilGone } from './processes.ts';

export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** The main process. */
  readonly pid: number;
}

export interface Workspace {
  /** A directory for the labs of this test. */
  readonly labs: string;
  /** The application's own data: preferences, journal, labs without a title. */
  readonly data: string;
  /** Starts the application; the same data each time within a test. Closes the one that ran before. */
  start(...labs: string[]): Promise<Desktop>;
  /** What the page wrote to its console as errors; a test that passes must have emptied it. */
  readonly pageErrors: string[];
  /** Ends the application as a crash of the computer would: every process at once. Waits until all are gone. */
  crash(desktop: Desktop): Promise<void>;
}

async function launch(userData: string, labs: readonly string[]): Promise<Desktop> {
  // Asked for by this name and not by `executablePath`: only so does Playwright hold the application back until it listens.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = electronDirectory();
  const app = await electron.launch({
    // Not Playwright's own choice of light colours, but the application's.
    colorScheme: null,
    args: [...sandboxFlags(), `--user-data-dir=${userData}`, repository, ...labs],
  });
  const pid = app.process().pid;
  if (pid === undefined) throw new Error('the application did not start');
  const page = await app.firstWindow();
  await page.waitForLoadState('load');
  return { app, page, pid };
}

export const test = base.extend<{ workspace: Workspace }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of needed fixtures from this pattern.
  workspace: async ({}, use, testInfo) => {
    if (!existsSync(join(repository, 'out', 'main', 'main.js'))) throw new Error('run `npm run build` first');
    const directory = mkdtempSync(join(tmpdir(), 'umlaut-desktop-'));
    const started: Desktop[] = [];
    const labs = join(directory, 'labs');
    mkdirSync(labs);
    const end = async (desktop: Desktop): Promise<void> => {
      const family = [desktop.pid, ...descendants(desktop.pid)];
      for (const pid of family) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await waitUntilGone(family);
    };
    const errors: string[] = [];
    const data = join(directory, 'data');
    await use({
      labs,
      data,
      pageErrors: errors,
      async start(...arguments_) {
        const former = started.at(-1);
        if (former !== undefined && isAlive(former.pid)) await former.app.close();
        const desktop = await launch(data, arguments_);
        started.push(desktop);
        desktop.page.on('pageerror', (error) => errors.push(String(error)));
        desktop.page.on('console', (message) => {
          if (message.type() === 'error') errors.push(message.text());
        });
        return desktop;
      },
      async crash(desktop) {
        await end(desktop);
      },
    });
    for (const one of started) await end(one);
    if (errors.length > 0) await testInfo.attach('errors of the page', { body: errors.join('\n') });
    rmSync(directory, { recursive: true, force: true });
    if (testInfo.status === 'passed' && errors.length > 0) throw new Error(`the page reported: ${errors.join('\n')}`);
  },
});

export { expect } from '@playwright/test';
