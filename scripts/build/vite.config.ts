import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { outDirectory, rendererDirectory, repository } from './entryPoints.ts';

export default defineConfig({
  root: rendererDirectory,
  // The page is opened from a file, so it names its parts relative to itself.
  base: './',
  cacheDir: join(repository, '.cache', 'vite'),
  plugins: [react()],
  logLevel: 'warn',
  build: {
    outDir: join(outDirectory, 'renderer'),
    emptyOutDir: true,
    target: 'chrome148',
    sourcemap: true,
    // One window, read from the disk: splitting gains nothing.
    chunkSizeWarningLimit: 4096,
    // A font as a data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
  },
});
