/** The main job from end to end: draw, start, click, ping, save, and find it again. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../scripts/electronPath.ts';
import { answerDialogs } from './dialogs.ts';
import { expect, test } from './launch.ts';
import { LabPage } from './pages/LabPage.ts';
import { StartPage } from './pages/StartPage.ts';
import { Terminal } from './pages/Terminal.ts';

const pictures = join(repository, 'test-results', 'pictures');

test('two machines and a switch are drawn, started, and ping each other', async ({ workspace }) => {
  test.setTimeout(180_000);
  mkdirSync(pictures, { recursive: true });
  const folder = join(workspace.labs, 'first');
  const { app, page } = await workspace.start();
  const lab = await new StartPage(page).newLab();

  await lab.dragFromPalette('host', { x: 150, y: 120 });
  await lab.dragFromPalette('host', { x: 560, y: 120 });
  await lab.dragFromPalette('switch', { x: 355, y: 260 });
  await lab.dragLink({ node: 'h1', port: 'eth0' }, { node: 'sw1', port: '1' });
  await lab.dragLink({ node: 'h2', port: 'eth0' }, { node: 'sw1', port: '2' });
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 sw1:1', 'h2:eth0 sw1:2']);
  await lab.setAddresses('h1', 'eth0', '10.0.0.1/24');
  await lab.setAddresses('h2', 'eth0', '10.0.0.2/24');

  await lab.startAll();
  await lab.expectState('h1', 'running');
  await lab.expectState('h2', 'running');

  await lab.openConsole('h1');
  const terminal = new Terminal(page, 'h1');
  await terminal.expectText(/[#$]$/m);
  await terminal.run('ping -c 3 10.0.0.2');
  await terminal.expectText(/3 packets transmitted, 3 (packets )?received, 0% packet loss/);
  expect((await terminal.screen()).match(/bytes from 10\.0\.0\.2/g)).toHaveLength(3);
  await page.screenshot({ path: join(pictures, 'main-job-light.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  // Colours change over some time.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(pictures, 'main-job-dark.png') });
  await page.emulateMedia({ colorScheme: null });

  await terminal.run('echo kept > /root/note');
  await answerDialogs(app, { savePath: folder });
  await lab.chooseFromMenu(app, 'lab.save');
  await lab.expectSaved();
  await lab.stopAll();
  await lab.expectState('h1', 'stopped');
  await lab.expectState('h2', 'stopped');
  await lab.chooseFromMenu(app, 'lab.close');
  await new StartPage(page).root.waitFor();

  const again = await workspace.start(folder);
  const found = new LabPage(again.page);
  await expect.poll(() => found.links()).toEqual(['h1:eth0 sw1:1', 'h2:eth0 sw1:2']);
  await expect(found.node('h1')).toContainText('10.0.0.1');
  await expect(found.node('h2')).toContainText('10.0.0.2');
  expect(readFileSync(join(folder, 'lab.yaml'), 'utf8')).toContain('10.0.0.2/24');
  await found.startAll();
  await found.expectState('h1', 'running');
  await found.openConsole('h1');
  const second = new Terminal(again.page, 'h1');
  await second.expectText(/[#$]$/m);
  await second.run('cat /root/note; ping -c 1 10.0.0.2');
  await second.expectText(/^kept/m);
  await second.expectText(/1 packets transmitted, 1 (packets )?received/);
});

test('a link is unplugged and plugged while the machines run', async ({ workspace }) => {
  test.setTimeout(120_000);
  const { app, page } = await workspace.start();
  await page.getByTestId('sample-two-hosts').click();
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.startAll();
  await lab.expectState('h1', 'running');
  await lab.expectState('h2', 'running');
  await lab.openConsole('h1');
  const terminal = new Terminal(page, 'h1');
  await terminal.expectText(/[#$]$/m);
  await terminal.run('ping -c 1 -W 1 10.0.0.2; echo first $?');
  await terminal.expectText(/^first 0/m);

  await lab.selectLink('h2:eth0 sw1:2');
  await lab.page.getByTestId('unplug').click();
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 sw1:1']);
  await terminal.run('ping -c 1 -W 1 10.0.0.2; echo second $?');
  await terminal.expectText(/^second 1/m);

  // The terminal has the focus, and with it Ctrl+Z.
  await lab.chooseFromMenu(app, 'edit.undo');
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 sw1:1', 'h2:eth0 sw1:2']);
  await terminal.run('ping -c 1 -W 2 10.0.0.2; echo third $?');
  await terminal.expectText(/^third 0/m);
});

test('a console is resized with the window, and keeps what was said while nobody looked', async ({ workspace }) => {
  test.setTimeout(120_000);
  const { app, page } = await workspace.start();
  await page.getByTestId('sample-two-hosts').click();
  const lab = new LabPage(page);
  await lab.node('h1').waitFor();
  await lab.startAll();
  await lab.expectState('h1', 'running');
  await lab.openConsole('h1');
  const terminal = new Terminal(page, 'h1');
  await terminal.expectText(/[#$]$/m);
  await terminal.run('stty size');
  await terminal.expectText(/^\d+ \d+$/m);
  const widthOf = async (): Promise<number> => Number(/^\d+ (\d+)$/gm.exec(await terminal.screen())?.[1]);
  const before = await widthOf();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].setSize(900, 700));
  await terminal.run('clear; stty size');
  await expect.poll(widthOf).toBeLessThan(before);

  await terminal.run('(sleep 2; echo said to $((40 + 2))) &');
  await page.reload();
  await page.waitForTimeout(2500);
  await lab.openConsole('h1');
  await new Terminal(page, 'h1').expectText(/said to 42/);
});
