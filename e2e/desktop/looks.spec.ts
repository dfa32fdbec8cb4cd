/** Pictures of the window in both colour schemes, kept as artefacts for a person to look at. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE_LAB } from '../../engine/api/lab/describe.ts';
import { expect, test } from './launch.ts';
import { LabPage } from './pages/LabPage.ts';
import { StartPage } from './pages/StartPage.ts';

for (const scheme of ['light', 'dark'] as const) {
  test(`the window in ${scheme}`, async ({ workspace }, testInfo) => {
    const folder = join(workspace.labs, 'example');
    mkdirSync(folder);
    writeFileSync(join(folder, 'lab.yaml'), EXAMPLE_LAB);
    const empty = await workspace.start();
    await empty.page.emulateMedia({ colorScheme: scheme });
    await new StartPage(empty.page).root.waitFor();
    await empty.page.screenshot({ path: testInfo.outputPath(`start-${scheme}.png`) });
    await workspace.crash(empty);

    const { page } = await workspace.start(folder);
    await page.emulateMedia({ colorScheme: scheme });
    const lab = new LabPage(page);
    await lab.select('r1');
    await page.screenshot({ path: testInfo.outputPath(`lab-${scheme}.png`) });
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const brightness = /\d+/.exec(background)?.[0];
    expect(Number(brightness) > 128).toBe(scheme === 'light');
  });
}
