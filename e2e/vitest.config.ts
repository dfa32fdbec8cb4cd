// The conformance programs, and the command line from outside: everything under e2e that needs no window.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: join(import.meta.dirname, '..', '.cache', 'vitest'),
  test: {
    root: join(import.meta.dirname, '..'),
    include: ['e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Each test boots machines of its own, and they share two cores with everything else.
    maxWorkers: 2,
  },
});
