/** What the page must not be able to do, tried from inside the page. */
import { expect, test } from './launch.ts';
import { StartPage } from './pages/StartPage.ts';

test('the page has no Node, leads nowhere else, and opens nothing', async ({ workspace }) => {
  const { app, page } = await workspace.start();
  await new StartPage(page).root.waitFor();
  const seen = await page.evaluate(async () => {
    const tries = {
      inlineScript: () => {
        const script = document.createElement('script');
        script.textContent = 'window.inlineScriptRan = true';
        document.body.append(script);
        return 'inlineScriptRan' in window;
      },
      network: () =>
        fetch('https://example.com').then(
          () => true,
          () => false,
        ),
      outsideOfThePage: () =>
        fetch('app://umlaut/..%2fmain%2fmain.js').then(
          (response) => response.ok,
          () => false,
        ),
      localFile: () =>
        fetch('file:///etc/passwd').then(
          () => true,
          () => false,
        ),
      camera: () =>
        navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => true,
          () => false,
        ),
      openWindow: () => window.open('app://umlaut/index.html') !== null,
    };
    const results: Record<string, boolean> = {};
    for (const [name, attempt] of Object.entries(tries)) results[name] = await attempt();
    results.node = 'require' in window || 'process' in window || 'module' in window;
    window.location.href = 'https://example.com/';
    await new Promise((resolve) => setTimeout(resolve, 500));
    return results;
  });
  expect(seen).toEqual({
    inlineScript: false,
    network: false,
    outsideOfThePage: false,
    localFile: false,
    camera: false,
    openWindow: false,
    node: false,
  });
  // Each refusal is told on the page's console; here they are what was wanted.
  expect(workspace.pageErrors.splice(0).join('\n')).toContain('Content Security Policy');
  expect(page.url()).toBe('app://umlaut/index.html');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('requests that are not in order are refused with a sentence', async ({ workspace }) => {
  const { page } = await workspace.start();
  await new StartPage(page).root.waitFor();
  const refusals = await page.evaluate(async () => {
    const { umlaut } = window as unknown as { umlaut: { request(name: string, value?: unknown): Promise<unknown> } };
    const attempts: [string, unknown][] = [
      ['app.quit', undefined],
      ['__proto__', undefined],
      ['app.setTheme', { theme: 'pink' }],
      ['lab.openSample', { sample: '../../../etc' }],
      ['lab.edited', { documentId: 'none', revision: 1, lab: { machines: [] } }],
    ];
    const results: string[] = [];
    for (const [name, value] of attempts) {
      results.push(
        await umlaut.request(name, value).then(
          (answer) => JSON.stringify(answer),
          (error: unknown) => (error as Error).message,
        ),
      );
    }
    return results;
  });
  expect(refusals).toEqual([
    'The window asked for something that does not exist.',
    'The window asked for something that does not exist.',
    expect.stringContaining('app.setTheme was refused'),
    '{"outcome":"failed","message":"There is no such sample.","problems":[]}',
    expect.stringContaining('lab.edited was refused'),
  ]);
});
