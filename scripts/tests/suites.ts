// The suites of the test command: how each is run, where it writes its report, and how long it may take.
import { join } from 'node:path';
import { playwrightCounts, vitestCounts, type Counts } from './counts.ts';

export interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly report: string;
  readonly read: (report: Record<string, unknown>) => Counts;
  readonly limitMinutes: number;
}

const results = 'test-results';

function vitest(name: string, limitMinutes: number, extra: readonly string[]): Suite {
  const report = `${results}/${name}.json`;
  return {
    name,
    command: [
      process.execPath,
      'node_modules/vitest/vitest.mjs',
      'run',
      // The other loader writes beside the packages, which an ordinary user's run may only read.
      '--configLoader=native',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...extra,
    ],
    report,
    read: vitestCounts,
    limitMinutes,
  };
}

const conformance = vitest('conformance', 10, ['--config', 'e2e/vitest.config.ts']);

const desktop: Suite = {
  name: 'desktop',
  command: [
    'scripts/tests/withDisplay.sh',
    process.execPath,
    'node_modules/@playwright/test/cli.js',
    'test',
    '--config',
    'e2e/playwright.config.ts',
    '--reporter=list,json',
  ],
  // A relative name would be taken from the folder of the configuration.
  environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: join(import.meta.dirname, '..', '..', results, 'desktop.json') },
  report: `${results}/desktop.json`,
  read: playwrightCounts,
  limitMinutes: 8,
};

/** Everything, in the order in which a failure says most. */
export const suites: readonly Suite[] = [vitest('unit', 8, []), conformance, desktop];

/** What depends on the rights of who runs it, for the second run as an ordinary user. */
export const unprivilegedSuites: readonly Suite[] = [
  vitest('unit', 6, ['engine', 'native', 'bin']),
  conformance,
  desktop,
];
