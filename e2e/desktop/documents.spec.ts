/** Files: saving, opening, damaged files, unsaved edits, and edits that survive a crash. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerDialogs, askedByDialogs } from './dialogs.ts';
import { expect, test } from './launch.ts';
import { LabPage } from './pages/LabPage.ts';
import { StartPage } from './pages/StartPage.ts';

const SMALL_LAB = `name: Small # kept
machines:
  h1:
    interfaces:
      eth0: {addresses: [10.0.0.1/24]}
positions:
  h1: [0, 0]
`;

function writeLab(folder: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'lab.yaml');
  writeFileSync(file, text);
  return file;
}

test('a lab is saved, closed, opened again and found as it was', async ({ workspace }) => {
  const folder = join(workspace.labs, 'drawn');
  const first = await workspace.start();
  const lab = await new StartPage(first.page).newLab();
  await lab.dragFromPalette('host', { x: 200, y: 150 });
  await lab.dragFromPalette('switch', { x: 480, y: 250 });
  await lab.dragLink({ node: 'h1', port: 'eth0' }, { node: 'sw1', port: '1' });
  await answerDialogs(first.app, { savePath: folder });
  await lab.press('Control+s');
  await lab.expectSaved();
  const text = readFileSync(join(folder, 'lab.yaml'), 'utf8');
  expect(text).toContain('- [h1:eth0, sw1:1]');
  expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  await lab.press('Control+w');
  await new StartPage(first.page).root.waitFor();

  const second = await workspace.start(folder);
  const again = new LabPage(second.page);
  await again.node('h1').waitFor();
  await expect.poll(() => again.links()).toEqual(['h1:eth0 sw1:1']);
  await again.expectSaved();
  expect(readFileSync(join(folder, 'lab.yaml'), 'utf8')).toBe(text);
});

test('an edit keeps comments, and the version before is kept beside', async ({ workspace }) => {
  const folder = join(workspace.labs, 'small');
  const file = writeLab(folder, SMALL_LAB);
  const { page } = await workspace.start(folder);
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.dragNode('h1', { x: 120, y: 60 });
  await lab.expectUnsaved();
  await lab.press('Control+s');
  await lab.expectSaved();
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('name: Small # kept');
  expect(text.split('\n').filter((line) => !SMALL_LAB.split('\n').includes(line))).toHaveLength(1);
  expect(readFileSync(`${file}~`, 'utf8')).toBe(SMALL_LAB);
});

test('a damaged file gets a clear error and is left untouched', async ({ workspace }) => {
  const damaged = 'name: Broken\nmachines:\n  h1:\n    memory: lots\n';
  const file = writeLab(join(workspace.labs, 'broken'), damaged);
  const { page } = await workspace.start(join(workspace.labs, 'broken'));
  await expect(page.getByText(/lab\.yaml has a mistake/)).toBeVisible();
  await expect(page.getByText(/expected a size such as 128M/)).toBeVisible();
  await expect(page.getByText(/4:13/)).toBeVisible();
  await new StartPage(page).root.waitFor();
  expect(readFileSync(file, 'utf8')).toBe(damaged);
  expect(readdirSync(join(workspace.labs, 'broken'))).toEqual(['lab.yaml']);
});

test('unsaved edits are asked about: cancel stays, save saves', async ({ workspace }) => {
  const folder = join(workspace.labs, 'small');
  const file = writeLab(folder, SMALL_LAB);
  const { app, page } = await workspace.start(folder);
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.dragNode('h1', { x: 120, y: 60 });
  await lab.expectUnsaved();

  await answerDialogs(app, { buttons: ['Cancel'] });
  await lab.press('Control+w');
  await expect.poll(() => askedByDialogs(app)).toEqual(['Save the changes to “Small”?']);
  await expect(lab.node('h1')).toBeVisible();
  expect(readFileSync(file, 'utf8')).toBe(SMALL_LAB);

  await answerDialogs(app, { buttons: ['Save'] });
  await lab.press('Control+w');
  await new StartPage(page).root.waitFor();
  expect(readFileSync(file, 'utf8')).not.toBe(SMALL_LAB);
});

test('closing the window asks as well; nothing is asked where nothing would be lost', async ({ workspace }) => {
  const folder = join(workspace.labs, 'small');
  writeLab(folder, SMALL_LAB);
  const first = await workspace.start(folder);
  const lab = new LabPage(first.page);
  await lab.node('h1').waitFor();
  await lab.dragNode('h1', { x: 120, y: 60 });
  await lab.expectUnsaved();
  await answerDialogs(first.app, { buttons: ['Don’t save'] });
  const closed = first.app.waitForEvent('close');
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  await closed;
  expect(readFileSync(join(folder, 'lab.yaml'), 'utf8')).toBe(SMALL_LAB);

  const second = await workspace.start(folder);
  await new LabPage(second.page).node('h1').waitFor();
  await answerDialogs(second.app, {});
  const ended = second.app.waitForEvent('close');
  await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  await ended;
});

test('a file that another program changed is not overwritten without asking', async ({ workspace }) => {
  const folder = join(workspace.labs, 'small');
  const file = writeLab(folder, SMALL_LAB);
  const { app, page } = await workspace.start(folder);
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.dragNode('h1', { x: 120, y: 60 });
  const foreign = SMALL_LAB.replace('Small # kept', 'Foreign');
  writeFileSync(file, foreign);

  await answerDialogs(app, { buttons: ['Cancel'] });
  await lab.press('Control+s');
  await expect.poll(() => askedByDialogs(app)).toEqual(['lab.yaml was changed by another program.']);
  expect(readFileSync(file, 'utf8')).toBe(foreign);

  await answerDialogs(app, { buttons: ['Overwrite'] });
  await lab.press('Control+s');
  await lab.expectSaved();
  expect(readFileSync(file, 'utf8')).toContain('name: Small');
  expect(readFileSync(`${file}~`, 'utf8')).toBe(foreign);
});

test('edits that were not saved come back after the application was killed', async ({ workspace }) => {
  const folder = join(workspace.labs, 'small');
  const file = writeLab(folder, SMALL_LAB);
  const first = await workspace.start(folder);
  const lab = new LabPage(first.page);
  await lab.node('h1').waitFor();
  await lab.dragFromPalette('router', { x: 480, y: 250 });
  await lab.node('r1').waitFor();
  await lab.expectUnsaved();
  await expect.poll(() => existsSync(join(workspace.data, 'journal'))).toBe(true);
  await workspace.crash(first);
  expect(readFileSync(file, 'utf8')).toBe(SMALL_LAB);

  const second = await workspace.start();
  const again = new LabPage(second.page);
  await again.node('r1').waitFor();
  await again.expectUnsaved();
  await expect(second.page.getByTestId('lab-notice')).toContainText('did not end in order');
  await again.press('Control+s');
  await again.expectSaved();
  expect(readFileSync(file, 'utf8')).toContain('r1:');
});

test('a page that dies loads again and finds its lab as it was', async ({ workspace }) => {
  const folder = join(workspace.labs, 'small');
  writeLab(folder, SMALL_LAB);
  const { app, page } = await workspace.start(folder);
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.dragFromPalette('router', { x: 480, y: 250 });
  await lab.node('r1').waitFor();
  const reloaded = app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<boolean>((resolve) => {
        const { webContents } = BrowserWindow.getAllWindows()[0];
        webContents.once('did-finish-load', () => {
          const look = `document.querySelector('[data-testid="node-r1"]') !== null`;
          const timer = setInterval(() => {
            void webContents.executeJavaScript(look).then((found: boolean) => {
              if (!found) return;
              clearInterval(timer);
              resolve(true);
            });
          }, 100);
        });
        webContents.forcefullyCrashRenderer();
      }),
  );
  expect(await reloaded).toBe(true);
});
