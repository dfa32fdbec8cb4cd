import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{engine,main,renderer,bin,scripts,native,assets}/**/*.test.{ts,tsx}'],
    testTimeout: 20_000,
  },
});
