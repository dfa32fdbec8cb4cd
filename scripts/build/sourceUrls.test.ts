import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from './entryPoints.ts';
import { bundleName, rewriteSourceUrls } from './sourceUrls.ts';

const file = join(repository, 'main', 'app', 'window.ts');

describe('rewriteSourceUrls', () => {
  const cases = [
    {
      what: 'a worker becomes a bundle',
      source: "new Worker(new URL('../../engine/boot/kernelThread.ts', import.meta.url))",
      contents: "new Worker(new URL('./engine.boot.kernelThread.js', import.meta.url))",
      entries: ['engine/boot/kernelThread.ts'],
    },
    {
      what: 'a preload script becomes a CommonJS bundle',
      source: 'new URL("../preload/preload.ts", import.meta.url)',
      contents: "new URL('./main.preload.preload.cjs', import.meta.url)",
      entries: ['main/preload/preload.ts'],
    },
    {
      what: 'the page lies beside the bundles',
      source: "new URL('../../renderer/index.html', import.meta.url)",
      contents: "new URL('../renderer/index.html', import.meta.url)",
      entries: [],
    },
    {
      what: 'a call broken over lines counts as well',
      source: "new URL(\n  './other.ts',\n  import.meta.url,\n)",
      contents: "new URL('./main.app.other.js', import.meta.url)",
      entries: ['main/app/other.ts'],
    },
    {
      what: 'other files and other addresses stay',
      source: "new URL('./logo.svg', import.meta.url); new URL('./x.ts', base)",
      contents: "new URL('./logo.svg', import.meta.url); new URL('./x.ts', base)",
      entries: [],
    },
  ];
  test.each(cases)('$what', ({ source, contents, entries }) => {
    expect(rewriteSourceUrls(file, source)).toEqual({
      contents,
      entries: entries.map((entry) => join(repository, entry)),
    });
  });
});

test('files of one name in two folders have two bundles', () => {
  expect(bundleName(join(repository, 'engine/boot/main.ts'))).not.toBe(
    bundleName(join(repository, 'main/app/main.ts')),
  );
});
