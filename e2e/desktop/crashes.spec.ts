/** What is left when processes are killed: the edits, and no process. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './launch.ts';
import { LabPage } from './pages/LabPage.ts';
import { descendants, engineHostOf, waitUntilGone } from './processes.ts';

const TWO_HOSTS = `name: Two hosts
machines:
  h1:
    interfaces:
      eth0: {addresses: [10.0.0.1/24]}
  h2:
    interfaces:
      eth0: {addresses: [10.0.0.2/24]}
links:
  - [h1:eth0, h2:eth0]
positions:
  h1: [0, 0]
  h2: [300, 0]
`;

function writeLab(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lab.yaml'), TWO_HOSTS);
  return folder;
}

test('the engine host is killed while a lab runs: the window says so, edits stay, the lab starts again', async ({
  workspace,
}) => {
  const folder = writeLab(join(workspace.labs, 'two'));
  const { page, pid } = await workspace.start(folder);
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.startAll();
  await lab.expectState('h1', 'running');
  await lab.expectState('h2', 'running');
  await lab.dragFromPalette('router', { x: 400, y: 400 });
  await lab.expectUnsaved();

  const host = engineHostOf(pid);
  const below = descendants(host);
  expect(below.length).toBeGreaterThan(0);
  process.kill(host, 'SIGKILL');
  await waitUntilGone([host, ...below]);
  await expect(lab.engineBanner).toContainText('killed by SIGKILL');
  await lab.expectState('h1', 'crashed');
  await expect(lab.node('r1')).toBeVisible();
  await lab.expectUnsaved();

  await expect(lab.page.getByTestId('status-bar')).toContainText('Engine running');
  await lab.startAll();
  await lab.expectState('h1', 'running');
  await lab.expectState('r1', 'running');
  await expect(lab.engineBanner).toHaveCount(0);
});

test('the application is killed while a lab runs: no process is left, no edit is lost', async ({ workspace }) => {
  const folder = writeLab(join(workspace.labs, 'two'));
  const first = await workspace.start(folder);
  const lab = new LabPage(first.page);
  await lab.node('h1').waitFor();
  await lab.startAll();
  await lab.expectState('h1', 'running');
  await lab.dragFromPalette('router', { x: 400, y: 400 });
  await lab.node('r1').waitFor();

  const family = descendants(first.pid);
  expect(family).toContain(engineHostOf(first.pid));
  process.kill(first.pid, 'SIGKILL');
  await waitUntilGone([first.pid, ...family]);
  expect(readFileSync(join(folder, 'lab.yaml'), 'utf8')).toBe(TWO_HOSTS);

  const second = await workspace.start();
  const again = new LabPage(second.page);
  await again.node('r1').waitFor();
  await again.expectUnsaved();
});

test('closing the window of a running lab ends every process', async ({ workspace }) => {
  const folder = writeLab(join(workspace.labs, 'two'));
  const { app, page, pid } = await workspace.start(folder);
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.startAll();
  await lab.expectState('h1', 'running');
  const family = [pid, ...descendants(pid)];
  await app.close();
  await waitUntilGone(family);
});
