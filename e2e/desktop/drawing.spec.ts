/** Drawing a lab by hand: palette, links, moving, deleting, undo and redo. */
import { expect, test } from './launch.ts';
import { StartPage } from './pages/StartPage.ts';

test('two hosts and a switch are drawn and linked by dragging, and undone step by step', async ({ workspace }) => {
  const { page } = await workspace.start();
  const lab = await new StartPage(page).newLab();

  await lab.dragFromPalette('host', { x: 200, y: 150 });
  await lab.dragFromPalette('host', { x: 560, y: 150 });
  await lab.dragFromPalette('switch', { x: 380, y: 330 });
  await expect(lab.node('h1')).toBeVisible();
  await expect(lab.node('h2')).toBeVisible();
  await expect(lab.node('sw1')).toBeVisible();
  await lab.expectUnsaved();

  await lab.dragLink({ node: 'h1', port: 'eth0' }, { node: 'sw1', port: '1' });
  await lab.dragLink({ node: 'h2', port: 'eth0' }, { node: 'sw1', port: '2' });
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 sw1:1', 'h2:eth0 sw1:2']);

  await lab.press('Control+z');
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 sw1:1']);
  await lab.press('Control+z');
  await expect.poll(() => lab.links()).toEqual([]);
  await lab.press('Control+z');
  await expect(lab.node('sw1')).toHaveCount(0);
  await lab.press('Control+Shift+z');
  await lab.press('Control+Shift+z');
  await lab.press('Control+Shift+z');
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 sw1:1', 'h2:eth0 sw1:2']);
});

test('a deleted host takes its link along, and undo brings both back', async ({ workspace }) => {
  const { page } = await workspace.start();
  const lab = await new StartPage(page).newLab();
  await lab.dragFromPalette('host', { x: 200, y: 150 });
  await lab.dragFromPalette('host', { x: 560, y: 150 });
  await lab.dragLink({ node: 'h1', port: 'eth0' }, { node: 'h2', port: 'eth0' });
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 h2:eth0']);

  await lab.select('h2');
  await lab.press('Delete');
  await expect(lab.node('h2')).toHaveCount(0);
  await expect.poll(() => lab.links()).toEqual([]);
  await lab.press('Control+z');
  await expect(lab.node('h2')).toBeVisible();
  await expect.poll(() => lab.links()).toEqual(['h1:eth0 h2:eth0']);
});
