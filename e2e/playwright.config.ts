// The desktop tests: they drive the real Electron. scripts/tests/withDisplay.sh brings a display where there is none.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'desktop',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results/desktop',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // One window at a time: they share the display, the focus and two cores.
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined && process.env['CI'] !== '',
  use: { screenshot: 'only-on-failure', trace: 'retain-on-failure' },
});
