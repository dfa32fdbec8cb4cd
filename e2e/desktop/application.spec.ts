/** The application as the desktop sees it: one instance, its menu, its memory of labs and windows. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { electronProgram, repository } from '../../scripts/electronPath.ts';
import { sandboxFlags } from '../../scripts/sandboxFlags.ts';
import { expect, test } from './launch.ts';
import { LabPage } from './pages/LabPage.ts';
import { StartPage } from './pages/StartPage.ts';

const run = promisify(execFile);

function writeLab(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lab.yaml'), `name: ${name}\nmachines:\n  h1:\n`);
  return folder;
}

test('a second start hands its lab to the first, and ends', async ({ workspace }) => {
  const folder = writeLab(join(workspace.labs, 'second'), 'Second');
  const { app, page } = await workspace.start();
  await new StartPage(page).root.waitFor();
  const opened = app.waitForEvent('window');
  const flags = [...sandboxFlags(), `--user-data-dir=${workspace.data}`];
  await run(electronProgram(), [...flags, repository, folder], { timeout: 20_000 });
  const window = await opened;
  await expect(new LabPage(window).name).toContainText('Second');
  // The same lab again comes to the front: two windows on one file would overwrite each other.
  await run(electronProgram(), [...flags, repository, folder], { timeout: 20_000 });
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(2);
});

test('the native menu offers what the window can do, and does it', async ({ workspace }) => {
  const { app, page } = await workspace.start(writeLab(join(workspace.labs, 'menu'), 'Menu'));
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  const isEnabled = (id: string): Promise<boolean> =>
    app.evaluate(({ Menu }, item) => Menu.getApplicationMenu()?.getMenuItemById(item)?.enabled === true, id);
  expect(await isEnabled('edit.undo')).toBe(false);
  await lab.chooseFromMenu(app, 'insert.router');
  await lab.node('r1').waitFor();
  await expect.poll(() => isEnabled('edit.undo')).toBe(true);
  await lab.chooseFromMenu(app, 'edit.undo');
  await expect(lab.node('r1')).toHaveCount(0);
});

test('recent labs are on the start page, the newest first, as long as they are there', async ({ workspace }) => {
  const first = await workspace.start(writeLab(join(workspace.labs, 'one'), 'Lab one'));
  await new LabPage(first.page).node('h1').waitFor();
  const second = await workspace.start(writeLab(join(workspace.labs, 'two'), 'Lab two'));
  await new LabPage(second.page).node('h1').waitFor();
  const third = await workspace.start();
  await new StartPage(third.page).root.waitFor();
  await expect(third.page.locator('.recent__name')).toHaveText(['Lab two', 'Lab one']);
  await third.page.getByText('Lab one').click();
  await expect(new LabPage(third.page).name).toContainText('Lab one');
});

test('the chosen colours are remembered', async ({ workspace }) => {
  const first = await workspace.start(writeLab(join(workspace.labs, 'dark'), 'Dark'));
  const lab = new LabPage(first.page);
  await lab.node('h1').waitFor();
  await lab.chooseFromMenu(first.app, 'view.darkTheme');
  const isDark = (page: typeof first.page): Promise<boolean> =>
    page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  await expect.poll(() => isDark(first.page)).toBe(true);
  const second = await workspace.start();
  await new StartPage(second.page).root.waitFor();
  expect(await isDark(second.page)).toBe(true);
});
