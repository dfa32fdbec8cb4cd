// The unit tests, each beside the file that it tests. e2e/ has configurations of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  cacheDir: '.cache/vitest',
  test: {
    include: ['{engine,main,renderer,bin,scripts,native,assets}/**/*.test.{ts,tsx}'],
    testTimeout: 20_000,
  },
});
